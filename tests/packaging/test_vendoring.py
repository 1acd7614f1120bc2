"""The steps of docs/adopt/vendoring.md with `vendoring`, with another version installed."""

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.release.distributions import sha256
from scripts.release.environments import install, make_environment
from tests.packaging.support import (
    THIS_PYTHON,
    Distributions,
    documented,
    mypy_strict,
    run,
    substitute,
    succeed,
)

# mypy checks this file, the host runs it: both have to find two packages that know nothing of
# each other. An error that mypy does not find makes its `type: ignore` an error in turn.
APPLICATION = """
import json
import sys

from typing_extensions import assert_type

import stripe_invoice_payments as installed
from hostapp._vendor import stripe_invoice_payments as vendored
from hostapp._vendor.stripe_invoice_payments import Client, InvoicePayment, Page
from hostapp._vendor.stripe_invoice_payments_api import models


def first_vendored(api_key: str, base_url: str) -> InvoicePayment:
    with Client(api_key=api_key, base_url=base_url) as client:
        page = client.invoice_payments.list(status="paid", created={"gte": 1}, limit=1)
        assert_type(page, Page[models.InvoicePayment])
        assert_type(page.data[0].amount_requested, int)
        return page.data[0]


def first_installed(api_key: str, base_url: str) -> installed.InvoicePayment:
    with installed.Client(api_key=api_key, base_url=base_url) as client:
        return client.invoice_payments.list(limit=1).data[0]


def misused(client: Client) -> None:
    client.invoice_payments.list(limit="1")  # type: ignore[arg-type]


def mixed_up(payment: InvoicePayment) -> installed.InvoicePayment:
    return payment  # type: ignore[return-value]


def missing(client: Client) -> str:
    try:
        client.invoice_payments.retrieve("inpay_missing")
    except vendored.InvalidRequestError as error:
        return "its own" if not isinstance(error, installed.StripeError) else "the other's"
    return "none"


if __name__ == "__main__":
    api_key, base_url = sys.argv[1:]
    ours, theirs = first_vendored(api_key, base_url), first_installed(api_key, base_url)
    with Client(api_key=api_key, base_url=base_url) as client:
        error = missing(client)
    print(json.dumps({
        "files": [vendored.__file__, models.__file__, installed.__file__],
        "versions": [vendored.__version__, installed.__version__],
        "classes": [type(ours).__module__, type(theirs).__module__],
        "mixed": [
            isinstance(ours, type(theirs)),
            vendored.Client is installed.Client,  # type: ignore[comparison-overlap]
        ],
        "error": error,
    }))
"""


@dataclass(frozen=True)
class Host:
    """A repository with a vendored copy, and the environment that it runs in."""

    root: Path
    interpreter: Path

    @property
    def vendor(self) -> Path:
        return self.root / "hostapp" / "_vendor"

    def mypy(self, *arguments: str) -> str:
        return mypy_strict(self.interpreter, self.root, *arguments)


def make_host(root: Path, interpreter: Path, wheel: Distributions, *keep: str) -> Host:
    """A repository set up as the documentation says, and `vendoring sync` run in it."""
    vendor = root / "hostapp" / "_vendor"
    vendor.mkdir(parents=True)
    for package in (root / "hostapp", vendor):
        (package / "__init__.py").touch()
    (root / "hostapp" / "app.py").write_text(APPLICATION, "utf-8")
    (root / "pyproject.toml").write_text(
        documented("adopt/vendoring.md", "[tool.vendoring]"), "utf-8"
    )
    for path in keep:
        substitute(root / "pyproject.toml", rf'^    "stripe_invoice_payments/{path}",\n', "")
    pin = documented("adopt/vendoring.md", "--hash=sha256:<the wheel>")
    pin = pin.replace("<the wheel>", sha256(wheel.wheel))
    (vendor / "vendor.txt").write_text(pin, "utf-8")
    sync(root, wheel)
    return Host(root, interpreter)


def sync(root: Path, wheel: Distributions) -> str:
    environment: dict[str, str | Path] = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",  # for its pip
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": wheel.wheel.parent,
        "TMPDIR": root.parent,  # it keeps downloads under a fixed name there
    }
    return succeed([THIS_PYTHON, "-m", "vendoring", "sync"], root, environment)


