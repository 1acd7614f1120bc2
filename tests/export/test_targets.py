"""Every format holds the same rows, whatever happens while they are written."""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow.parquet
import pytest

from stripe_invoice_payments import InvoicePayment
from stripe_invoice_payments.export import export, export_rows, payment_of, verify
from stripe_invoice_payments.export.database import DuckDBFile
from stripe_invoice_payments.export.targets import Target
from stripe_invoice_payments_api.columns import COLUMNS, SCHEMA_VERSION
from tests.export.fakes import DAY, START, TARGETS, FakeClient, payments, read_back
from tests.generated import samples

HELD = payments(130)
IDS = [payment.id for payment in HELD]

each_target = pytest.mark.parametrize("name", TARGETS)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(Target, "batch_size", 30)


def run(client: Any, to: str, **options: Any) -> Any:
    return export(client, to=to, **options)


def expected(account: str | None = None) -> list[dict[str, Any]]:
    return list(export_rows(HELD, account=account, api_version="2026-01-01"))


def without_time(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "_extracted_at"} for row in rows]


def manifest_of(path: Path) -> dict[str, Any]:
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path)) as connection:
            found = connection.execute("SELECT manifest FROM invoice_payments_export").fetchone()
        assert found is not None
        text = found[0]
    else:
        inside = path / "_manifest.json"
        text = (inside if path.is_dir() else Path(f"{path}.manifest.json")).read_text("utf-8")
    manifest: dict[str, Any] = json.loads(text)
    return manifest


@each_target
def test_what_is_read_back_is_what_was_exported(name, tmp_path):
    certificate = run(FakeClient(HELD, "acct_1"), f"{tmp_path}/{name}")
    assert certificate.is_complete
    assert certificate.rows == len(HELD)
    rows = read_back(tmp_path / name)
    assert without_time(rows) == without_time(expected("acct_1"))
    assert [payment_of(row) for row in rows] == HELD
    assert list(rows[0]) == [column.name for column in COLUMNS]


@each_target
def test_the_manifest_says_what_is_in_the_target(name, tmp_path):
    run(FakeClient(HELD, "acct_1"), f"{tmp_path}/{name}", status=None, invoice="in_1")
    manifest = manifest_of(tmp_path / name)
    assert manifest["state"] == "finished"
    assert manifest["schema_version"] == SCHEMA_VERSION
    assert manifest["query"]["filters"] == {"invoice": "in_1"}
    assert (manifest["query"]["mode"], manifest["query"]["stripe_account"]) == ("test", "acct_1")
    assert manifest["rows"] == len(HELD)
    assert manifest["oldest"] == "2025-01-01T00:00:00Z"
    assert manifest["covered"] == [["2025-01-01T00:00:00Z", "2025-06-30T00:00:00Z"]]
    assert manifest["left"] == manifest["missing"] == []
    assert sum(each["rows"] for each in manifest["sums"]) == len(HELD)
    assert sum(each["amount_requested"] for each in manifest["sums"]) == sum(
        payment.amount_requested for payment in HELD
    )
    paid = {(each["currency"], each["status"]): each["amount_paid"] for each in manifest["sums"]}
    assert paid["usd", "paid"] == sum(
        payment.amount_paid or 0 for payment in HELD if payment.currency == "usd"
    )
    files = {part["path"]: part for part in manifest["parts"]}
    for path, part in files.items():
        whole = tmp_path / name / path if name.endswith("/") else tmp_path / path
        assert whole.stat().st_size == part["bytes"]
    assert sum(part["rows"] for part in files.values()) in (len(HELD), 0)


@each_target
def test_a_finished_export_is_not_done_again(name, tmp_path):
    client = FakeClient(HELD)
    run(client, f"{tmp_path}/{name}")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    client.step = lambda: pytest.fail("it reads again")  # type: ignore[method-assign]
    again = run(client, f"{tmp_path}/{name}")
    assert again.did_nothing
    assert again.is_complete
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")} == {
        path: time for path, time in before.items() if path.suffix
    }


@each_target
def test_an_export_of_nothing_is_a_complete_one(name, tmp_path):
    certificate = run(FakeClient([]), f"{tmp_path}/{name}")
    assert certificate.is_complete
    assert (certificate.rows, certificate.newest, certificate.oldest) == (0, None, None)
    assert verify(f"{tmp_path}/{name}", FakeClient([])).is_complete  # type: ignore[arg-type]
    if not name.endswith("/"):
        assert read_back(tmp_path / name) == []


