"""Recording a scenario, and playing it again."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import Any, Protocol, TypeAlias
from unittest import mock

from attrs import evolve

from stripe_invoice_payments import AsyncClient, Client, RequestEvent
from stripe_invoice_payments._config import defaults as _defaults
from stripe_invoice_payments.sandbox import Sandbox

from ..errors import RecordingError
from .account import Account
from .document import Cassette, Recorded
from .driving import drive, drive_async
from .scenario import Scenario
from .scrubbing import Scrubber
from .tape import BASE_URL, recording, replaying

AnyClientClass: TypeAlias = "type[Client] | type[AsyncClient]"

# Opens nothing, anywhere.
REPLAY_KEY = "sk_test_replay"


class Source(Protocol):
    """Who answers while scenarios are recorded."""

    @property
    def name(self) -> str:
        """What a cassette says about where it comes from."""
        ...

    @property
    def base_url(self) -> str:
        """Where it is."""
        ...

    @property
    def api_key(self) -> str:
        """A key that it accepts."""
        ...

    def prepare(self, scenario: Scenario) -> Account:
        """Get ready for a scenario; returns the account that it meets.

        Raises:
            UnsuitableError: It cannot be recorded from here.
        """
        ...


class UnsuitableError(Exception):
    """A scenario cannot be recorded from this source."""


class FromSandbox:
    """A running sandbox."""

    def __init__(self, sandbox: Sandbox, name: str) -> None:
        self.name = name
        self.base_url = sandbox.base_url
        self.api_key = sandbox.api_key
        self._sandbox = sandbox

    @cached_property
    def _unchanged(self) -> Account:
        return self._read()

    def _read(self) -> Account:
        return _read(self, self._sandbox.accounts[0])

    def prepare(self, scenario: Scenario) -> Account:
        """Let the data and the faults be those of the scenario."""
        self._sandbox.reset()
        account = self._unchanged
        if scenario.prepare is not None:
            made = scenario.prepare(self._sandbox)
            account = evolve(self._read(), made=made or {})
        for fault in scenario.faults:
            self._sandbox.add_fault(fault.name, times=fault.times, skip=fault.skip)
        return account


class FromStripe:
    """Stripe's own API, with a test key."""

    name = "Stripe, test mode"

    def __init__(
        self, api_key: str, connected_id: str | None = None, base_url: str = BASE_URL
    ) -> None:
        self.api_key = api_key
        self.base_url = base_url
        self._connected_id = connected_id

    @cached_property
    def _account(self) -> Account:
        return _read(self, self._connected_id)

    def prepare(self, scenario: Scenario) -> Account:
        """Nothing can be changed here, so that some scenarios cannot be had."""
        if scenario.sandbox_only or scenario.faults:
            raise UnsuitableError("Stripe cannot be made to answer like this")
        return self._account


def _read(source: Source, connected_id: str | None) -> Account:
    with Client(source.api_key, base_url=source.base_url) as client:
        return Account.read(client, connected_id)


def record(scenario: Scenario, source: Source, at: str) -> Cassette:
    """Record a scenario.

    Args:
        scenario: What to do.
        source: Who answers.
        at: The time to write down.

    Raises:
        MissingError: The account has nothing of the kind that the scenario is about.
        RecordingError: What happened cannot be put on a cassette.
        UnsuitableError: It cannot be recorded from this source.
    """
    known = scenario.find(source.prepare(scenario))
    scrubber = Scrubber(source.api_key)
    scrubbed_first = scrubber.value(known)  # so that what it is told about has the first numbers
    attempts: list[RequestEvent] = []
    with (
        _at_once(tls=source.base_url.startswith("https:")),
        recording(source.base_url, scrubber) as interactions,
        Client(source.api_key, base_url=source.base_url, on_request=attempts.append) as client,
    ):
        drive(scenario.run(client, known))
    if not interactions or len(attempts) != len(interactions):
        raise RecordingError(
            "VCR.py",
            f"it saw {len(interactions)} of {len(attempts)} requests",
            "Either a connection broke, which cannot be recorded, or it does not know this HTTP "
            "library",
        )
    version = interactions[0].request_headers["stripe-version"]
    return Cassette(Recorded(source.name, at, version), scrubbed_first, interactions)


def play(scenario: Scenario, cassette: Cassette, client_class: AnyClientClass) -> Any:
    """Play a scenario with either client; returns its result.

    Raises whatever `replaying` does.
    """
    with replaying(cassette), _at_once():
        if issubclass(client_class, AsyncClient):
            return asyncio.run(_play_async(scenario, cassette))
        with Client(REPLAY_KEY) as client:
            return drive(scenario.run(client, cassette.known))


async def _play_async(scenario: Scenario, cassette: Cassette) -> Any:
    async with AsyncClient(REPLAY_KEY) as client:
        return await drive_async(scenario.run(client, cassette.known))


@contextmanager
def _at_once(*, tls: bool = False) -> Generator[None]:
    """No waiting before retries, nor for certificates to be read that nobody will show."""
    with ExitStack() as patches:
        patches.enter_context(mock.patch.object(_defaults, "INITIAL_RETRY_DELAY", 0.0))
        if not tls:
            nothing = mock.patch.object(ssl.SSLContext, "load_verify_locations")
            patches.enter_context(nothing)
        yield
