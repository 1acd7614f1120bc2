"""The second opinion: the rendered packages, as griffe and their annotations show them."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.pipeline.errors import PipelineError
from scripts.spec_changes.annotations import difference, passed_level, read_level
from scripts.spec_changes.hand_written import hand_written_findings
from scripts.spec_changes.python_api import PythonApi, compare_packages
from scripts.spec_changes.verdicts import Change, Effect, Level

INIT = 'API_VERSION = "1.a"\nBASE_URL = "https://api.stripe.com"\n'
MODELS = """
from typing import Literal

class Thing:
    id: str
    count: int | None = None
    status: Literal["open", "paid"] | str

    @property
    def thing_id(self) -> str: ...

    def expanded_owner(self) -> Thing: ...
"""
PARAMS = """
from typing import Literal, Required, TypedDict

class Params(TypedDict, total=False):
    limit: int | None
    status: Literal["open", "paid"] | None
"""
OPERATIONS = "def retrieve(thing: str, params: dict[str, str]) -> str: ...\n"


def _package(directory: Path, **replaced: str) -> Path:
    package = directory / "pkg"
    package.mkdir(parents=True)
    texts = {"__init__": INIT, "models": MODELS, "params": PARAMS, "operations": OPERATIONS}
    for name, text in (texts | replaced).items():
        (package / f"{name}.py").write_text(text, "utf-8")
    return package


def _compared(tmp_path: Path, **replaced: str) -> PythonApi:
    old, new = _package(tmp_path / "old"), _package(tmp_path / "new", **replaced)
    return compare_packages(old, new)


def test_the_same_package_twice(tmp_path: Path) -> None:
    api = _compared(tmp_path)
    assert (api.level, api.changes, api.files) == (Level.NONE, (), ())


@pytest.mark.parametrize(
    ("module", "old", "new", "symbol", "level"),
    [
        ("models", "    count: int | None = None\n", "", "Thing.count", Level.MAJOR),
        ("models", "count: int", "count: str", "Thing.count", Level.MAJOR),
        ("models", "    id: str", "    id: str\n    memo: str", "Thing.memo", Level.MINOR),
        ("models", "def thing_id", "def thing_uid", "Thing.thing_id", Level.MAJOR),
        ("models", "-> Thing", "-> Thing | Other", "Thing.expanded_owner", Level.MINOR),
        ("models", "-> Thing", "-> str", "Thing.expanded_owner", Level.MAJOR),
        ("models", "-> str", "-> int", "Thing.thing_id", Level.MAJOR),
        ("operations", "-> str", "-> int", "retrieve", Level.MAJOR),
        ("models", '"paid"]', '"paid", "void"]', "Thing.status", Level.MINOR),
        ("models", '"open", "paid"', '"open"', "Thing.status", Level.PATCH),
        ("params", "    limit: int | None\n", "", "Params(limit)", Level.MAJOR),
        ("params", "limit: int | None", "limit: Required[int]", "Params(limit)", Level.MAJOR),
        ("params", "limit: int", "limit: str | int", "Params(limit)", Level.MINOR),
        ("params", '"open", "paid"', '"open"', "Params(status)", Level.MAJOR),
        ("params", "    limit", "    memo: str\n    limit", "Params(memo)", Level.MINOR),
        ("operations", "def retrieve", "def fetch", "retrieve", Level.MAJOR),
        ("operations", "(thing: str", "(id: str", "retrieve(thing)", Level.MAJOR),
        ("operations", "def", "def more() -> None: ...\ndef", "more", Level.MINOR),
        ("__init__", "1.a", "2.a", "API_VERSION", Level.MINOR),
        ("__init__", "stripe.com", "stripe.dev", "BASE_URL", Level.MAJOR),
    ],
)
def test_one_difference(
    tmp_path: Path, *, module: str, old: str, new: str, symbol: str, level: Level
) -> None:
    text = {"__init__": INIT, "models": MODELS, "params": PARAMS, "operations": OPERATIONS}[module]
    assert old in text
    api = _compared(tmp_path, **{module: text.replace(old, new, 1)})
    assert api.level is level
    assert symbol in {change.symbol for change in api.changes if change.level is level}
    assert api.files == (f"{module}.py",)


def test_other_words_in_a_docstring_are_a_patch(tmp_path: Path) -> None:
    api = _compared(tmp_path, models=f'"""Other words."""\n{MODELS}')
    assert (api.level, api.changes) == (Level.PATCH, ())


def test_what_is_in_a_new_class_is_not_listed(tmp_path: Path) -> None:
    api = _compared(tmp_path, models=f"{MODELS}\nclass Other:\n    id: str\n")
    assert [change.symbol for change in api.changes] == ["Other"]


def test_a_package_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="griffe cannot read it"):
        compare_packages(_package(tmp_path), tmp_path / "none")


@pytest.mark.parametrize(
    ("old", "new", "level"),
    [
        ("int", "int | None", Level.MAJOR),
        ("int | None", "int", Level.MINOR),
        ("int | str", "str | int", Level.PATCH),
        ("list[str]", "JSONObject", Level.MAJOR),
        ("list[int]", "list[int | None]", Level.MAJOR),
        ("str", "Literal['a'] | str", Level.MINOR),
        ("Literal['a'] | str", "str", Level.PATCH),
        ("Literal['a']", "Literal['b']", Level.MAJOR),
        ("str | A | JSONObject", "str | A | B | JSONObject", Level.MINOR),
        ("str | A | JSONObject", "str | A | JSONObject | None", Level.MAJOR),
        ("str | A", "str | A | B", Level.MAJOR),
        ("JSONObject", "A", Level.MAJOR),
        ("dict[str, str]", "dict[str, int]", Level.MAJOR),
    ],
)
def test_annotations_of_what_is_read(old: str, new: str, level: Level) -> None:
    assert read_level(old, new) is level


@pytest.mark.parametrize(
    ("old", "new", "level"),
    [
        ("int", "int | None", Level.MINOR),
        ("int | None", "int", Level.MAJOR),
        ("int", "str", Level.MAJOR),
        ("Literal['a', 'b']", "Literal['a']", Level.MAJOR),
        ("Literal['a']", "Literal['a', 'b']", Level.MINOR),
        ("Literal['a']", "str", Level.MINOR),
        ("str", "Literal['a']", Level.MAJOR),
        ("str", "Required[str]", Level.MAJOR),
        ("Required[str]", "str", Level.MINOR),
        ("Sequence[str] | None", "None | Sequence[str]", Level.PATCH),
    ],
)
def test_annotations_of_what_is_passed(old: str, new: str, level: Level) -> None:
    assert passed_level(old, new) is level


def test_differences_are_told_in_few_words() -> None:
    assert difference("Literal['a', 'b'] | str", "Literal['b', 'c'] | str") == (
        "also `'c'`; no longer `'a'`"
    )
    assert difference("Literal['a', 'b']", "Literal['b', 'a']") == "the values are in another order"
    many = ", ".join(map(repr, "abcdefgh"))
    assert difference(f"Literal[{many}]", "int") == "`Literal[... 8 values]` became `int`"


def test_hand_written_code_that_does_not_go_with_the_new_package(tmp_path: Path) -> None:
    package = _package(tmp_path)
    custom = tmp_path / "custom"
    custom.mkdir()
    (custom / "client.py").write_text(
        "from pkg import BASE_URL\n"
        "from pkg.models import Thing, Gone\n"
        "from elsewhere import Whatever\n"
        "VERSION = '1.a'\n",
        "utf-8",
    )
    changes = [
        Change("class-added", "$", ("Thing",), Effect.ADDITIVE, "new class"),
        Change("class-added", "$", ("Other",), Effect.ADDITIVE, "new class"),
        Change("operation-added", "$", ("Client.things.list",), Effect.ADDITIVE, "new"),
    ]
    (tmp_path / "README.md").write_text("Hello.\nVersion 1.a\n", "utf-8")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "options.md").write_text("It is 1.a.\n", "utf-8")
    findings = hand_written_findings(
        root=tmp_path,
        package=package,
        changes=changes,
        old_version="1.a",
        new_version="2.a",
    )
    assert [(f.kind, f.subject) for f in findings] == [
        ("import-gone", "custom/client.py:2"),
        ("old-version", "custom/client.py:4"),
        ("old-version", "README.md:2"),
        ("old-version", "docs/options.md:1"),
        ("not-exported", "Other"),
    ]
