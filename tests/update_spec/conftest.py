from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openapi_python_client.config import Config

from scripts import regenerate, update_spec
from scripts.pipeline.document.overlay import Action, read_overlay
from scripts.pipeline.document.second_opinion import parser_config, vet
from scripts.pipeline.inputs.configuration import read_configuration
from scripts.pipeline.inputs.slice_config import SliceConfig
from scripts.pipeline.output.rendering import render
from scripts.pipeline.repository import PACKAGE, THIS_REPOSITORY, Repository
from scripts.pipeline.view.api import build_view
from scripts.spec_changes.compare import Comparison, compare
from tests.pipeline.support import APRIL, FIXED, MAY

from . import edits as e
from .repositories import Run
from .slices import Document, fitted, near, overlay_text, real_document, stored_slice


@pytest.fixture(scope="session")
def april() -> Document:
    return real_document(APRIL)


@pytest.fixture(scope="session")
def may() -> Document:
    return real_document(MAY)


@pytest.fixture(scope="session")
def pinned(may: Document) -> Document:
    """The document that the slice in the repository is taken to be cut from."""
    return may


@pytest.fixture(scope="session")
def config() -> SliceConfig:
    return read_configuration(FIXED / "slice.yaml", SliceConfig)


@pytest.fixture(scope="session")
def overlay() -> list[Action]:
    return read_overlay(FIXED / "overlay.yaml")


@pytest.fixture(scope="session")
def parser() -> Config:
    return parser_config(THIS_REPOSITORY.generator_config)


Compare = Callable[..., Comparison]


@pytest.fixture(scope="session")
def compared(config: SliceConfig, overlay: list[Action]) -> Compare:
    """Compare two full documents, as if the first were in the repository.

    Classes are named by their titles, which spares running the parser.
    """

    def run(
        old: Document,
        new: Document,
        *,
        old_overlay: list[Action] | None = None,
        new_overlay: list[Action] | None = None,
        new_config: SliceConfig | None = None,
        with_old_document: bool = True,
        parser: Config | None = None,
    ) -> Comparison:
        return compare(
            old_slice=stored_slice(old, config),
            old_overlay=old_overlay or overlay,
            old_document=old if with_old_document else None,
            new_document=new,
            config=new_config or config,
            overlay=new_overlay or overlay,
            parser=parser,
        )

    return run


@pytest.fixture(scope="session")
def rendered(parser: Config) -> Callable[[Document, Path], Path]:
    """Render an overlaid document, without formatting it; returns the package's directory."""

    def run(document: Document, directory: Path) -> Path:
        package = directory / PACKAGE
        package.mkdir(parents=True)
        view = build_view(document, vet(document, parser))
        for name, text in render(view, THIS_REPOSITORY.templates, "make regenerate").items():
            (package / name).write_text(text, "utf-8")
        return package

    return run


@pytest.fixture(scope="session")
def documents(
    tmp_path_factory: pytest.TempPathFactory,
    april: dict[str, Any],
    may: dict[str, Any],
    config: SliceConfig,
) -> Path:
    """A directory with the real documents as files, without what is far from the slice."""
    directory = tmp_path_factory.mktemp("documents")
    for name, document in (("april", april), ("may", may)):
        text = json.dumps(near(document, config))
        (directory / f"{name}.json").write_text(text, "utf-8")
    return directory


@pytest.fixture(scope="session")
def april_state(
    tmp_path_factory: pytest.TempPathFactory,
    documents: Path,
    april: dict[str, Any],
    config: SliceConfig,
    overlay: list[Action],
) -> Path:
    """The repository as it would have been with the document of April."""
    root = tmp_path_factory.mktemp("state") / "repository"
    for name in ("spec", "templates", "custom"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(THIS_REPOSITORY.root / name, root / name, ignore=ignored)
    repository = Repository(root)
    shutil.copy(FIXED / "slice.yaml", repository.slice_config)
    then = fitted(overlay, stored_slice(april, config))
    repository.overlay.write_text(overlay_text(then), "utf-8")
    assert regenerate.main(["--from", str(documents / "april.json")], repository) == 0
    return root


@pytest.fixture
def repository(april_state: Path, tmp_path: Path) -> Repository:
    root = tmp_path / "repository"
    shutil.copytree(april_state, root)
    return Repository(root)


@pytest.fixture
def run(repository: Repository, documents: Path) -> Run:
    """Run the command on a document, given by the name of its file or as an edit of May's."""

    def command(document: str | e.Edit, *arguments: str) -> int:
        if not isinstance(document, str):
            may = json.loads((documents / "may.json").read_text("utf-8"))
            (repository.root / "new.json").write_text(json.dumps(document(may)), "utf-8")
            location = repository.root / "new.json"
        else:
            location = documents / document
        return update_spec.main(["--from", str(location), *arguments], repository)

    return command
