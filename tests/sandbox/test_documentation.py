"""docs/use/sandbox.md describes every fault, option, method and key of the sandbox."""

import inspect
import re
from pathlib import Path

from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.sandbox.api.keys import GRANTS
from stripe_invoice_payments.sandbox.control.methods import METHODS
from stripe_invoice_payments.sandbox.faults.rules import read_choice
from stripe_invoice_payments.sandbox.faults.table import FAULTS

TEXT = (Path(__file__).parents[2] / "docs" / "use" / "sandbox.md").read_text("utf-8")


def test_every_fault_is_described():
    rows = [line for line in TEXT.splitlines() if line.startswith("| `")]
    first_cells = " ".join(row.split("|")[1] for row in rows)
    assert [name for name in FAULTS if f"`{name}`" not in first_cells] == []


def test_every_option_method_and_key_is_described():
    options = list(inspect.signature(Sandbox).parameters)
    for word in (*options, *GRANTS):
        assert f"`{word}`" in TEXT, word
    for method in METHODS:
        assert f"`{method}(" in TEXT, method


def test_the_calls_in_it_are_calls_that_exist():
    for name in re.findall(r'add_fault\("(\w+)"', TEXT) + re.findall(r'"name": "(\w+)"', TEXT):
        assert name in FAULTS
    for header in re.findall(r"Sandbox-Fault: ([^`]+)`", TEXT):
        assert read_choice(header).name in FAULTS
    for method in re.findall(r"/_sandbox/(\w+)", TEXT):
        assert method in METHODS
