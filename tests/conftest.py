"""What holds for every test: Hypothesis's budgets, Stripe's document, and the counts at the end.

`docs/maintain/how-it-is-tested.md` tells what the tests prove and how to run more of them.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import settings

from scripts.pipeline.inputs.parsing import parse_document
from scripts.pipeline.repository import THIS_REPOSITORY
from stripe_invoice_payments.sandbox import server
from stripe_invoice_payments.sandbox.api.app import create_api
from tests.contract.conformance import Checker
from tests.contract.observer import SANDBOXES

# Only the last is random, so that a change is judged by what it changes. To look further:
# HYPOTHESIS_PROFILE=explore make test ARGS="tests/any_input"
settings.register_profile("default", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("fast", derandomize=True, deadline=None, max_examples=10)
settings.register_profile("explore", derandomize=False, deadline=None, max_examples=3000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

EXAMPLES = "Hypothesis examples"
EXCHANGES = "exchanges with a sandbox, checked against the slice"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "breaks_contract(why): the sandbox receives or answers, on purpose, what Stripe's document "
        "does not describe",
    )


@pytest.fixture(scope="session", autouse=True)
def _no_login_for_this_machine() -> Iterator[None]:
    """What is in a `.netrc` for 127.0.0.1 is not for our sandboxes; pip still reads it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("requests.sessions.get_netrc_auth", lambda _url: None)
        yield


# --- Stripe's document ---

_NOT_STRIPE = "not what Stripe's document describes (if on purpose, mark: breaks_contract(why)):"


@cache
def _checker() -> Checker:
    slice_document = THIS_REPOSITORY.slice
    return Checker(parse_document(slice_document.read_text("utf-8"), str(slice_document)))


@pytest.fixture(scope="session", autouse=True)
def _sandboxes_are_observed() -> Iterator[None]:
    """Every sandbox in this process, at its API: inside of faults, which break what they like."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "create_api", lambda *given: SANDBOXES.around(create_api(*given)))
        yield


@pytest.fixture(autouse=True)
def _sandboxes_keep_to_the_document(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> Iterator[None]:
    """What a sandbox received and answered during a test conforms to the slice."""
    before = SANDBOXES.count
    yield
    exchanges = SANDBOXES.take()
    if SANDBOXES.count > before and not request.node.get_closest_marker("breaks_contract"):
        record_property(EXCHANGES, SANDBOXES.count - before)
        if problems := [problem for seen in exchanges for problem in _checker().problems(seen)]:
            pytest.fail("\n".join([_NOT_STRIPE, *problems[:20]]), pytrace=False)


# --- Counts ---


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Count the examples that Hypothesis tries."""
    handle = getattr(getattr(item, "obj", None), "hypothesis", None)
    if handle is None:
        return (yield)
    inner, count = handle.inner_test, 0

    @functools.wraps(inner)
    def counted(*args: Any, **kwargs: Any) -> Any:
        nonlocal count
        count += 1
        return inner(*args, **kwargs)

    @functools.wraps(inner)
    async def counted_async(*args: Any, **kwargs: Any) -> Any:
        return await counted(*args, **kwargs)

    handle.inner_test = counted_async if inspect.iscoroutinefunction(inner) else counted
    try:
        return (yield)
    finally:
        handle.inner_test = inner
        item.user_properties.append((EXAMPLES, count))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Add up what tests counted with `record_property`, in all processes."""
    counts: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "teardown":
                counts.update(
                    {name: value for name, value in report.user_properties if type(value) is int}
                )
    if counts:
        terminalreporter.section("counts")
        for name in sorted(counts):
            terminalreporter.line(f"{counts[name]:>9,}  {name}")
