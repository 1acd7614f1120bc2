"""Installing by name, as docs/adopt/installing.md says, while an impostor waits on a public index.

Both indexes run on this machine: the internal one asks for a login, the public one does not and
has the dependencies and a package of the same name with a higher version.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.release.distributions import sha256
from scripts.release.environments import make_environment, running
from tests.packaging.support import (
    PASSWORD,
    ROOT,
    THIS_PYTHON,
    Finished,
    IndexServer,
    call_the_sandbox,
    documented,
    for_this_version,
    index_server,
    pinned,
    run,
    substitute,
    write_netrc,
)

PIP = [THIS_PYTHON, "-m", "pip"]
UV = [THIS_PYTHON, "-m", "uv"]
EXAMPLE = "https://packages.example.com/simple"


@dataclass(frozen=True)
class Consumer:
    """A project that wants the package, on a machine that reaches both indexes."""

    root: Path
    internal: IndexServer
    public: IndexServer

    @property
    def python(self) -> Path:
        return self.root / ".venv" / "bin" / "python"

    def make_environment(self) -> None:
        make_environment(self.root / ".venv", THIS_PYTHON)

    def run(self, *command: object) -> Finished:
        """Run a command with nothing of this machine's own configuration."""
        environment: dict[str, str | Path] = {
            "NETRC": self.root / "netrc",
            "PIP_CONFIG_FILE": self.root / "pip.conf",
            "PIP_INDEX_URL": "",
            "PIP_NO_CACHE_DIR": "1",
            "PIP_NO_INPUT": "1",
            "UV_CACHE_DIR": self.root / "uv-cache",
            "UV_DEFAULT_INDEX": self.public.simple,
            "UV_PYTHON": THIS_PYTHON,
            "UV_PYTHON_DOWNLOADS": "never",
            "VIRTUAL_ENV": self.root / ".venv",
        }
        return run(command, self.root, environment)

    def succeed(self, *command: object) -> str:
        finished = self.run(*command)
        assert finished.code == 0, finished.output
        return finished.output

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text.replace(EXAMPLE, self.internal.simple[:-1]), "utf-8")


@pytest.fixture(scope="module")
def public(tmp_path_factory, dependencies, other_version):
    """The public index, with an impostor of version 99.0.0."""
    with index_server(tmp_path_factory.mktemp("public")) as server:
        for wheel in (*dependencies.iterdir(), other_version.wheel):
            shutil.copy(wheel, server.packages)
        yield server


@pytest.fixture
def consumer(tmp_path, server, public, distributions) -> Consumer:
    """A project that uses the internal index, which has this version."""
    for path in (distributions.wheel, distributions.sdist):
        shutil.copy(path, server.packages)
    write_netrc(tmp_path / "netrc", "127.0.0.1")
    (tmp_path / "pip.conf").write_text(f"[global]\nindex-url = {public.simple}\n", "utf-8")
    return Consumer(tmp_path, server, public)


def documented_line(containing: str) -> str:
    """The one documented command line that contains these words, for this version."""
    text = (ROOT / "docs" / "adopt" / "installing.md").read_text("utf-8")
    (line,) = (line for line in re.findall(r"^\$ (.*)$", text, re.MULTILINE) if containing in line)
    return for_this_version(line)


def documented_command(containing: str, consumer: Consumer) -> list[str]:
    """The same as a command, for this consumer."""
    return documented_line(containing).replace(EXAMPLE, consumer.internal.simple[:-1]).split()


def test_an_extra_index_is_fooled(consumer):
    """Why the documentation tells people not to."""
    command = [*PIP, "download", "--no-deps", "--dest", "got", "stripe-invoice-payments"]

    consumer.succeed(*command, "--extra-index-url", consumer.internal.simple)

    (got,) = (consumer.root / "got").iterdir()
    assert got.name.startswith("stripe_invoice_payments-99.0.0-")