# --- Interruptions --------------------------------------------------------------------------------


class Crash(BaseException):
    """The process ends here."""


def crashing(monkeypatch: pytest.MonkeyPatch, at: int) -> Callable[[], bool]:
    """Let the process end at its `at`-th step; the result tells whether it did."""
    count = 0

    def counted(function: Any) -> Any:
        def step(*args: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            if count == at:
                raise Crash
            return function(*args, **options)

        return step

    monkeypatch.setattr(os, "fsync", counted(lambda _: None))
    for owner, attribute in (
        (os, "open"),
        (Path, "replace"),
        (Path, "mkdir"),
        (DuckDBFile, "_write"),
        (FakeClient, "step"),
    ):
        monkeypatch.setattr(owner, attribute, counted(getattr(owner, attribute)))
    return lambda: count >= at


@each_target
def test_after_a_crash_at_any_step_the_next_run_completes_the_export(name, tmp_path):
    crashes = 0
    for at in range(1, 500):
        to = tmp_path / str(at) / name
        to.parent.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            has_crashed = crashing(patch, at)
            try:
                run(FakeClient(HELD), f"{to}{'/' if name.endswith('/') else ''}")
            except Crash:
                crashes += 1
        certificate = run(FakeClient(HELD), f"{to}{'/' if name.endswith('/') else ''}")
        assert certificate.is_complete, at
        rows = read_back(to)
        assert [row["id"] for row in rows] == IDS, at
        assert manifest_of(to)["rows"] == len(IDS)
        if not has_crashed():
            break
        left = [path.name for path in to.parent.iterdir()]
        assert not [each for each in left if each.endswith((".new", ".parts"))], (at, left)
    assert crashes > 10


@each_target
def test_crash_after_crash_the_export_comes_to_its_end(name, tmp_path):
    """Each run gets one batch further."""
    to = f"{tmp_path}/{name}"
    for _ in range(4):
        with pytest.raises(Crash):
            run(client_that_crashes(after=1), to)
        if name != "payments.parquet":  # which is only there at the end
            assert len(read_back(tmp_path / name)) == manifest_of(tmp_path / name)["rows"]
    assert run(FakeClient(HELD), to).rows == len(HELD)
    assert [row["id"] for row in read_back(tmp_path / name)] == IDS


def client_that_crashes(after: int, held: list[InvoicePayment] = HELD) -> FakeClient:
    """A client whose process ends after so many batches."""
    client = FakeClient(held)
    steps = iter([*[None] * after, Crash()])
    client.step = lambda: _raise(next(steps))  # type: ignore[method-assign]
    return client


def _raise(error: BaseException | None) -> None:
    if error is not None:
        raise error


@each_target
def test_a_disk_that_is_full_is_a_clear_error_and_loses_nothing(name, tmp_path, monkeypatch):
    to = f"{tmp_path}/{name}"
    client = FakeClient(HELD)
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def fail(*_: object, **__: object) -> None:
        raise full

    steps = iter(range(3))
    with monkeypatch.context() as patch:

        def third() -> None:
            if next(steps) == 2:
                patch.setattr(os, "fsync", fail)
                patch.setattr(DuckDBFile, "_write", fail)

        client.step = third  # type: ignore[method-assign]
        with pytest.raises(OSError, match=r"the export cannot be written: No space left") as caught:
            run(client, to)
    assert caught.value.errno == errno.ENOSPC
    assert str(tmp_path) in str(caught.value)
    assert manifest_of(tmp_path / name)["rows"] == 60
    assert run(FakeClient(HELD), to).is_complete
    assert [row["id"] for row in read_back(tmp_path / name)] == IDS


# --- Refused --------------------------------------------------------------------------------------


@each_target
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"status": "paid"}, "filters was {}, now it is {'status': 'paid'}"),
        ({"created": {"gte": START, "lt": START + DAY}}, "end was 1751241600, now it is 1735776"),
    ],
)
def test_another_query_into_the_same_target_is_refused(name, changed, words, tmp_path):
    to = f"{tmp_path}/{name}"
    run(FakeClient(HELD), to)
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        run(FakeClient(HELD), to, **changed)
    assert "holds another export" in str(caught.value)
    with pytest.raises(ValueError, match="stripe_account was None, now it is 'acct_2'"):
        run(FakeClient(HELD, "acct_2"), to)
    assert [row["id"] for row in read_back(tmp_path / name)] == IDS