@pytest.fixture(scope="module")
def vendored(tmp_path_factory, dependencies, distributions, other_version) -> Host:
    """A repository with a vendored copy, in an environment that has another version installed."""
    directory = tmp_path_factory.mktemp("vendored")
    interpreter = make_environment(directory / "environment", THIS_PYTHON)
    install(interpreter, "--find-links", str(dependencies), str(other_version.wheel))
    return make_host(directory / "repository", interpreter, distributions)


def test_each_copy_uses_its_own_code(vendored, sandbox, distributions, other_version):
    command = [vendored.interpreter, "-m", "hostapp.app", sandbox.api_key, sandbox.base_url]
    shown = json.loads(succeed(command, vendored.root))

    own, api, installed = (Path(file) for file in shown["files"])
    assert own == vendored.vendor / "stripe_invoice_payments" / "__init__.py"
    assert api == vendored.vendor / "stripe_invoice_payments_api" / "models.py"
    assert installed.is_relative_to(vendored.interpreter.parents[1])
    assert shown["versions"] == [distributions.version, other_version.version]
    assert shown["classes"] == [
        "hostapp._vendor.stripe_invoice_payments_api.models",
        "stripe_invoice_payments_api.models",
    ]
    assert shown["mixed"] == [False, False]
    assert shown["error"] == "its own"


def test_every_public_name_of_the_copy_is_its_own(vendored):
    program = """
import sys
import hostapp._vendor.stripe_invoice_payments as vendored
for name in vendored.__all__:
    getattr(vendored, name)
print([name for name in sys.modules if name.startswith("stripe_invoice_payments")])
"""
    assert succeed([vendored.interpreter, "-c", program], vendored.root).strip() == "[]"


def test_mypy_strict_passes_on_the_copy_and_on_what_uses_it(vendored):
    output = vendored.mypy("hostapp")

    assert re.fullmatch(r"Success: no issues found in \d+ source files\n", output), output


def test_the_copy_needs_httpx_and_attrs_only(tmp_path, host, sandbox, distributions):
    repository = make_host(tmp_path / "repository", host, distributions)
    program = f"""
from hostapp._vendor.stripe_invoice_payments import Client
with Client(api_key="{sandbox.api_key}", base_url="{sandbox.base_url}") as client:
    print(client.invoice_payments.list(limit=1).data[0].object)
"""
    assert succeed([host, "-c", program], repository.root) == "invoice_payment\n"


def test_licence_version_and_types_travel_along(vendored, distributions):
    copy = vendored.vendor / "stripe_invoice_payments"

    assert (copy / "LICENSE").read_text("utf-8").startswith("MIT License")
    assert f'__version__ = "{distributions.version}"' in (copy / "_version.py").read_text("utf-8")
    assert (copy / "py.typed").is_file()
    assert (vendored.vendor / "stripe_invoice_payments_api" / "py.typed").is_file()
    assert distributions.version in (vendored.vendor / "vendor.txt").read_text("utf-8")
    assert list(vendored.vendor.rglob("*.pyi")) == []


def test_vendoring_again_brings_the_same_files(vendored, distributions):
    def contents() -> dict[Path, bytes]:
        files = (path for path in vendored.vendor.rglob("*.*") if "__pycache__" not in path.parts)
        return {path: path.read_bytes() for path in files if path.is_file()}

    before = contents()
    (vendored.vendor / "stripe_invoice_payments" / "_client.py").write_text("edited = True\n")

    sync(vendored.root, distributions)

    assert contents() == before


def test_the_sandbox_may_stay_without_what_it_needs(tmp_path, vendored, distributions):
    host = vendored.interpreter
    keep = ("sandbox", "pytest_plugin.py")
    repository = make_host(tmp_path / "repository", host, distributions, *keep)
    package = "hostapp._vendor.stripe_invoice_payments"

    program = f"import {package} as p; p.Client(api_key='sk_test_x').close()"
    assert succeed([host, "-c", program], repository.root) == ""
    finished = run([host, "-c", f"import {package}.sandbox"], repository.root)
    assert "The sandbox needs " in finished.output
    with (repository.root / "pyproject.toml").open("a", encoding="utf-8") as file:
        exclude = documented("adopt/vendoring.md", "exclude = ")
        file.write(f"\n{exclude}")
    assert "Success" in repository.mypy("hostapp")
