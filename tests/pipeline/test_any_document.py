"""Any edit of Stripe's document is refused by name, or becomes a package that is right.

Right means: it is Python, none of which the document has written; it can be imported, and nothing
happens when it is; what it reads it writes back; two type checkers' worth of strictness from mypy.
"""

import ast
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings, strategies as st

from scripts.pipeline.document.slicing import cut_slice
from scripts.pipeline.errors import PipelineError
from scripts.pipeline.files import write_files
from scripts.pipeline.inputs.parsing import parse_document
from scripts.pipeline.inputs.slice_config import SchemaOptions, SliceConfig
from scripts.pipeline.openapi import Document, is_mapping
from scripts.pipeline.output.rendering import FILES, TEMPLATE, render
from scripts.pipeline.output.smoke_test import check_classes
from scripts.pipeline.repository import THIS_REPOSITORY, Repository
from scripts.pipeline.run import overlaid_document, render_package, view_of

from .edits import CANARY, edited
from .instances import attributes_conform, instances
from .support import copy_repository, without_public_package

# Fewer where a developer waits for it; with CI=true, as many as the promise is for.
EDITS = 2000 if os.environ.get("CI") else 60
CHECKED_BY_MYPY = 40
WHOLE_RUNS = 4
PARTS = 4 if os.environ.get("CI") else 1  # for as many processes to share
FUTURE = "from __future__ import annotations\n"

NO_OVERLAY = {"overlay": "1.0.0", "info": {"title": "None", "version": "1"}, "actions": []}
# Those that hold no field, so that each field becomes a column of its own.
OWN_COLUMNS = [
    {"name": name, "kind": "string", "path": None} for name in ("account", "extra", "_api_version")
]
NO_COLUMNS = {"schema": "invoice_payment", "version": 0, "columns": OWN_COLUMNS}
SMALL = SliceConfig(
    operations=[
        ("get", "/v1/invoice_payments"),
        ("get", "/v1/invoice_payments/{invoice_payment}"),
    ],
    schemas=dict.fromkeys(
        (
            "invoice_payment",
            "invoices_payments_invoice_payment_associated_payment",
            "invoices_payments_invoice_payment_status_transitions",
            "deleted_invoice",
            "error",
        )
    )
    | {"api_errors": SchemaOptions(only="scalars")},
)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    checkout = copy_repository(tmp_path_factory.mktemp("any") / "repository")
    checkout.configure(overlay=NO_OVERLAY, generator={})
    checkout.repository.columns.write_text(json.dumps(NO_COLUMNS), "utf-8")
    return checkout.repository


@pytest.fixture(scope="module")
def original() -> Document:
    """A part of the committed slice that is quick to render: the resource, with its parts."""
    text = THIS_REPOSITORY.slice.read_text("utf-8")
    whole = as_upstream(parse_document(text, "the slice"))
    document: Document = as_upstream(cut_slice(whole, SMALL).fitting())
    for item in document["paths"].values():
        for operation in item.values():
            operation.pop("requestBody", None)
    return document


