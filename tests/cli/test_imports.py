"""What `inpay` imports: it is as quick to start as its imports are few.

The tests compare modules and never times, which depend on the machine.
"""

from __future__ import annotations

import subprocess
import sys
from functools import cache

import pytest

from tests.cli.running import environment

PROGRAM = """
import sys
from stripe_invoice_payments.cli.program import main
try:
    code = main(sys.argv[1:])
except SystemExit as end:
    code = end.code
print(*sys.modules, file=sys.stderr)
sys.exit(code)
"""
PACKAGE = "stripe_invoice_payments"
# As the interpreter starts, or as development tools hook into it.
FOREIGN = {"__main__", "_distutils_hack", "sitecustomize", "usercustomize", "coverage"}
# httpx, with what it and attrs require; and the extra `speed`.
CLIENT = {"attr", "attrs", "anyio", "certifi", "h11", "httpcore", "httpx", "idna", "orjson"}
CLIENT |= {"exceptiongroup", "sniffio", "stripe_invoice_payments_api", "typing_extensions"}


def imported(*arguments: str, key: str = "") -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env=environment({"STRIPE_API_KEY": key}),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return {*done.stderr.splitlines()[-1].split()}


@cache
def of_argparse() -> set[str]:
    """What argparse needs to show help: from Python 3.14 on that is more, for its colors."""
    code = "import argparse, sys; argparse.ArgumentParser().format_help(); print(*sys.modules)"
    return {*subprocess.check_output([sys.executable, "-c", code], encoding="utf-8").split()}


def packages(modules: set[str]) -> set[str]:
    """The packages that are no part of Python."""
    return {name.partition(".")[0] for name in modules} - sys.stdlib_module_names - FOREIGN


def of_program(modules: set[str]) -> set[str]:
    """The modules of `inpay`; no more than that, for those of the client are the client's."""
    start = f"{PACKAGE}.cli."
    return {name.removeprefix(start) for name in modules if name.startswith(start)}


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_help_imports_next_to_nothing(arguments):
    modules = imported(*arguments)
    assert packages(modules) == {PACKAGE}
    assert of_program(modules) == {"program", "arguments", "exits", "keys", "messages"}
    own = {name for name in modules if name.partition(".")[0] == PACKAGE}
    assert len(own) == 2 + 5 + 2, own  # the package, cli, and what tells the version
    heavy = {"asyncio", "csv", "datetime", "json", "shutil", "subprocess", "tokenize"}
    assert not (modules - of_argparse()) & heavy


def test_help_of_a_command_imports_that_command_only():
    modules = imported("find", "--help")
    assert packages(modules) == {PACKAGE}
    commands = {name for name in of_program(modules) if name.startswith("commands.")}
    assert commands == {"commands.find"}
    assert not (modules - of_argparse()) & {"asyncio", "csv", "json", "shutil", "subprocess"}


def test_find_imports_the_client_and_httpx_and_no_more(stripe_sandbox):
    payment = stripe_sandbox.client().invoice_payments.list(limit=1).data[0]
    at = ("--base-url", stripe_sandbox.base_url)
    modules = imported("find", payment.id, *at, key=stripe_sandbox.api_key)
    assert "httpx" in modules
    assert packages(modules) - CLIENT == {PACKAGE}
    assert not modules & {"asyncio", "csv", "multiprocessing", "sqlite3"}
    for part in ("accounts", "export", "reconcile", "sandbox", "sync"):
        assert f"{PACKAGE}.{part}" not in modules
    wanted = {"access", "output", "periods", "profiles", "rows", "table", "commands.find"}
    assert wanted <= of_program(modules)
    assert "pages" not in of_program(modules)
    assert "progress" not in of_program(modules)


def test_no_garbage_is_looked_for_among_what_find_imports(stripe_sandbox):
    payment = stripe_sandbox.client().invoice_payments.list(limit=1).data[0]
    program = f"{PROGRAM.rpartition('sys.exit')[0]}\nimport gc, httpcore, stripe_invoice_payments\n"
    program += "kept = {id(each) for each in gc.get_objects()}\n"  # without what is frozen
    program += (
        "sys.exit(bool({id(httpcore.ConnectionPool), id(stripe_invoice_payments.Client)} & kept))"
    )
    arguments = ("find", payment.id, "--base-url", stripe_sandbox.base_url)
    key = {"STRIPE_API_KEY": stripe_sandbox.api_key}
    subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=environment(key),
        stdout=subprocess.DEVNULL,
        check=True,
    )
