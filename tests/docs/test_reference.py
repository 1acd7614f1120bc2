"""The reference has every public name, as it is, and nothing else."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from importlib import import_module
from pathlib import Path
from typing import Any

import griffe
import pytest

import stripe_invoice_payments as sip
from scripts.site.fields import with_fields
from scripts.site.reading import Reference
from stripe_invoice_payments_api import models
from tests.docs.docstrings import EXAMPLES

ROOT = Path(__file__).parents[2]
PAGES = {
    page.name: page.read_text("utf-8")
    for page in sorted((ROOT / "docs" / "reference").glob("*.md"))
}
NAMED = [
    name for page in PAGES.values() for name in re.findall(r"^::: ([\w.]+)$", page, re.MULTILINE)
]
# Resources, and what all models have: reached through an attribute or as an argument.
BEHIND = {name for name in NAMED if re.search(r"_resources\.|_api\.", name)}

PACKAGE = sip.__name__
PUBLIC = {
    *(f"{PACKAGE}.{name}" for name in dir(sip)),
    *(
        f"{PACKAGE}.{part}.{name}"
        for part in ("accounts", "export", "reconcile", "sandbox", "spark", "sync")
        for name in import_module(f"{PACKAGE}.{part}").__all__
    ),
    f"{PACKAGE}.opentelemetry.opentelemetry_hooks",
    f"{PACKAGE}.pytest_plugin.stripe_sandbox",
    f"{PACKAGE}.pytest_plugin.stripe_sandbox_options",
    f"{PACKAGE}.pytest_plugin.stripe_sandbox_server",
}


def test_every_public_name_is_on_one_page_and_nothing_else():
    assert len(NAMED) == len(set(NAMED))
    assert set(NAMED) - BEHIND == PUBLIC


def test_every_resource_of_a_client_is_there():
    with sip.Client("sk_test_x") as client:
        found = [getattr(client, name) for name in dir(client) if name[0] != "_"]
    names = {
        f"{type(one).__module__}.{type(one).__name__}"
        for one in found
        if hasattr(one, "with_raw_response")
    }
    assert len(names) == 7
    assert names | {re.sub(r"(\w+)$", r"Async\1", name) for name in names} <= BEHIND


# --- What the pages show ---

SOURCE = griffe.GriffeLoader(
    extensions=griffe.load_extensions(Reference()),
    search_paths=[str(ROOT / "custom"), str(ROOT / "generated")],
)
SOURCE.load(PACKAGE)


def shown(name: str) -> Any:
    found: Any = SOURCE.modules_collection[name]
    return found.final_target if found.is_alias else found


def functions() -> dict[str, griffe.Function]:
    """The functions on the pages, and the methods of the classes on them."""
    found: dict[str, griffe.Function] = {}
    for name in NAMED:
        one = shown(name)
        members = {name: one}
        if one.is_class:
            members = {f"{name}.{key}": member for key, member in one.members.items()}
        for path, member in members.items():
            key = path.rpartition(".")[2]
            if member.is_function and (key[0] != "_" or key == "__init__"):
                found[path] = member
    return found


FUNCTIONS = functions()


def test_no_parameter_stands_for_others():
    annotations = {
        name: [str(parameter.annotation) for parameter in function.parameters]
        for name, function in FUNCTIONS.items()
    }
    assert len(annotations) > 100
    assert [name for name, found in annotations.items() if "Unpack" in " ".join(found)] == []


@pytest.mark.parametrize(
    "name", [n for n in FUNCTIONS if "resources." in n and not n.endswith("__init__")]
)
def test_methods_show_the_parameters_that_they_take(name):
    module, cls, method = name.rsplit(".", 2)
    at_run_time = inspect.signature(getattr(getattr(import_module(module), cls), method))
    assert {one.name for one in FUNCTIONS[name].parameters} == at_run_time.parameters.keys()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_docstring_names_what_is_raised(name):
    function = FUNCTIONS[name]
    text = docstring(function)
    if function.name == "__init__":
        text += docstring(function.parent)
    assert [error for error in raised(function) if error not in text] == []
    if any(parameter.name == "timeout" for parameter in function.parameters):
        assert re.search(r"Raises:|[Ss]ee `|same as `", text)


def docstring(shown: Any) -> str:
    return shown.docstring.value if shown.docstring else ""


def raised(function: griffe.Function) -> set[str]:
    """The names of the exceptions that a function raises itself."""
    return {
        node.exc.func.id
        for node in ast.walk(ast.parse(textwrap.dedent(function.source)))
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and isinstance(node.exc.func, ast.Name)
        and node.exc.func.id.endswith("Error")
    }


# --- Examples ---

CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAMS = [(name, code) for name, page in PAGES.items() for code in CODE.findall(page)]


def test_each_class_has_an_example_in_its_docstring_or_on_its_page():
    for name, page in PAGES.items():
        code = "\n".join([*CODE.findall(page)])
        if name == "spark.md":  # tests/spark runs the programs of that guide, and not this file
            code += (ROOT / "docs" / "use" / name).read_text("utf-8")
        for path in re.findall(r"^::: ([\w.]+)$", page, re.MULTILINE):
            cls = path.rpartition(".")[2]
            if shown(path).is_class and not cls.startswith("Async"):
                in_docstrings = any(example.split(".")[0] == cls for example in EXAMPLES)
                attribute = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls).lower()
                on_page = re.search(rf"\b{cls}\b|client\.{attribute}\.", code)
                assert in_docstrings or on_page, (name, cls)


@pytest.mark.parametrize(
    ("name", "code"), PROGRAMS, ids=[f"{name}-{i}" for i, (name, _) in enumerate(PROGRAMS)]
)
def test_an_example_of_a_page_runs(name, code, stripe_sandbox, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STRIPE_API_KEY", stripe_sandbox.api_key)
    given = {"sandbox": stripe_sandbox, "client": stripe_sandbox.client()}
    exec(compile(code, name, "exec"), given)  # noqa: S102 - our own pages


# --- Models ---


@pytest.mark.parametrize(
    "model", re.findall(r"^<!-- fields of (\w+) -->$", PAGES["models.md"], re.MULTILINE)
)
def test_a_table_of_fields_is_true(model):
    table = with_fields(f"<!-- fields of {model} -->", ROOT)
    rows = re.findall(
        r"^\| `(\w+)` \| (.*?) \| (yes)? ?\| (.*?) ?\| (.+?) \|$", table, re.MULTILINE
    )
    cls: Any = getattr(models, model)
    fields = {field.name: field for field in cls.__attrs_attrs__ if field.name[0] != "_"}
    fields.pop("additional_properties", None)
    assert [row[0] for row in rows] == list(fields)
    for name, _, null, also, meaning in rows:
        assert bool(null) == str(fields[name].type).endswith("| None")
        assert meaning
        for other in re.findall(r"`(\w+)(?:\(\))?`", also):
            assert hasattr(cls, other)