@each_target
def test_two_exports_into_one_target_at_the_same_time_are_refused(name, tmp_path):
    to = f"{tmp_path}/{name}"
    client = FakeClient(HELD)
    refused = []

    def other() -> None:
        with pytest.raises(ValueError, match="another export or sync is using it"):
            run(FakeClient(HELD), to)
        refused.append(1)

    client.step = other  # type: ignore[method-assign]
    assert run(client, to).is_complete
    assert len(refused) == 5


@pytest.mark.parametrize("name", ["payments.csv", "payments.jsonl", "payments.parquet"])
def test_a_file_that_is_no_export_is_not_touched(name, tmp_path):
    path = tmp_path / name
    path.write_text("mine", "utf-8")
    with pytest.raises(ValueError, match=f"{name} exists and is not an export"):
        run(FakeClient(HELD), str(path))
    assert path.read_text("utf-8") == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_a_directory_or_a_database_with_something_else_is_not_touched(tmp_path):
    (tmp_path / "payments").mkdir()
    (tmp_path / "payments" / "mine").write_text("mine", "utf-8")
    with pytest.raises(ValueError, match="payments exists and is not an export"):
        run(FakeClient(HELD), f"{tmp_path}/payments/")
    with duckdb.connect(str(tmp_path / "mine.duckdb")) as connection:
        connection.execute("CREATE TABLE invoice_payments (id VARCHAR)")
    with pytest.raises(ValueError, match="has a table invoice_payments that is not an export's"):
        run(FakeClient(HELD), f"{tmp_path}/mine.duckdb")
    (tmp_path / "text.duckdb").write_text("mine" * 5000, "utf-8")
    with pytest.raises(ValueError, match="exists and is not a DuckDB database"):
        run(FakeClient(HELD), f"{tmp_path}/text.duckdb")


def test_a_database_may_have_other_tables(tmp_path):
    with duckdb.connect(str(tmp_path / "mine.duckdb")) as connection:
        connection.execute("CREATE TABLE mine AS SELECT 1 AS one")
    run(FakeClient(HELD), f"{tmp_path}/mine.duckdb")
    with duckdb.connect(str(tmp_path / "mine.duckdb")) as connection:
        assert connection.execute("SELECT one FROM mine").fetchone() == (1,)
    assert [row["id"] for row in read_back(tmp_path / "mine.duckdb")] == IDS


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not the manifest of an export"),
        ("[]", "not the manifest of an export"),
        ("{}", "not the manifest of an export"),
        ('{"stripe_invoice_payments_export": 9, "schema_version": 1, "written_by": "9.0"}',
         "written by release '9.0' with version 9"),
    ],
)  # fmt: skip
def test_a_manifest_that_cannot_be_read_is_refused(content, words, tmp_path):
    (tmp_path / "payments.csv.manifest.json").write_text(content, "utf-8")
    with pytest.raises(ValueError, match=words):
        run(FakeClient(HELD), f"{tmp_path}/payments.csv")


@pytest.mark.parametrize("name", ["payments.csv", "payments.jsonl", "payments/"])
def test_an_unfinished_target_that_was_changed_is_refused(name, tmp_path):
    with pytest.raises(Crash):
        run(client_that_crashes(after=2), f"{tmp_path}/{name}")
    file = next(path for path in sorted((tmp_path / name).rglob("*.parquet")) or [tmp_path / name])
    file.write_bytes(b"short")
    with pytest.raises(ValueError, match=r"must have .* bytes of its manifest, got 5; it was"):
        run(FakeClient(HELD), f"{tmp_path}/{name}")


@pytest.mark.parametrize(
    ("to", "error", "words"),
    [
        ("payments.xlsx", ValueError, r"to must end in \.parquet, .* got '.*payments\.xlsx'"),
        ("nowhere/payments.csv", OSError, "the export cannot be written: No such file"),
        ("", ValueError, "to must be the path of a file or a directory, got ''"),
        ("a\0b.csv", ValueError, "to must be the path of a file"),
        (".csv", ValueError, r"to must have a name before its ending, got '.*\.csv'"),
        (".Parquet/", ValueError, "to must have a name before its ending"),
        ("", ValueError, "to must be the path"),
        (Path("/"), ValueError, "to must not be the root of the file system, got '/'"),
        (b"payments.csv", TypeError, "to must be a path, got bytes"),
        (3, TypeError, "to must be a path, got int"),
    ],
)
def test_an_impossible_target_is_refused(to, error, words, tmp_path):
    with pytest.raises(error, match=words):
        run(FakeClient(HELD), f"{tmp_path}/{to}" if to and isinstance(to, str) else to)