class TestOneIndexForEverything:
    @pytest.fixture(autouse=True)
    def _mirror(self, consumer, dependencies):
        for wheel in dependencies.iterdir():
            shutil.copy(wheel, consumer.internal.packages)
        consumer.write("pip.conf", documented("adopt/installing.md", "[global]"))

    def test_by_name_with_hashes(self, consumer, distributions, sandbox):
        consumer.make_environment()
        consumer.succeed("sh", "-c", documented_line("> requirements.in"))
        _uv, *compile_command = documented_command("-o requirements.txt", consumer)
        consumer.succeed(*UV, *compile_command)
        lock = (consumer.root / "requirements.txt").read_text("utf-8")
        assert f"--hash=sha256:{sha256(distributions.wheel)}" in lock
        assert "httpx==" in lock
        assert PASSWORD not in lock

        _pip, *install = documented_command("--only-binary :all: -r requirements.txt", consumer)
        consumer.succeed(*PIP, "--python", consumer.python, *install)

        assert call_the_sandbox(consumer.python, sandbox) == distributions.version

    def test_another_file_of_the_same_name_is_refused(self, consumer, distributions):
        wheel = consumer.internal.packages / distributions.wheel.name
        wheel.write_bytes(wheel.read_bytes() + b"\0")
        consumer.write("requirements.txt", pinned(distributions))
        command = ["download", "--no-deps", "--require-hashes", "--only-binary", ":all:"]

        finished = consumer.run(*PIP, *command, "-r", "requirements.txt")

        assert finished.code == 1
        assert "DO NOT MATCH THE HASHES" in finished.output

    def test_without_the_login_it_says_so(self, consumer):
        consumer.write("netrc", "")

        finished = consumer.run(*PIP, "download", "-vv", "--no-deps", "stripe-invoice-payments")

        assert finished.code == 1
        assert "401 Client Error: Unauthorized" in finished.output


class TestTwoCommands:
    def test_the_internal_index_is_asked_for_this_package_alone(
        self, consumer, distributions, sandbox
    ):
        consumer.make_environment()
        consumer.succeed("sh", "-c", documented_line("> public.in"))
        _uv, *compile_command = documented_command("-o public.txt", consumer)
        consumer.succeed(*UV, *compile_command)
        consumer.write("internal.txt", pinned(distributions))

        for containing in ("-r public.txt", "--index-url https://packages.example.com/simple -r"):
            _pip, *install = documented_command(containing, consumer)
            consumer.succeed(*PIP, "--python", consumer.python, *install)
        consumer.succeed(*PIP, "--python", consumer.python, "check")

        assert call_the_sandbox(consumer.python, sandbox) == distributions.version


class TestUv:
    @pytest.fixture(autouse=True)
    def _project(self, consumer):
        # The public index of this test has what the Python that runs it needs, and no more.
        project = documented("adopt/installing.md", "[tool.uv.sources]")
        consumer.write("pyproject.toml", project.replace(">=3.10", f">={running()}"))

    def test_the_name_is_tied_to_the_internal_index(self, consumer, distributions, sandbox):
        consumer.succeed(*UV, "lock")
        lock = (consumer.root / "uv.lock").read_text("utf-8")
        assert f"sha256:{sha256(distributions.wheel)}" in lock
        assert PASSWORD not in lock

        consumer.succeed(*UV, *documented_command("uv sync", consumer)[1:])

        assert call_the_sandbox(consumer.python, sandbox) == distributions.version

    def test_an_open_range_does_not_reach_the_impostor(self, consumer, distributions):
        path = consumer.root / "pyproject.toml"
        substitute(path, "(?<=stripe-invoice-payments)==", ">=")

        consumer.succeed(*UV, "lock")

        lock = (consumer.root / "uv.lock").read_text("utf-8")
        assert "99.0.0" not in lock
        assert f'name = "stripe-invoice-payments"\nversion = "{distributions.version}"\n' in lock

    def test_without_the_internal_index_it_fails(self, consumer):
        for path in consumer.internal.packages.iterdir():
            path.unlink()

        finished = consumer.run(*UV, "lock")

        assert finished.code != 0
        assert "stripe-invoice-payments was not found" in re.sub(r"\s+", " ", finished.output)
