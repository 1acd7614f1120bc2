import json
import shutil
from pathlib import Path

import pytest

from scripts.pipeline.errors import PipelineError
from scripts.pipeline.inputs.fetching import fetch, fetch_again
from scripts.pipeline.inputs.lock import Lock
from scripts.pipeline.openapi import Document
from scripts.pipeline.repository import THIS_REPOSITORY, Repository

from .support import (
    MAY,
    TINY_CONFIG,
    TINY_DOCUMENT,
    TINY_OVERLAY,
    Checkout,
    copy_repository,
    index_is_unreachable,
)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A copy of this repository, with the slice that is committed."""
    return copy_repository(tmp_path / "repository")


@pytest.fixture(scope="session")
def rendered_tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the tiny document and a repository that was rendered from it."""
    directory = tmp_path_factory.mktemp("tiny")
    checkout = copy_repository(directory / "repository")
    checkout.configure(slice=TINY_CONFIG, overlay=TINY_OVERLAY, generator={})
    result = checkout.run("--from", checkout.write_document(TINY_DOCUMENT))
    assert result.code == 0, result.err
    return directory


@pytest.fixture
def tiny(rendered_tiny: Path, tmp_path: Path) -> Checkout:
    """A repository for the tiny document, which stands beside it and is rendered."""
    directory = tmp_path / "tiny"
    shutil.copytree(rendered_tiny, directory, symlinks=True)
    return Checkout(Repository(directory / "repository", directory / "downloads"))


@pytest.fixture(scope="session")
def full_document() -> Document:
    """Stripe's real document, in the version that FIXED goes with."""
    try:
        document, _ = fetch(MAY.location, THIS_REPOSITORY.downloads, MAY.sha256)
    except PipelineError as error:
        if not index_is_unreachable(error):
            raise
        pytest.skip(f"the document is neither cached nor to be had: {error}")
    return document


@pytest.fixture(scope="session")
def document_file(full_document: Document, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same as a JSON file, which is read in no time."""
    path = tmp_path_factory.mktemp("document") / "spec3.json"
    path.write_text(json.dumps(full_document), "utf-8")
    return str(path)


@pytest.fixture(scope="session")
def pinned_document() -> Document:
    """The document that the committed slice was cut from, whichever that is today."""
    source = Lock.read(THIS_REPOSITORY.lock).source
    try:
        document, _ = fetch_again(source, THIS_REPOSITORY.downloads)
    except PipelineError as error:
        if "==" in source.location and not index_is_unreachable(error):
            raise
        pytest.skip(f"a file or an address, and what it was cannot be had here: {error}")
    return document


@pytest.fixture
def pinned(pinned_document: Document, tmp_path: Path) -> Checkout:
    """A copy of this repository, on a machine that can get at the pinned document."""
    return copy_repository(tmp_path / "repository")
