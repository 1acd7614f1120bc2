"""docs/use/spark.md as it stands there, but for the address."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from .counting import expected, ids

PAGE = Path(__file__).parents[2] / "docs" / "use" / "spark.md"


def programs() -> list[str]:
    text = PAGE.read_text("utf-8")
    return re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def run(program: str, changes: dict[str, str], names: dict[str, Any]) -> None:
    for old, new in changes.items():
        program = program.replace(old, new)
    exec(compile(program, str(PAGE), "exec"), names)  # noqa: S102 - our own page


def test_the_programs_for_spark_write_what_the_platform_has(
    load, spark, platform, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    largest = max(platform.sizes, key=lambda each: platform.sizes[each])
    changes = {
        ".load()": f'.option("base_url", "{platform.base_url}").load()',
        "2025-06-01": "2025-01-01",
        "'acct_1'": f"'{largest}'",
        '"payments-2025"': f'"{tmp_path}/payments-2025"',
        '"paid"': f'"{tmp_path}/paid"',
        '"everything"': f'"{tmp_path}/everything"',
        '"changes': f'"{tmp_path}/changes',
        '"checkpoint"': f'"{tmp_path}/checkpoint"',
        "Client(": f'Client("{platform.api_key}", base_url="{platform.base_url}", ',
    }
    names: dict[str, Any] = {}
    of_spark = [program for program in programs() if "import dask" not in program]
    assert len(of_spark) == 5
    for program in of_spark:
        run(program, changes, names)
    assert ids(names["latest"]()) == expected(platform)
    # A payment that is canceled is neither new nor open.
    is_open = names["latest"]().where("status = 'open'").first()
    platform.set_invoice_payment_status(is_open["id"], "canceled")
    time.sleep(1.1)
    names["update"]()
    assert ids(names["latest"]()) == expected(platform)
    (status,) = names["latest"]().where(f"id = '{is_open['id']}'").select("status").first()
    assert status == "canceled"
    spark.conf.unset("spark.sql.python.filterPushdown.enabled")
    assert ids(spark.read.parquet(str(tmp_path / "payments-2025"))) == expected(platform)
    assert json.loads((tmp_path / "sizes.json").read_text()) == expected(platform)
    assert [*ids(spark.read.parquet(str(tmp_path / "paid")))] == [largest]
    assert ids(names["stored"]) == expected(platform)
    assert names["missing"].count() == 0


def test_the_recipe_for_dask_writes_what_the_platform_has(platform, tmp_path, monkeypatch, capsys):
    pytest.importorskip("dask", reason="`make test-spark` has it")
    platform.reset()
    monkeypatch.chdir(tmp_path)
    Path("accounts.txt").write_text("\n".join(platform.sizes))
    (recipe,) = [program for program in programs() if "import dask" in program]
    address = f'Client("{platform.api_key}", base_url="{platform.base_url}")'
    run(recipe, {"Client()": address, "RATE = 80": "RATE = 2000"}, {})
    rows = [
        row
        for directory in sorted(tmp_path.glob("payments-*"))
        for row in pyarrow.parquet.read_table(directory, columns=["account", "id"]).to_pylist()
    ]
    found = [(row["account"], row["id"]) for row in rows]
    assert len({*found}) == len(found)
    assert Counter(account for account, _ in found) == expected(platform)
    assert capsys.readouterr().out == f"{len(found)} payments\n"
    assert len(recipe.splitlines()) <= 25
