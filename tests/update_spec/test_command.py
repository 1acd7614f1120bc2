"""The command as a whole: what it writes, and how it ends."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts import regenerate, update_spec
from scripts.pipeline.inputs.parsing import canonical_json, read_yaml
from scripts.pipeline.repository import PACKAGE, Repository

from . import edits as e
from .repositories import Run, Tree, report_of, tree_of


def _read(path: Path) -> str:
    return path.read_text("utf-8")


def _changed(before: Tree, after: Tree) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_an_additive_update_is_written_with_its_report(
    repository: Repository, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tree_of(repository)
    assert run("may.json", "--changelog") == 10

    changed = _changed(before, tree_of(repository))
    generated = {name for name in changed if name.startswith(f"generated/{PACKAGE}/")}
    news = {name for name in changed if name.startswith("changes/+2026-05-27-dahlia.")}
    assert changed - generated - news == {"spec/slice.json", "spec/lock.json"}
    assert f"generated/{PACKAGE}/models.py" in generated
    report = report_of(repository)
    assert (report["outcome"], report["exit_code"], report["error"]) == ("additive", 10, None)
    assert report["bump"] | {"version": "", "next_version": ""} == {
        "schemas": "minor",
        "python": "minor",
        "proposed": "minor",
        "disagree": False,
        "version": "",
        "next_version": "",
    }
    assert report["written"]
    assert report["neighbours_known"]
    added = (repository.root / name for name in news if ".added." in name)
    assert any(path.read_text().startswith("`Invoice.amount_paid_off_stripe`") for path in added)
    markdown = (repository.downloads / "report.md").read_text("utf-8")
    assert "2026-04-22.dahlia → 2026-05-27.dahlia" in markdown
    output = capsys.readouterr()
    assert "Compatible: minor change; proposed version: " in output.out
    assert output.out.endswith(
        "Next: `make record`, since the cassettes are of the API version before\n"
    )
    assert "Invoice.amount_paid_off_stripe" in output.out
    assert str(repository.downloads / "report.md") in output.out
    assert not output.err

    assert regenerate.main(["--check"], repository) == 0
    assert run("may.json", "--changelog") == 0  # and a second time there is nothing new


def test_hand_written_code_that_names_what_is_gone(repository: Repository, run: Run) -> None:
    (repository.root / "custom" / "stripe_invoice_payments" / "more.py").write_text(
        "def footer(invoice):\n    return invoice.footer, {'other': 1}\n", "utf-8"
    )
    test = repository.root / "tests" / "client" / "test_more.py"
    test.parent.mkdir(parents=True)
    test.write_text("def test_more(invoice):\n    assert invoice.footer\n", "utf-8")
    assert run(e.remove_field("invoice", "footer")) == 2
    found = [f for f in report_of(repository)["hand_written"] if f["kind"] == "name-gone"]
    assert [f["subject"] for f in found if "more.py" in f["subject"]] == [
        "custom/stripe_invoice_payments/more.py:2",
        "tests/client/test_more.py:2",
    ]
    assert "`Invoice.footer` is gone" in found[0]["text"]


def test_hand_written_code_that_is_not_python(repository: Repository, run: Run) -> None:
    module = repository.root / "custom" / "stripe_invoice_payments" / "more.py"
    module.write_text("ids = [\n    1,\n),\n", "utf-8")
    assert run(e.add_field("invoice", "memo", {"type": "string"})) == 2
    report = report_of(repository)
    assert report["error"].startswith(f"{module}, line 3: this is not Python (closing parenthesis")
    assert report["changes"]


def test_the_report_says_where_a_new_name_has_to_be_added_by_hand(
    repository: Repository, run: Run
) -> None:
    edit = e.both(
        e.add_field("invoice_payment", "memo", {"type": "string", "nullable": True}),
        e.add_parameter("region", {"type": "string"}),
    )
    assert run(edit) == 10
    # The fixed slice has fewer classes than the public package exports.
    found = [f for f in report_of(repository)["hand_written"] if f["kind"] != "import-gone"]
    assert [(f["kind"], f["subject"], f["text"]) for f in found] == [
        ("not-in-sandbox", "InvoicePayment.memo", "is new, and the sandbox does not send it"),
        (
            "not-in-sandbox",
            "ListInvoicePaymentsParams.region",
            "is new, and the sandbox refuses it as unknown",
        ),
        (
            "not-documented",
            "ListInvoicePaymentsParams.region",
            "is new, and docs/configure/options.md has no row for it",
        ),
    ]


def test_the_verdict_on_a_parameter_and_the_python_table_tell_the_same_values(
    repository: Repository, run: Run
) -> None:
    as_list_too = e.both(
        e.parameter("status", e.updated(style="deepObject", explode=True)),
        e.parameter_schema("status", lambda s: {"anyOf": [s, {"type": "array", "items": s}]}),
    )
    assert run(as_list_too) == 20  # for the other style only
    report = report_of(repository)
    (change,) = [c for c in report["changes"] if c["kind"] == "parameter-type-widened"]
    assert change["text"] == (
        "takes `str` or `Sequence[str]` now, not only `str`; "
        "as `Sequence[str]` only `canceled`, `open`, `paid`"
    )
    table = {c["symbol"]: c["text"] for c in report["python_api"]["changes"]}
    values = "Literal['canceled', 'open', 'paid']"
    assert table["ListInvoicePaymentsParams(status)"] == (
        f"`{values} | None` became `{values} | Sequence[{values}] | None`"
    )


def test_the_report_has_the_sha256_of_what_was_taken(
    repository: Repository, run: Run, documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = hashlib.sha256((documents / "may.json").read_bytes()).hexdigest()
    assert run("may.json") == 10
    assert taken in capsys.readouterr().out
    assert taken in (repository.downloads / "report.md").read_text("utf-8")
    assert report_of(repository)["source"]["sha256"] == taken


def test_a_breaking_update(repository: Repository, run: Run) -> None:
    edit = e.parameter_schema("status", e.remove_values("open"))
    assert run(edit) == 20
    report = report_of(repository)
    assert (report["outcome"], report["bump"]["python"]) == ("breaking", "major")
    assert "`CHANGELOG.md`" not in (repository.downloads / "report.md").read_text("utf-8")
    assert regenerate.main(["--check"], repository) == 0


def test_prose_and_key_order_are_nothing_new(
    repository: Repository, run: Run, documents: Path
) -> None:
    before = tree_of(repository)
    april = json.loads((documents / "april.json").read_text("utf-8"))
    assert run(lambda _: e.new_prose(e.reversed_keys(april))) == 0
    assert tree_of(repository) == before
    assert report_of(repository)["changes"] == []


def test_a_dry_run_reports_and_writes_nothing(
    repository: Repository, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tree_of(repository)
    path = tmp_path / "reports" / "june.md"
    assert run("may.json", "--dry-run", "--changelog", "--report", str(path)) == 10
    assert tree_of(repository) == before
    assert capsys.readouterr().out.endswith("Dry run: nothing was replaced.\n")
    assert path.is_file()
    assert json.loads(path.with_suffix(".json").read_text("utf-8"))["written"] == []


def test_what_does_not_fit_is_reported_in_full_and_nothing_is_written(
    repository: Repository, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tree_of(repository)
    edit = e.both(
        e.remove_operation("/v1/invoices/{invoice}", "get"),
        e.remove_parameter("status"),
        e.remove_field("charge", "paid"),
    )
    assert run(edit) == 2
    assert tree_of(repository) == before
    report = report_of(repository)
    kinds = {finding["kind"] for finding in report["findings"] if finding["blocking"]}
    assert kinds == {"missing-in-document", "stale-action", "stale-prose"}
    effects = {change["effect"] for change in report["changes"]}
    assert {"breaking for callers", "breaking for readers", "additive"} <= effects
    assert report["bump"]["python"] == "major"
    assert "import-gone" in {finding["kind"] for finding in report["hand_written"]}
    error = capsys.readouterr().err
    assert re.fullmatch(r"error: spec/slice.yaml and spec/overlay.yaml: .+\n", error)


def test_what_cannot_be_rendered_is_reported_all_the_same(repository: Repository, run: Run) -> None:
    before = tree_of(repository)
    given = {"name": "trace", "in": "header", "schema": {"type": "string"}}
    assert run(e.at(*e.LIST, "parameters", change=lambda others: [*others, given])) == 2
    assert tree_of(repository) == before
    report = report_of(repository)
    assert "do not support parameters in a header" in report["error"]
    assert report["python_api"]["problem"] == report["error"]
    assert "parameter-added" in {change["kind"] for change in report["changes"]}


def test_after_editing_the_overlay_the_update_goes_through(
    repository: Repository, run: Run
) -> None:
    """The old side is still compared with the overlay that its package was made with."""
    git = ["git", "-c", "user.name=n", "-c", "user.email=e", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "The state"]):
        subprocess.run([*git, *arguments], cwd=repository.root, check=True)
    edit = e.remove_operation("/v1/invoices/{invoice}", "get")
    assert run(edit) == 2

    without_retrieve = re.sub(r"  - GET /v1/invoices/.*\n", "", _read(repository.slice_config))
    repository.slice_config.write_text(without_retrieve, "utf-8")
    actions = read_yaml(repository.overlay)["actions"]
    settled = {
        "overlay": "1.0.0",
        "actions": [action for action in actions if "/v1/invoices/" not in action["target"]],
    }
    repository.overlay.write_text(canonical_json(settled), "utf-8")
    assert run(edit) == 20
    assert regenerate.main(["--check"], repository) == 0
    report = report_of(repository)
    assert report["notes"] == []
    (removed,) = [c for c in report["changes"] if c["kind"] == "operation-removed"]
    assert removed["symbols"][0] == "Client.invoices.retrieve"


def test_a_package_that_was_edited_is_pointed_out(repository: Repository, run: Run) -> None:
    models = repository.generated / PACKAGE / "models.py"
    models.write_text(models.read_text("utf-8") + "\n# edited\n", "utf-8")
    assert run("may.json") == 10
    assert any("`make regenerate` before" in note for note in report_of(repository)["notes"])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (None, "cannot be read"),
        ("{}", "not an OpenAPI 3 document"),
        ('{"openapi": "3.0.0", "paths": {}, "components": {"schemas": {}}}', "none of the oper"),
    ],
)
def test_a_document_that_is_none(
    text: str | None,
    complaint: str,
    repository: Repository,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = tree_of(repository)
    path = repository.root / "new.json"
    if text is not None:
        path.write_text(text, "utf-8")
    assert update_spec.main(["--from", str(path)], repository) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert complaint in error
    assert error.count("\n") == 1
    assert complaint in report_of(repository)["error"]
    assert tree_of(repository) == before


@pytest.mark.parametrize(
    "edit",
    [
        e.at("paths", "/v1/invoice_payments", change=lambda _: []),
        e.at("paths", "/v1/invoice_payments", change=lambda _: None),
        e.at(*e.LIST, "parameters", change=lambda _: {}),
        e.at(*e.LIST, "parameters", change=lambda _: [{"in": "query"}]),
        e.at(*e.LIST, "responses", change=lambda _: "none"),
        e.at("components", "schemas", change=lambda schemas: {**schemas, "invoice_payment": 7}),
        e.at("components", "schemas", change=lambda schemas: {**schemas, "charge": []}),
        e.at("components", "schemas", change=lambda _: {}),
        e.at("components", "schemas", change=lambda _: []),
        e.at("components", change=lambda _: []),
        e.at("info", change=lambda _: 3),
        e.at("servers", change=lambda _: [{}]),
        e.at("servers", change=lambda _: "https://api.stripe.com/"),
        e.at("security", change=lambda _: "none"),
        e.field("invoice_payment", "status", e.to({"type": "string", "enum": 5})),
        e.field("invoice_payment", "status", e.to({"type": "string", "enum": ["\ud800"]})),
        e.field("invoice_payment", "status", e.to({"$ref": 4})),
        e.field("invoice_payment", "status", lambda _: None),
        e.add_field("invoice_payment", "\ud800", {"type": "string"}),
        e.version("\ud800"),
    ],
)
def test_a_document_that_is_broken_somewhere_is_refused_in_one_line(
    edit: e.Edit, repository: Repository, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tree_of(repository)
    assert run(edit) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert report_of(repository)["error"] == error.removeprefix("error: ").rstrip("\n")
    assert tree_of(repository) == before


def test_an_empty_from_is_called_empty(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert update_spec.main(["--from", ""], repository) == 2
    error = "error: FROM (or --from): it is empty. Name a document, or leave it out.\n"
    assert capsys.readouterr().err == error


def test_a_finding_about_the_overlay_names_the_line(repository: Repository, run: Run) -> None:
    text = "overlay: 1.0.0\nactions:\n  # Prose.\n  - target: $.x\n    remove: true\n"
    repository.overlay.write_text(text, "utf-8")
    assert run("may.json") == 2
    subjects = [finding["subject"] for finding in report_of(repository)["findings"]]
    assert "action 1 on line 4 ($.x)" in subjects
    markdown = (repository.downloads / "report.md").read_text("utf-8")
    assert "Overlay action 1 on line 4, `$.x`, matches nothing" in markdown


def test_the_lock_names_the_file_without_its_directory(repository: Repository, run: Run) -> None:
    assert run("may.json") == 10
    assert json.loads(repository.lock.read_bytes())["source"]["location"] == "may.json"
    assert update_spec.main(["--from", "pinned"], repository) == 0
    assert report_of(repository)["neighbours_known"]


def test_the_wrong_sha256(repository: Repository, run: Run) -> None:
    before = tree_of(repository)
    assert run("may.json", "--sha256", "0" * 64) == 2
    assert "was expected" in report_of(repository)["error"]
    assert tree_of(repository) == before


@pytest.mark.parametrize("missing", ["spec/slice.json", "spec/lock.json", "spec/overlay.yaml"])
def test_a_repository_with_something_missing(
    missing: str, repository: Repository, run: Run
) -> None:
    (repository.root / missing).unlink()
    before = tree_of(repository)
    assert run("may.json") == 2
    assert tree_of(repository) == before


def test_a_repository_without_the_package(
    repository: Repository, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(repository.generated)
    assert run("may.json") == 2
    assert "make regenerate" in capsys.readouterr().err


def test_help_tells_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        update_spec.main(["--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "0 nothing new; 10 additive; 20 breaking; 2 failed" in text
