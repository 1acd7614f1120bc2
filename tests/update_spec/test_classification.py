"""One change to the real document at a time: its class, the version bump, the Python symbol."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.pipeline.document.overlay import Action, apply_overlay
from scripts.pipeline.inputs.slice_config import SliceConfig
from scripts.spec_changes.compare import Comparison
from scripts.spec_changes.python_api import compare_packages
from scripts.spec_changes.verdicts import Level

from . import cases_of_calls, cases_of_fields, edits as e
from .case import Case
from .conftest import Compare
from .slices import stored_slice

CASES = [*cases_of_fields.CASES, *cases_of_calls.CASES]

NOTHING_NEW = {
    "only prose changed": e.new_prose,
    "key order changed": e.reversed_keys,
    "an example and a length limit changed": e.field(
        "invoice_payment", "currency", e.updated(maxLength=7)
    ),
    "requiredness that an override keeps from users": e.release("invoice", "total"),
    "a schema outside the cut changed": e.remove_field("account", "type"),
}

PythonLevel = Callable[[dict[str, Any], Comparison], Level]


@pytest.fixture(scope="module")
def python_level(
    tmp_path_factory: pytest.TempPathFactory,
    rendered: Callable[..., Path],
    config: SliceConfig,
    overlay: list[Action],
) -> PythonLevel:
    """What the rendered packages show; the same document is rendered only once."""
    known: dict[str, Path] = {}

    def package(document: dict[str, Any]) -> Path:
        key = repr(document)
        if key not in known:
            known[key] = rendered(document, tmp_path_factory.mktemp("package"))
        return known[key]

    def level(old: dict[str, Any], comparison: Comparison) -> Level:
        before = apply_overlay(stored_slice(old, config), overlay).document
        return compare_packages(package(before), package(comparison.document)).level

    return level


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_change_has_its_class_its_bump_and_its_symbol(
    case: Case, pinned: dict[str, Any], compared: Compare, python_level: PythonLevel
) -> None:
    old = case.before(pinned)
    comparison = compared(old, case.edit(old))

    found = {(c.kind, c.symbols[0], c.effect): c for c in comparison.changes}
    change = found.get((case.kind, case.symbol, case.effect))
    assert change is not None, found.keys()
    assert {c.kind for c in comparison.changes} == {case.kind, *case.also}
    assert bool(change.caution) is case.caution
    assert bool(comparison.blocking) is case.blocked
    assert max(c.effect.level for c in comparison.changes) is case.effect.level

    if case.python is not None:
        assert python_level(old, comparison) is case.python


@pytest.mark.parametrize("name", NOTHING_NEW)
def test_what_users_do_not_see_is_nothing_new(
    name: str, pinned: dict[str, Any], compared: Compare
) -> None:
    comparison = compared(pinned, NOTHING_NEW[name](pinned))
    assert not comparison.changes
    assert not comparison.blocking


def test_prose_and_the_order_of_keys_do_not_even_touch_the_slice(
    pinned: dict[str, Any], compared: Compare
) -> None:
    before = compared(pinned, pinned).new_slice
    assert compared(pinned, e.new_prose(e.reversed_keys(pinned))).new_slice == before


def test_there_are_enough_of_them() -> None:
    assert len(CASES) + len(NOTHING_NEW) >= 25
    assert len({case.name for case in CASES}) == len(CASES)
