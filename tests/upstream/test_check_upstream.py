"""What a newer `stripe` package has that our slice lacks: made-up releases, a made-up slice."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename

from scripts import check_upstream
from scripts.pipeline.repository import Repository
from scripts.upstream import wheels
from tests.upstream.wheels import modules, write_wheel

OLD, OURS, NEW = "2026-01-15.alpha", "2026-02-15.beta", "2026-03-15.gamma"

STRING = {"type": "string"}
SLICE = {
    "openapi": "3.0.0",
    "info": {"title": "Stripe API", "version": OURS},
    "paths": {
        "/v1/charges/{charge}/refunds": {
            "get": {
                "parameters": [
                    {"name": "charge", "in": "path", "required": True, "schema": STRING},
                    {
                        "name": "created",
                        "in": "query",
                        "schema": {
                            "anyOf": [
                                {"type": "object", "properties": {"gt": {"type": "integer"}}},
                                {"type": "integer"},
                            ]
                        },
                    },
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                    {"name": "order", "in": "query", "schema": {"enum": ["asc", "desc"]}},
                ]
            }
        },
        "/v1/refunds": {
            "post": {
                "requestBody": {
                    "content": {
                        "application/x-www-form-urlencoded": {
                            "schema": {
                                "properties": {
                                    "lines": {
                                        "type": "array",
                                        "items": {"properties": {"amount": {"type": "integer"}}},
                                    },
                                    "note": STRING,
                                }
                            }
                        }
                    }
                }
            }
        },
    },
    "components": {
        "schemas": {
            "refund": {
                "type": "object",
                "properties": {
                    "amount": {"type": "integer"},
                    "charge": {"anyOf": [STRING, {"type": "object"}], "x-expandable": ["charge"]},
                    "details": {"type": "object"},  # outside the cut
                    "id": STRING,
                    "legacy": STRING,
                    "object": {"enum": ["refund"], "type": "string"},
                    "only_ours": STRING,
                    "outcome": {"$ref": "#/components/schemas/refund_outcome"},
                    "status": {"enum": ["failed", "pending"], "type": "string"},
                },
            },
            "refund_outcome": {
                "type": "object",
                "properties": {
                    "code": STRING,
                    "inner": {"type": "object"},
                    "refund": {"anyOf": [STRING, {"$ref": "#/components/schemas/refund"}]},
                },
            },
        }
    },
}


class Project:
    """A checkout with the slice above, and the index that pip is configured for."""

    def __init__(self, root: Path) -> None:
        self.index, self.json = root / "index", root / "report.json"
        self.repository = Repository(root)
        self.repository.spec.mkdir()
        self.write(SLICE)

    def write(self, document: dict[str, Any]) -> None:
        self.repository.slice.write_text(json.dumps(document), "utf-8")

    def release(self, version: str, api_version: str, *edits: tuple[str, str, str]) -> Path:
        """Publish a release whose modules differ by these edits: a path, old text and new text."""
        files = modules(api_version)
        for path, old, new in edits:
            assert old in files[path]
            files[path] = files[path].replace(old, new)
        return write_wheel(self.index, version, files)

    def check(self) -> int:
        return check_upstream.main(["--json", str(self.json)], self.repository)

    def news(self) -> list[tuple[str, ...]]:
        """The news: each path, the change and the values."""
        report = json.loads(self.json.read_bytes())
        return [(one["path"], one["change"], *one["values"]) for one in report["news"]]


@pytest.fixture
def indexed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose releases are downloaded as always: by pip, from its configured index."""
    project = Project(tmp_path)
    project.index.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(project.index))
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CONSTRAINT"):
        monkeypatch.delenv(name, raising=False)
    return project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose releases are taken from the directory without pip, which takes a second."""
    project = Project(tmp_path)

    def take_newest(requirement: str) -> bytes:
        wanted = Requirement(requirement)
        releases = {
            parse_wheel_filename(path.name)[1]: path for path in project.index.glob("stripe-*.whl")
        }
        return releases[max(wanted.specifier.filter(releases))].read_bytes()

    monkeypatch.setattr(wheels, "download_wheel", take_newest)
    return project


OBJECT, LIST, CREATE = (
    "stripe/_refund.py",
    "stripe/params/_refund_list_params.py",
    "stripe/params/_refund_create_params.py",
)


def test_what_is_new_and_what_is_gone(project, capsys):
    project.release("1.0.0", OURS)
    edits = [
        (OBJECT, "    amount: int\n", "    amount: ExpandableField['Amount']\n    fresh: str\n"),
        (OBJECT, "charge: Optional[ExpandableField[", "charge: Optional[List["),
        (OBJECT, "    legacy: Optional[str]\n", "    bank: ExpandableField[Union['A', 'B']]\n"),
        (OBJECT, '["failed", "pending"]', '["failed", "held", "late"]'),
        (OBJECT, '["fine"]', '["fine", "odd"]'),
        (OBJECT, "        inner:", "        level: int\n        inner:"),
        (OBJECT, "a: str", "a: str\n            outside_the_cut: str"),
        (OBJECT, "anything: str", "anything: str\n        outside_the_cut: str"),
        (LIST, "gt: NotRequired[int]", "gt: NotRequired[int]\n    lt: NotRequired[int]"),
        (LIST, "    limit: NotRequired[int]\n", ""),
        (LIST, "'asc', 'desc'", "'asc', 'desc', 'random'"),
        (CREATE, "note: NotRequired[str]", "note: str"),
        (CREATE, "amount: int", "amount: NotRequired[int]\n    tax: int"),
    ]
    project.release("1.1.0", NEW, *edits)

    assert project.check() == 10

    get, post = "GET /v1/charges/{charge}/refunds", "POST /v1/refunds"
    assert project.news() == [
        (f"{get}.created.lt", "added"),
        (f"{get}.limit", "removed"),
        (f"{get}.order", "values added", "random"),
        (f"{post}.lines.amount", "now optional"),
        (f"{post}.lines.tax", "added"),
        (f"{post}.note", "now required"),
        ("Refund.amount", "now expandable"),
        ("Refund.bank", "added, expandable"),
        ("Refund.charge", "no longer expandable"),
        ("Refund.fresh", "added"),
        ("Refund.legacy", "removed"),
        ("Refund.outcome.code", "values added", "odd"),
        ("Refund.outcome.level", "added"),
        ("Refund.status", "values added", "held", "late"),
        ("Refund.status", "values removed", "pending"),
    ]
    printed = capsys.readouterr().out
    assert printed.startswith(
        f"stripe 1.1.0 pins the API version {NEW}. Ours is {OURS}, which stripe 1.0.0 pins.\n"
    )
    assert "- `Refund.status`: values added (2): `held`, `late`\n" in printed
    assert "No news, since 1.0.0 has these as well: `Refund.source`." in printed
    assert "Not compared, since 1.0.0 lacks them: `Refund.only_ours`, `Refund.outcome.re" in printed


def test_what_the_package_has_at_both_versions_is_no_news(project, capsys):
    project.release("1.0.0", OURS)
    project.release("1.1.0", NEW)

    assert project.check() == 0
    assert project.news() == []
    assert "Nothing is new there for our slice." in capsys.readouterr().out


def test_what_our_slice_has_already_is_no_news(project):
    project.release("1.0.0", OURS, (OBJECT, "    id: str\n", ""), (OBJECT, '["failed", ', "["))
    project.release("1.1.0", NEW)

    assert project.check() == 0


def test_an_operation_and_an_object_that_are_gone_are_named_once(project):
    project.release("1.0.0", OURS)
    gone = (OBJECT, '= "refund"', '= "reversal"'), (OBJECT, "class Refund(", "class Reversal(")
    moved = "/v1/charges/{id}/refunds", "/v1/reversals"
    project.release("1.1.0", NEW, *gone, ("stripe/_refund_service.py", *moved))

    assert project.check() == 10
    assert project.news() == [
        ("GET /v1/charges/{charge}/refunds", "removed"),
        ("Refund", "removed"),
    ]


def test_the_release_to_compare_with_is_the_newest_that_pins_our_version(indexed):
    unlike_ours = (OBJECT, "    id: str\n", "    id: str\n    early: str\n")
    indexed.release("1.0.0", OURS, unlike_ours)
    indexed.release("1.9.0", OURS)
    indexed.release("1.10.0", NEW, unlike_ours)
    indexed.release("2.0.0", NEW, unlike_ours)
    indexed.release("2.1.0b1", "2026-04-15.preview", unlike_ours, (OBJECT, "early", "earlier"))

    assert indexed.check() == 10
    assert indexed.news() == [("Refund.early", "added")]
    report = json.loads(indexed.json.read_bytes())
    assert (report["newest"], report["pinned"]) == ("2.0.0", "1.9.0")


@pytest.mark.parametrize("api_version", [OURS, OLD])
def test_an_index_that_is_not_ahead_of_us_has_no_news(project, capsys, api_version):
    project.release("1.0.0", api_version)

    assert project.check() == 0
    assert capsys.readouterr().out == (
        f"stripe 1.0.0 pins the API version {api_version}. Ours is {OURS}: nothing newer.\n"
    )


def refused(project: Project, capsys: pytest.CaptureFixture[str]) -> str:
    assert project.check() == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert not project.json.exists()
    return captured.err


def test_no_release_pins_our_version(project, capsys):
    project.release("1.0.0", OLD)
    project.release("1.1.0", NEW)

    assert refused(project, capsys) == (
        f"error: stripe: no release on the index pins {OURS}: 1.0.0 pins {OLD}, and the next, "
        f"1.1.0, pins {NEW}. Compare the documents instead, by `make update-spec`.\n"
    )


def test_an_index_without_the_package(indexed, capsys):
    assert "stripe: pip cannot download it (No matching distrib" in refused(indexed, capsys)


def test_an_index_that_is_down(indexed, capsys, monkeypatch):
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")

    assert "error: stripe: pip cannot download it" in refused(indexed, capsys)


def test_a_download_that_differs_from_the_hash_that_the_index_states(indexed, capsys, monkeypatch):
    path = indexed.release("1.0.0", NEW)
    page = indexed.index / "stripe" / "index.html"
    page.parent.mkdir()
    page.write_text(f'<a href="{path.as_uri()}#sha256={"0" * 64}">{path.name}</a>', "utf-8")
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", indexed.index.as_uri())

    assert "stripe: pip cannot download it" in refused(indexed, capsys)


OTHER_LAYOUTS: dict[str, tuple[Callable[[dict[str, str]], object], str]] = {
    "no API version": (
        lambda files: files.pop("stripe/_api_version.py"),
        "stripe/_api_version.py cannot be read",
    ),
    "another name for it": (
        lambda files: files.update({"stripe/_api_version.py": "LATEST = '2026-03-15.gamma'"}),
        'stripe/_api_version.py has no CURRENT = "<day>.<name>"',
    ),
    "no objects": (
        lambda files: files.pop("stripe/_refund.py"),
        "no class has an OBJECT_NAME",
    ),
    "another class": (
        lambda files: files.update({OBJECT: files[OBJECT].replace("class Refund(", "class R(")}),
        "stripe/_refund.py has no class Refund",
    ),
    "no methods": (
        lambda files: files.pop("stripe/_refund_service.py"),
        "no module *_service.py sends a request",
    ),
    "no parameters": (
        lambda files: files.pop(LIST),
        "stripe/params/_refund_list_params.py cannot be read",
    ),
    "other parameters": (
        lambda files: files.update({LIST: "class Params: pass"}),
        "stripe/params/_refund_list_params.py has no class RefundListParams",
    ),
    "not Python": (
        lambda files: files.update({OBJECT: files[OBJECT] + "def f(:"}),
        "stripe/_refund.py cannot be read",
    ),
    "an annotation that is none": (
        lambda files: files.update({OBJECT: files[OBJECT].replace("id: str", "id: 'str['")}),
        "the annotation str[ cannot be read",
    ),
}


@pytest.mark.parametrize("name", OTHER_LAYOUTS)
def test_a_wheel_with_another_layout(project, capsys, name):
    edit, problem = OTHER_LAYOUTS[name]
    files = modules(NEW)
    edit(files)
    project.release("1.0.0", OURS)
    write_wheel(project.index, "1.1.0", files)

    message = refused(project, capsys)

    assert "this wheel has another layout than scripts/upstream reads" in message
    assert problem in message


def test_a_wheel_that_is_none(project, capsys):
    project.index.mkdir()
    (project.index / "stripe-1.0.0-py3-none-any.whl").write_bytes(b"no archive")

    assert "the wheel cannot be read (File is not a zip file)" in refused(project, capsys)


def test_a_wheel_that_unpacks_to_too_much(project, capsys, monkeypatch):
    project.release("1.0.0", NEW)
    monkeypatch.setattr(wheels, "MAX_BYTES", 1000)

    assert "the wheel unpacks to over 1000 bytes" in refused(project, capsys)


def test_a_wheel_that_is_damaged(project, capsys):
    path = project.release("1.0.0", NEW)
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo(OBJECT).header_offset + 60
    content = bytearray(path.read_bytes())
    content[start] ^= 0xFF
    path.write_bytes(content)

    assert "the wheel cannot be read (Bad CRC-32" in refused(project, capsys)


def test_a_slice_that_is_missing(project, capsys):
    project.release("1.0.0", NEW)
    project.repository.slice.unlink()

    assert "slice.json: cannot be read" in refused(project, capsys)
