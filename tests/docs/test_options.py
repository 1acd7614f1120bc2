"""docs/configure/options.md has every option, filter and field, each below the name of its class.

And docs/use/sandbox.md has every argument of what a sandbox can be told.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import is_typeddict

import attrs
import pytest

import stripe_invoice_payments as sip
from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.sandbox.control.methods import METHODS

DOCS = Path(__file__).parents[2] / "docs"
TYPED_DICTS = [value for value in (getattr(sip, name) for name in dir(sip)) if is_typeddict(value)]
ATTRS_CLASSES = [
    sip.AppInfo,
    sip.RequestEvent,
    sip.ResponseEvent,
    sip.RetryEvent,
    sip.ScanProgress,
    sip.Timeout,
]
# The first two arguments of a client, which are in no class of options.
OF_A_CLIENT_ONLY = {"api_key", "http_client"}


def documented(class_name: str) -> set[str]:
    """The names in the table of the section whose heading names this class."""
    text = (DOCS / "configure" / "options.md").read_text("utf-8")
    sections = re.split(r"^##+ ", text, flags=re.MULTILINE)
    (found,) = (section for section in sections if f"`{class_name}`" in section.partition("\n")[0])
    return set(re.findall(r"^\| `(\w+)` \|", found, re.MULTILINE))


@pytest.mark.parametrize("options", TYPED_DICTS, ids=lambda options: options.__name__)
def test_every_option_is_there(options):
    of_a_client_only = OF_A_CLIENT_ONLY if options is sip.SharedOptions else set[str]()
    assert documented(options.__name__) == options.__annotations__.keys() | of_a_client_only


@pytest.mark.parametrize("cls", ATTRS_CLASSES, ids=lambda cls: cls.__name__)
def test_every_field_is_there(cls):
    assert documented(cls.__name__) == {field.name for field in attrs.fields(cls)}


@pytest.mark.parametrize("client", [sip.Client, sip.AsyncClient])
@pytest.mark.parametrize("method", ["__init__", "with_options"])
def test_a_client_takes_nothing_else(client, method):
    parameters = inspect.signature(getattr(client, method)).parameters.keys()
    assert parameters - {"self", "options"} == OF_A_CLIENT_ONLY


CONTROL_METHODS = [getattr(Sandbox, name) for name in METHODS]


@pytest.mark.parametrize("method", CONTROL_METHODS, ids=lambda method: method.__name__)
def test_every_argument_of_the_sandbox_is_described(method):
    text = (DOCS / "use" / "sandbox.md").read_text("utf-8")
    (call,) = re.findall(rf"`{method.__name__}\(([^`]*)\)` \|", text)
    for name in inspect.signature(method).parameters.keys() - {"self"}:
        assert name in call.split(", ") or f"`{name}`" in text
