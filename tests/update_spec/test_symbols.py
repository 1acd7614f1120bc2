"""The names that reports use are names that users can write."""

from __future__ import annotations

import inspect
import typing

import attrs
from openapi_python_client.config import Config

import stripe_invoice_payments
import stripe_invoice_payments_api.models
import stripe_invoice_payments_api.operations
import stripe_invoice_payments_api.params
from scripts.pipeline.document.overlay import apply_overlay, read_overlay
from scripts.pipeline.repository import THIS_REPOSITORY
from scripts.pipeline.run import committed_slice
from scripts.spec_changes.api import Api
from scripts.spec_changes.reading import read_api


def _apis(parser: Config) -> tuple[Api, Api]:
    """The API of the committed slice: with the parser's names, and with titles only."""
    document, _ = committed_slice(THIS_REPOSITORY)
    overlaid = apply_overlay(document, read_overlay(THIS_REPOSITORY.overlay)).fitting()
    return read_api(overlaid, parser), read_api(overlaid)


def _resolve(symbol: str) -> object:
    """What the public package, or its generated part, has under this name."""
    head, _, tail = symbol.partition("(")
    first, *attributes = head.split(".")
    if first == "operations":
        return getattr(stripe_invoice_payments_api.operations, attributes[0])
    api = stripe_invoice_payments_api
    holders = (stripe_invoice_payments, api.models, api.params)
    found = next(getattr(holder, first) for holder in holders if hasattr(holder, first))
    for attribute in attributes:
        hints = typing.get_type_hints(found) if typing.is_typeddict(found) else {}
        if attribute in hints:
            return hints[attribute]
        if first == "Client" and hasattr(stripe_invoice_payments.Client, attribute):
            client = stripe_invoice_payments.Client(api_key="sk_test_x")
            found = getattr(client, attribute)
            client.close()
        else:
            found = getattr(found, attribute)
    if tail:
        assert tail.rstrip(")") in inspect.signature(found).parameters
    return found


def test_every_symbol_can_be_written(parser: Config) -> None:
    api, _ = _apis(parser)
    parts = [part for part in api.values() if part.noun not in {"setting", "answer"}]
    symbols = {symbol for part in parts for symbol in part.symbols}
    for symbol in symbols:
        _resolve(symbol)
    assert {
        "InvoicePayment.amount_paid",
        "InvoicePayment.created_datetime",
        "InvoicePayment.invoice_id",
        "ListInvoicePaymentsParams.status",
        "CreatedFilter.gte",
        "PaymentFilter.type",
        "Client.invoice_payments.list",
        "Client.invoices.retrieve(invoice)",
        "ErrorDetails.code",
        "StripeError.error",
        "Event.type",
    } <= symbols


def test_titles_are_the_names_that_the_parser_gives(parser: Config) -> None:
    named, titled = _apis(parser)
    assert named == titled


def test_no_class_and_no_field_is_left_out(parser: Config) -> None:
    api, _ = _apis(parser)
    classes = [part for part in api.values() if part.noun == "class"]
    found: dict[str, set[str]] = {part.name: set() for part in classes}
    for part in api.values():
        name, _, attribute = part.symbols[0].partition(".")
        if attribute and name in found:
            found[name].add(attribute)
    assert found == {
        name: {field.name for field in attrs.fields(model) if not field.name.startswith("_")}
        for name, model in vars(stripe_invoice_payments_api.models).items()
        if attrs.has(model) and model.__module__ == stripe_invoice_payments_api.models.__name__
    }