@pytest.mark.parametrize("name", TARGETS[:3] + TARGETS[4:])
def test_a_directory_in_place_of_a_file_is_refused(name, tmp_path):
    (tmp_path / name).mkdir()
    with pytest.raises(ValueError, match=rf"to: {tmp_path / name} is a directory; add a / to"):
        run(FakeClient(HELD), f"{tmp_path}/{name}")
    with pytest.raises(ValueError, match=rf"target: {tmp_path / name} is a directory"):
        verify(tmp_path / name, FakeClient(HELD))  # type: ignore[arg-type]
    assert [*tmp_path.rglob("*")] == [tmp_path / name]
    run(FakeClient(HELD), f"{tmp_path}/{name}/")
    assert run(FakeClient(HELD), f"{tmp_path}/{name}").did_nothing


def test_a_file_in_place_of_a_directory_is_refused(tmp_path):
    (tmp_path / "payments").write_text("mine", "utf-8")
    with pytest.raises(ValueError, match=r"to: .*payments exists and is not an export"):
        run(FakeClient(HELD), f"{tmp_path}/payments/")
    with pytest.raises(ValueError, match=r"target: .*payments exists and is not an export"):
        verify(tmp_path / "payments", FakeClient(HELD))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"on_error": "skip"}, ValueError, "on_error must be 'raise' or 'report', got 'skip'"),
        ({"progress": 3}, TypeError, "progress must be a plain function"),
        ({"stauts": "paid"}, TypeError, "unknown option 'stauts'; did you mean 'status'?"),
        ({"checkpoint": "x"}, TypeError, "unknown option 'checkpoint'"),
        ({"limit": 3}, TypeError, "unknown option 'limit'"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_written(options, error, words, tmp_path):
    with pytest.raises(error, match=words):
        run(FakeClient(HELD), f"{tmp_path}/payments.csv", **options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "module", "extra"),
    [
        ("payments.parquet", "pyarrow", "parquet"),
        ("payments/", "pyarrow", "parquet"),
        ("payments.duckdb", "duckdb", "duckdb"),
        ("payments.duckdb", "pyarrow", "duckdb"),
    ],
)
def test_a_missing_extra_is_named(name, module, extra, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(ImportError, match=rf"install 'stripe-invoice-payments\[{extra}\]'"):
        run(FakeClient(HELD), f"{tmp_path}/{name}")
    assert not list(tmp_path.iterdir())


# --- Parquet --------------------------------------------------------------------------------------


def test_a_parquet_directory_has_a_folder_for_each_month_and_small_parts(tmp_path):
    run(FakeClient(HELD), f"{tmp_path}/payments/")
    folders = sorted(path.name for path in (tmp_path / "payments").iterdir() if path.is_dir())
    assert folders == [f"created_month=2025-0{month}" for month in range(1, 7)]
    for path in (tmp_path / "payments").rglob("*.parquet"):
        file = pyarrow.parquet.ParquetFile(path)
        assert 0 < file.metadata.num_rows <= 30
        month = path.parent.name.partition("=")[2]
        created = file.read(["created"]).column(0).to_pylist()
        assert {f"{time:%Y-%m}" for time in created} == {month}
        assert file.schema_arrow.metadata[b"stripe_invoice_payments.schema_version"] == b"1"


def test_a_parquet_file_says_its_schema_version(tmp_path):
    run(FakeClient(HELD), f"{tmp_path}/payments.parquet")
    metadata = pyarrow.parquet.read_schema(tmp_path / "payments.parquet").metadata
    version = str(SCHEMA_VERSION).encode()
    assert metadata[b"stripe_invoice_payments.schema_version"] == version


# --- A finished target that somebody has changed ------------------------------------------------

in_files = pytest.mark.parametrize("name", [name for name in TARGETS if ".duckdb" not in name])


def a_file_of(target: Path) -> Path:
    """The file with the rows, or one of them."""
    return next(target.rglob("part-*.parquet")) if target.is_dir() else target


@in_files
@pytest.mark.parametrize("change", ["removed", "cut"])
def test_a_finished_export_that_is_not_whole_any_more_does_not_count(name, change, tmp_path):
    run(FakeClient(HELD), f"{tmp_path}/{name}")
    file = a_file_of(tmp_path / name)
    if change == "removed":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-1])
    words = "it is missing" if change == "removed" else f"got {file.stat().st_size}"
    with pytest.raises(ValueError, match=f"{re.escape(str(file))} must have .* bytes .*, {words}"):
        run(FakeClient(HELD), f"{tmp_path}/{name}")


