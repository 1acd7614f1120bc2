"""The wheel, installed with its extra and nothing else, works on each Python that it is for.

`make test-wheel` runs the other suites on it as well.
"""

import json
from pathlib import Path

import pytest

from scripts.errors import ReleaseError
from scripts.release.environments import (
    SUPPORTED,
    find_python,
    install,
    locked_packages,
    make_environment,
    running,
)
from scripts.test_wheel import SUITES, copy_tests, require_wheel
from tests.packaging.support import CACHE, RUNTIME_LOCK, THIS_PYTHON, succeed

PROGRAM = """
import asyncio, importlib.util, json, sys
import stripe_invoice_payments as sdk
import stripe_invoice_payments_api as api
from stripe_invoice_payments.sandbox import Sandbox

async def count(options):
    async with sdk.AsyncClient(**options) as client:
        page = await client.invoice_payments.list(limit=2)
        return len([payment async for payment in page.auto_paging_iter()])

with Sandbox(payments=3) as sandbox:
    options = {"api_key": sandbox.api_key, "base_url": sandbox.base_url}
    with sdk.Client(**options) as client:
        page = client.invoice_payments.list(limit=2, status="paid", expand=["data.invoice"])
        invoices = [payment.invoice.id for payment in page.auto_paging_iter()]
    print(json.dumps({
        "python": "%d.%d" % sys.version_info[:2],
        "files": [sdk.__file__, api.__file__],
        "version": sdk.__version__,
        "invoices": len(invoices),
        "count": asyncio.run(count(options)),
        "pytest": importlib.util.find_spec("pytest") is not None,
    }))
"""


@pytest.mark.parametrize("version", SUPPORTED)
def test_the_wheel_works_on(version, distributions, tmp_path):
    python = find_python(version)
    if python is None:
        pytest.skip(f"no Python {version} on this machine")
    packages = locked_packages(python, RUNTIME_LOCK, CACHE)
    interpreter = make_environment(tmp_path / "environment", python, packages)
    install(interpreter, f"{distributions.wheel}[sandbox]")

    shown = json.loads(succeed([interpreter, "-c", PROGRAM], tmp_path))

    assert shown["python"] == version
    assert all(str(tmp_path / "environment") in file for file in shown["files"])
    assert shown["version"] == distributions.version
    assert 1 <= shown["invoices"] <= 3
    assert shown["count"] == 3
    assert not shown["pytest"]


def test_the_python_that_runs_this_is_never_left_out():
    assert find_python(running()) == THIS_PYTHON


def test_a_python_that_is_not_there_is_none():
    assert find_python("3.99") is None


class TestTheOtherSuites:
    """What `make test-wheel` stands on."""

    def test_they_run_beside_everything_but_the_two_packages(self, tmp_path):
        modules = copy_tests(tmp_path / "copy", SUITES)

        assert all((tmp_path / "copy" / module).is_file() for module in modules)
        assert {Path(module).parts[1] for module in modules} == set(SUITES)
        assert not (tmp_path / "copy" / "custom").exists()
        assert not (tmp_path / "copy" / "generated").exists()
        assert (tmp_path / "copy" / "tests" / "generated").is_dir()

    def test_an_environment_that_imports_the_checkout_is_refused(self, tmp_path):
        (tmp_path / "work").mkdir()

        with pytest.raises(ReleaseError, match="not the wheel"):
            require_wheel(THIS_PYTHON, tmp_path)
