"""What a page of objects costs: time to read it, memory to hold it."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import orjson
import stripe
from attrs import define
from stripe._util import convert_to_stripe_object

from stripe_invoice_payments import Client, _json
from stripe_invoice_payments_api.operations import list_invoice_payments

from .measure import KEY, Figure, running_server, side_by_side
from .server import Data, creation_times

ROUNDS = 15
OBJECTS = 20_000


@define(kw_only=True)
class _Transitions:
    canceled_at: int | None = None
    paid_at: int | None = None


@define(kw_only=True)
class _Details:
    type: str
    charge: str | None = None
    payment_intent: str | None = None
    payment_record: str | None = None


@define(kw_only=True)
class _Payment:
    """The floor: classes that keep no unknown field and cannot be written back exactly."""

    id: str
    object: str
    amount_paid: int | None
    amount_requested: int
    created: int
    currency: str
    invoice: str
    is_default: bool
    livemode: bool
    payment: _Details
    status: str
    status_transitions: _Transitions


@define(kw_only=True)
class _Page:
    data: list[_Payment]
    has_more: bool
    url: str


def _stripe(page: bytes) -> Any:
    """What stripe-python makes of a page."""
    convert: Any = convert_to_stripe_object
    return convert(json.loads(page), api_mode="V1")


def decoding() -> Iterator[Figure]:
    """Bytes of one page of 100 payments to objects."""
    page = Data(creation_times(100, "even", 0)).page({"limit": ["100"]})
    read = list_invoice_payments({}).read
    floor = msgspec.json.Decoder(_Page)
    seconds = side_by_side(
        {
            "json.loads": lambda: json.loads(page),
            "ours": lambda: read(json.loads(page)),
            "ours, speed": lambda: read(_json.loads(page)),
            "stripe": lambda: _stripe(page),
            "orjson": lambda: orjson.loads(page),
            "msgspec": lambda: floor.decode(page),
        },
        rounds=ROUNDS,
        calls=20,
    )
    base = seconds["json.loads"]
    us = {name: f"{value * 1e6:.0f} us" for name, value in seconds.items()}
    for name, most, least in (("ours", 1.6, 24), ("ours, speed", 1.05, 36)):
        yield Figure(
            target=1,
            name=f"read a page ({name}) / json.loads",
            value=seconds[name] / base,
            bound=most,
            note=f"{us[name]} against {us['json.loads']}",
        )
        yield Figure(
            target=1,
            name=f"stripe-python / read a page ({name})",
            value=seconds["stripe"] / seconds[name],
            bound=least,
            better="more",
            note=f"{us['stripe']} against {us[name]}",
        )
    yield Figure(target=1, name="orjson.loads / json.loads", value=seconds["orjson"] / base)
    yield Figure(
        target=1,
        name="msgspec into attrs / json.loads",
        value=seconds["msgspec"] / base,
        note="keeps no unknown field",
    )


def memory() -> Iterator[Figure]:
    """Bytes for each of 20,000 payments that are held, read with either client."""
    with (
        running_server(payments=OBJECTS) as base_url,
        Client(KEY, base_url=base_url) as client,
    ):
        stripe_client = stripe.StripeClient(KEY, base_addresses={"api": base_url})
        ours = _bytes_each(lambda: client.invoice_payments.list(limit=100))
        theirs = _bytes_each(lambda: stripe_client.v1.invoice_payments.list({"limit": 100}))
    yield Figure(target=2, name="memory of a payment held", value=ours, unit="B", bound=650)
    yield Figure(
        target=2,
        name="stripe-python / memory of a payment held",
        value=theirs / ours,
        bound=9,
        better="more",
        note=f"{theirs:.0f} B against {ours:.0f} B",
    )


def _bytes_each(first_page: Callable[[], Any]) -> float:
    first_page()  # what is imported and opened by then does not count
    gc.collect()
    tracemalloc.start()
    held = list(first_page().auto_paging_iter())
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / len(held)