@pytest.mark.parametrize("part", range(PARTS))
def test_any_edit_is_refused_or_right(
    part: int,
    repository: Repository,
    original: Document,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    counts: Counter[str] = Counter()

    @seed(part)  # so that each part has edits of its own, and a failure comes again by itself
    @settings(
        max_examples=EDITS // PARTS,
        database=None,
        print_blob=True,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[
            *(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
            HealthCheck.large_base_example,
        ],
        deadline=None,
    )
    @given(edited(original), st.data())
    def check(document: Document, data: st.DataObject) -> None:
        counts["edits of Stripe's document"] += 1
        name = f"edited{counts.total()}"
        try:
            overlaid = slice_of(repository, document)
            view = view_of(repository, overlaid)
            files = render(view, repository.templates, "make regenerate")
            check_classes(files)
        except PipelineError as error:
            counts["of these refused"] += 1
            assert_says_what_to_do(error)
            return
        counts["of these rendered"] += 1
        files = with_annotations_unread(files)
        for file, text in files.items():
            assert_nothing_is_code(file, text)
        if counts["of these rendered"] <= CHECKED_BY_MYPY // PARTS:
            write_files(tmp_path / name, files)
            without_public_package(tmp_path / name)
        with imported(name, files) as modules:
            for model in view.models:
                instance = data.draw(instances(overlaid["components"]["schemas"], model.schema))
                read = getattr(modules["models"], model.name).from_dict(instance)
                assert read.to_dict() == instance
                assert attributes_conform(read)
                if view.table is not None and model.name == view.table.model:
                    assert_rows_agree(modules["columns"], read)
        if counts["of these rendered"] <= WHOLE_RUNS // PARTS:
            render_package(repository, overlaid, tmp_path / "whole" / name)

    check()
    packages = sorted(tmp_path.glob("edited*"))
    assert packages
    counts["of these checked by mypy"] = len(packages)
    assert_mypy_is_content(packages, tmp_path / "cache")
    for name, count in counts.items():
        record_property(name, count)


def as_upstream(node: Any) -> Any:
    """A slice with what can be expanded told in Stripe's own way."""
    if isinstance(node, list):
        return [as_upstream(item) for item in node]
    if not is_mapping(node):
        return node
    found = {key: as_upstream(value) for key, value in node.items() if key != "x-expandable"}
    if is_mapping(node) and isinstance(node.get("x-expandable"), list):
        names = node["x-expandable"]
        references = [{"$ref": f"#/components/schemas/{name}"} for name in names]
        found["x-expansionResources"] = {"oneOf": references}
    return found


def slice_of(repository: Repository, document: Document) -> Document:
    """What the pipeline makes of a document that says this, as it was read from a file."""
    full = parse_document(json.dumps(document), "document.json")
    operations = tuple(
        (method, path)
        for path, item in full["paths"].items()
        for method in (item if is_mapping(item) else ())
    )
    config = SliceConfig(operations=list(operations))
    return overlaid_document(repository, cut_slice(full, config).fitting())


def assert_says_what_to_do(error: PipelineError) -> None:
    text = str(error)
    assert error.where
    assert error.problem
    assert error.remedy
    assert text.isprintable()
    assert "Traceback" not in text
    assert " object at 0x" not in text


def assert_rows_agree(columns: Any, row: Any) -> None:
    """The quick way to a row gives what the slow one does, and a value a column."""
    values = columns.flat(row, None, 0, None)
    assert values == columns._flat_slowly(row, None, 0, None)
    names = [column.name for column in columns.COLUMNS]
    assert len(set(names)) == len(names) == len(values)


@lru_cache(maxsize=100)  # what is copied is the same in most packages
def assert_nothing_is_code(name: str, text: str) -> None:
    """What the document says is in literals, docstrings and comments only."""
    assert all(character.isprintable() or character == "\n" for character in text)
    if not name.endswith(".py"):
        return
    for node in ast.walk(ast.parse(text, name)):
        assert not (isinstance(node, ast.Name) and node.id == "__import__")
        if isinstance(node, ast.Call):
            assert not (isinstance(node.func, ast.Name) and node.func.id == CANARY)


def with_annotations_unread(files: dict[str, str]) -> dict[str, str]:
    """With the import that Ruff adds to templates, which is all that it does but for the looks."""
    return {
        name: f"{FUTURE}{text}" if name.endswith(".py") and FUTURE not in text else text
        for name, text in files.items()
    }


# In an order in which each needs only those before it.
MODULES = (
    *("_model", "_lists", "_request", "_checks", "_resource", "_columns", "money"),
    *("models", "columns", "params", "operations", "resources"),
)
COPIED = {name for name, source in FILES.items() if not source.endswith(TEMPLATE)}
SHARED: dict[str, ModuleType] = {}  # by their text, the modules that packages have in common


@contextmanager
def imported(package: str, files: dict[str, str]) -> Generator[dict[str, ModuleType]]:
    """The modules of a package that is not on the disk, while they are imported."""
    modules = {package: "__init__.py"} | {f"{package}.{name}": f"{name}.py" for name in MODULES}
    try:
        for name, file in modules.items():
            module = SHARED.get(files[file])
            if module is None:
                module = ModuleType(name)
                module.__package__ = package
                if name == package:
                    module.__path__ = []
                sys.modules[name] = module
                code = compile(files[file], f"{package}/{file}", "exec")
                exec(code, module.__dict__)  # noqa: S102 - which is what importing it would do
                if file in COPIED:
                    SHARED[files[file]] = module
            sys.modules[name] = module
        yield {name: sys.modules[f"{package}.{name}"] for name in MODULES}
    finally:
        kept = {module.__name__ for module in SHARED.values()}
        for name in modules.keys() - kept:
            sys.modules.pop(name, None)


def assert_mypy_is_content(packages: list[Path], cache: Path) -> None:
    command: list[Any] = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache]
    done = subprocess.run(
        [*command, "--python-version", "3.10", *packages],
        capture_output=True,
        text=True,
        check=False,
        cwd=packages[0].parent,
    )
    assert done.returncode == 0, done.stdout[-4000:]
