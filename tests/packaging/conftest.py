from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.release.environments import install, locked_wheels, make_environment
from stripe_invoice_payments.sandbox import Sandbox
from tests.packaging.support import (
    CACHE,
    ROOT,
    RUNTIME_LOCK,
    THIS_PYTHON,
    Distributions,
    IndexServer,
    build_distributions,
    copy_project,
    index_server,
    set_version,
)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project that nobody works on; the tests make copies of it."""
    return copy_project(ROOT, tmp_path_factory.mktemp("project") / "project")


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Distributions:
    """The wheel and the sdist of this tree."""
    return build_distributions(project, tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="session")
def other_version(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Distributions:
    """The same tree as another version."""
    directory = tmp_path_factory.mktemp("other")
    other = copy_project(project, directory / "project")
    set_version(other, "99.0.0")
    return build_distributions(other, directory / "dist")


@pytest.fixture(scope="session")
def dependencies() -> Path:
    """The wheels of everything that the package and its sandbox need."""
    return locked_wheels(THIS_PYTHON, RUNTIME_LOCK, CACHE)


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory, dependencies: Path) -> Path:
    """An interpreter with httpx and attrs, and nothing else."""
    interpreter = make_environment(tmp_path_factory.mktemp("host") / "environment", THIS_PYTHON)
    install(interpreter, "--find-links", str(dependencies), "httpx", "attrs")
    return interpreter


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(payments=3) as running:
        yield running


@pytest.fixture(scope="session")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexServer]:
    directory = tmp_path_factory.mktemp("index")
    with index_server(directory, "update", "download", "list") as server:
        yield server


@pytest.fixture
def server(_server: IndexServer) -> IndexServer:
    """An empty index that asks for a login for everything."""
    for path in _server.packages.iterdir():
        path.unlink()
    _server.command_lines.unlink(missing_ok=True)
    return _server
