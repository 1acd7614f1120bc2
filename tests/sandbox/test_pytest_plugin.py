"""The fixtures that other people's tests get. Each test here runs a pytest of its own."""

from __future__ import annotations

import subprocess
import sys
import venv
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytest_plugins = ["pytester"]

REPOSITORY = Path(__file__).parents[2]
# What this project's own tests need beside pytest would only slow these down.
FLAGS = ["-p", "no:schemathesis", "-p", "no:xdist", "-p", "no:cov", "-p", "no:hypothesispytest"]


@pytest.fixture
def run(pytester: pytest.Pytester):
    """Runs tests that are written here, as strictly as this project runs its own."""

    def run(*files: str, options: tuple[str, ...] = ()) -> pytest.RunResult:
        pytester.makeini("[pytest]\nfilterwarnings = error\n")
        for number, text in enumerate(files):
            pytester.makepyfile(**{f"test_{number}": text})
        return pytester.runpytest_subprocess(*FLAGS, *options)

    return run


SERVER_AND_CLIENTS = """
    import asyncio

    def test_sync(stripe_sandbox):
        assert stripe_sandbox.base_url.startswith("http://127.0.0.1:")
        client = stripe_sandbox.client(max_retries=0)
        assert len(client.invoice_payments.list(limit=3).data) == 3

    def test_async(stripe_sandbox):
        async def main():
            async with stripe_sandbox.async_client() as client:
                return await client.invoice_payments.list(limit=3)

        assert len(asyncio.run(main()).data) == 3

    def test_a_client_of_your_own(stripe_sandbox):
        from stripe_invoice_payments import Client

        with Client(stripe_sandbox.api_key, base_url=stripe_sandbox.base_url) as client:
            assert client.invoice_payments.list().has_more
"""

AS_NEW_FOR_EACH_TEST = """
    import pytest
    from stripe_invoice_payments import APIError

    base_urls = set()

    def test_changes(stripe_sandbox):
        base_urls.add(stripe_sandbox.base_url)
        stripe_sandbox.create_invoice_payment(currency="sek")
        stripe_sandbox.add_fault("server_error")
        client = stripe_sandbox.client(max_retries=0)
        with pytest.raises(APIError):
            client.invoice_payments.list()

    def test_sees_none_of_it(stripe_sandbox):
        base_urls.add(stripe_sandbox.base_url)
        assert stripe_sandbox.traffic().total == 0
        client = stripe_sandbox.client(max_retries=0)
        assert client.invoice_payments.list(limit=1).data[0].currency != "sek"

    def test_it_is_the_same_server():
        assert len(base_urls) == 1
"""

CLIENTS_ARE_CLOSED = """
    import gc
    import pytest

    left = []

    def test_leaves_one_open(stripe_sandbox):
        left.append(stripe_sandbox.client())
        left[0].invoice_payments.list()

    def test_finds_it_closed():
        with pytest.raises(RuntimeError, match="closed"):
            left[0].invoice_payments.list()
        left.clear()
        gc.collect()
"""


def test_a_running_server_as_new_for_each_test(run):
    result = run(SERVER_AND_CLIENTS, AS_NEW_FOR_EACH_TEST, CLIENTS_ARE_CLOSED)
    result.assert_outcomes(passed=8)


def test_options_of_the_sandbox(run):
    result = run(
        """
        import pytest

        @pytest.fixture(scope="session")
        def stripe_sandbox_options():
            return {"payments": 3, "accounts": ["acct_mine"]}

        def test_few(stripe_sandbox):
            client = stripe_sandbox.client(stripe_account="acct_mine")
            page = client.invoice_payments.list()
            assert (len(page.data), page.has_more) == (3, False)
        """
    )
    result.assert_outcomes(passed=1)


def test_the_fixtures_are_listed_with_what_they_do(run):
    result = run("", options=("--fixtures",))
    result.stdout.fnmatch_lines(
        [
            "stripe_sandbox_options [[]session scope[]] -- *pytest_plugin.py*",
            "*The options of the sandbox*",
            "stripe_sandbox -- *pytest_plugin.py*",
            "*A running server that behaves like Stripe*",
        ]
    )


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_without_the_extra_the_error_says_what_to_install(run, missing):
    result = run(
        f"""
        import sys
        sys.modules[{missing!r}] = None

        def test_mine(stripe_sandbox):
            pass

        def test_without_it():
            pass
        """
    )
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(
        [f"*The sandbox needs {missing}; install stripe-invoice-payments with its extra*"]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_nothing_is_loaded_for_tests_that_do_not_ask(run):
    result = run(
        """
        import sys

        def test_mine():
            assert "stripe_invoice_payments.pytest_plugin" in sys.modules
            heavy = {"httpx", "starlette", "uvicorn", "anyio", "attr", "attrs"}
            if sys.version_info < (3, 14):  # from then on, pdb imports it for pytest
                heavy.add("asyncio")
            assert heavy & set(sys.modules) == set()
            assert "stripe_invoice_payments.sandbox" not in sys.modules
        """,
        options=("-p", "no:anyio"),
    )
    result.assert_outcomes(passed=1)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree."""
    directory = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    (built,) = directory.glob("*.whl")
    return built


@pytest.mark.parametrize("extra", ["sandbox", ""])
def test_from_an_installed_wheel(tmp_path: Path, wheel: Path, extra: str):
    """In a project of its own: an environment with pytest, the wheel, and what the wheel needs."""
    python = make_environment(tmp_path / "environment", wheel, "pytest", *extra.split())
    project = tmp_path / "project"
    project.mkdir()
    (project / "test_mine.py").write_text(
        "def test_mine(stripe_sandbox):\n"
        "    assert stripe_sandbox.client().invoice_payments.list().has_more\n"
    )
    result = subprocess.run(
        [python, "-I", "-m", "pytest", "-p", "no:cacheprovider", "-Werror"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    if extra:
        assert "1 passed" in result.stdout, result.stdout + result.stderr
    else:
        assert "1 error" in result.stdout, result.stdout + result.stderr
        assert "with its extra `sandbox`" in result.stdout


def make_environment(directory: Path, wheel: Path, *wanted: str) -> Path:
    """A new environment with the wheel and, linked from here, the distributions that are wanted.

    Nothing is downloaded, and nothing else of this environment can be seen from there.
    """
    venv.create(directory, symlinks=True)
    python = directory / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    command = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site_packages = Path(subprocess.check_output(command, text=True).strip())
    extras = [name for name in wanted if name == "sandbox"]
    needed = {"pytest", "stripe-invoice-payments"}
    linked: set[str] = set()
    while needed - linked:
        name = min(needed - linked)
        linked.add(name)
        here = distribution(name)
        needed |= requirements(here, extras if name == "stripe-invoice-payments" else [])
        if name != "stripe-invoice-payments":
            for top in {file.parts[0] for file in here.files or () if file.parts[0] != ".."}:
                if top != "__pycache__":
                    (site_packages / top).symlink_to(Path(str(here.locate_file(top))))
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", python),
            *("install", "--no-deps", "--no-index", "-qq", wheel),
        ],
        check=True,
    )
    return python


def requirements(of: Distribution, extras: list[str]) -> set[str]:
    """The names of what a distribution needs on this machine."""
    parsed = [Requirement(text) for text in of.requires or ()]
    return {
        canonicalize_name(one.name)
        for one in parsed
        if one.marker is None or any(one.marker.evaluate({"extra": e}) for e in ["", *extras])
    }