@pytest.mark.parametrize("name", ["payments.csv", "payments.jsonl"])
def test_verify_finds_rows_behind_the_last_one(name, tmp_path):
    run(FakeClient(HELD), f"{tmp_path}/{name}")
    content = (tmp_path / name).read_bytes()
    last = content.splitlines(keepends=True)[-1]
    (tmp_path / name).write_bytes(content + last)
    client: Any = FakeClient(HELD)
    certificate = verify(tmp_path / name, client)
    assert not certificate.is_complete
    assert any(f"got {len(content) + len(last)}" in each for each in certificate.differences)


def test_verify_finds_a_part_that_others_would_read_as_well(tmp_path):
    run(FakeClient(HELD), f"{tmp_path}/payments/")
    part = a_file_of(tmp_path / "payments")
    copied = part.with_name("copy.parquet")
    copied.write_bytes(part.read_bytes())
    client: Any = FakeClient(HELD)
    certificate = verify(tmp_path / "payments", client)
    assert certificate.differences == (f"{copied} is not a part of the export",)


def test_an_export_in_a_folder_of_an_unfinished_one_is_left_alone(tmp_path):
    with pytest.raises(Crash):
        run(client_that_crashes(after=2), f"{tmp_path}/all/")
    for inner in ("all/one/", "all/two.parquet"):
        run(FakeClient(HELD), f"{tmp_path}/{inner}")
    run(FakeClient(HELD), f"{tmp_path}/all/")
    for inner in ("all/one/", "all/two.parquet"):
        assert [row["id"] for row in read_back(tmp_path / inner)] == IDS


@pytest.mark.parametrize("name", ["payments.csv", "payments.jsonl"])
@pytest.mark.parametrize("line", [b"[]\n", b"{}\n", b"\n", b"a,b\n", b"\xff\n", b'{"id":\n'])
def test_a_line_that_is_no_row_is_named(name, line, tmp_path):
    run(FakeClient(HELD), f"{tmp_path}/{name}")
    lines = (tmp_path / name).read_bytes().splitlines(keepends=True)
    lines[4] = line
    (tmp_path / name).write_bytes(b"".join(lines))
    client: Any = FakeClient(HELD)
    with pytest.raises(ValueError, match=f"line 5 of .*{name} is not a row"):
        verify(tmp_path / name, client)


@each_target
def test_text_may_be_longer_than_a_reader_of_csv_expects(name, tmp_path):
    held = [InvoicePayment.from_dict(samples.payment(created=START, added="x" * 200_000))]
    run(FakeClient(held), f"{tmp_path}/{name}")
    client: Any = FakeClient(held)
    assert verify(f"{tmp_path}/{name}", client).is_complete


def test_a_batch_may_be_larger_than_the_memory_of_a_database(tmp_path):
    """Payments of 100 kB each, which DuckDB cannot take with what it needs for usual ones."""
    texts = [Random(number).randbytes(50_000).hex() for number in range(1000)]
    held = [
        InvoicePayment.from_dict(samples.payment(id=f"inpay_{number:04}", added=text))
        for number, text in enumerate(texts)
    ]

    to = str(tmp_path / "payments.duckdb")
    with pytest.raises(Crash):
        run(client_that_crashes(after=20, held=held), to)
    run(FakeClient(held), to)

    rows = read_back(tmp_path / "payments.duckdb")
    assert [json.loads(row["extra"])["added"] for row in rows] == texts


@pytest.mark.parametrize("name", ["gte", "lt"])
def test_a_period_in_milliseconds_is_refused(name, tmp_path):
    end = START * 1000
    with pytest.raises(ValueError, match=f"created must be in Unix seconds .*, got {START}000"):
        run(FakeClient(HELD), f"{tmp_path}/payments.csv", created={"lt": end, name: end})
    assert not list(tmp_path.iterdir())


def test_a_disk_that_is_full_at_the_start_leaves_no_part_of_a_database(tmp_path):
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1500, limits[1]))
    try:
        with pytest.raises(OSError, match="the export cannot be written"):
            run(FakeClient(HELD), f"{tmp_path}/payments.duckdb")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert run(FakeClient(HELD), f"{tmp_path}/payments.duckdb").is_complete
