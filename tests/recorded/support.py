"""What the tests of recorded scenarios share."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from attrs import define

from scripts.cassettes.document import Cassette, JSONObject
from scripts.record import CASSETTES
from stripe_invoice_payments import API_VERSION, AsyncClient, Client, InvoicePayment

# Another directory than the committed one, for cassettes that were recorded elsewhere.
DIRECTORY = Path(os.environ.get("CASSETTES", CASSETTES))
CLIENTS = (Client, AsyncClient)

PLAYED: set[str] = set()
"""The scenarios that some test is about."""


@define(frozen=True)
class Played:
    """A scenario that was played: what came out, what is on the cassette."""

    name: str
    result: Any
    cassette: Cassette

    @property
    def known(self) -> JSONObject:
        return self.cassette.known


def plays(*names: str) -> pytest.MarkDecorator:
    """Play each of these scenarios with each client; the test's argument is `played`."""
    PLAYED.update(names)
    return pytest.mark.parametrize(
        "played",
        [
            pytest.param((name, client), id=f"{name}-{client.__name__}")
            for name in names
            for client in CLIENTS
        ],
        indirect=True,
    )


def cassette_of(name: str) -> Cassette:
    """The cassette, or a failure that says what to do where it is of another API version."""
    cassette = Cassette.read(DIRECTORY / f"{name}.json")
    version = cassette.recorded.api_version
    if not asks_for_a_version_of_its_own(name) and version != API_VERSION:
        pytest.fail(
            f"{name} was recorded with API version {version}, and this is {API_VERSION}: "
            "run `make record`",
            pytrace=False,
        )
    return cassette


def asks_for_a_version_of_its_own(name: str) -> bool:
    """Whether the scenario is about a version other than the one of this package."""
    return name.startswith("versions/") or name == "errors/unknown_version"


def assert_is(payment: InvoicePayment, facts: JSONObject) -> None:
    """The payment is the one that the plain JSON `facts` shows, with nothing expanded."""
    assert isinstance(payment, InvoicePayment)
    assert payment.to_dict() == facts
    assert payment.id == facts["id"]
    assert payment.object == "invoice_payment"
    assert payment.status == facts["status"]
    assert payment.currency == facts["currency"]
    assert payment.amount_requested == facts["amount_requested"]
    assert payment.amount_paid == facts["amount_paid"]
    assert payment.created_datetime == datetime.fromtimestamp(facts["created"], timezone.utc)
    assert payment.invoice_id == payment.invoice == facts["invoice"]
    assert payment.is_default is facts["is_default"]
    assert payment.livemode is False
    assert payment.status_transitions.paid_at == facts["status_transitions"]["paid_at"]
    assert payment.status_transitions.canceled_at == facts["status_transitions"]["canceled_at"]
    assert payment.payment.type == facts["payment"]["type"]
    assert payment.payment.payment_intent_id == facts["payment"].get("payment_intent")
    assert payment.payment.payment_record_id == facts["payment"].get("payment_record")
    assert payment.payment.charge_id == facts["payment"].get("charge")


def ids(objects: Any) -> list[str]:
    return [item.id for item in objects]
