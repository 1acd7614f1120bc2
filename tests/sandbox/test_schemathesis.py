"""Schemathesis looks for anything in which the sandbox differs from Stripe's own document.

It makes up requests from the slice, such as the document allows and such as it does not, and runs
all of its checks on each answer: no server errors; statuses, content types, headers and bodies as
described; what the document does not allow is refused, and so is whoever has no key. Nothing is
random, so a finding stays until it is mended.

The slice is taken as it was cut. Our overlay asks less of expanded objects than Stripe promises;
what it adds to Stripe's promises is added here as well.

Not looked for: `405 Method Not Allowed`, which Stripe does not know (it says 404).
"""

from __future__ import annotations

import copy
import dataclasses
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from scripts.pipeline.repository import THIS_REPOSITORY
from stripe_invoice_payments import Invoice
from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.sandbox.api.parameters import (
    EventFilters,
    InvoiceFilters,
    InvoicePaymentFilters,
    PageParameters,
)

LISTS = ("/v1/accounts", "/v1/events", "/v1/invoice_payments", "/v1/invoices")
ATTACH = "/v1/invoices/{invoice}/attach_payment"
EXPANDABLE = {
    "/v1/invoice_payments": [
        *("data.invoice", "data.invoice.payments", "data.payment.charge"),
        *("data.payment.payment_intent.latest_charge", "data.payment.payment_record"),
    ],
    "/v1/invoice_payments/{invoice_payment}": [
        *("invoice", "invoice.payments", "invoice.payments.data.invoice"),
        *("payment.charge.payment_intent", "payment.payment_intent", "payment.payment_record"),
    ],
    "/v1/invoices": ["data.payments", "data.payments.data.invoice"],
    "/v1/invoices/{invoice}": ["payments", "payments.data.payment.charge", "payments.data.invoice"],
    "/v1/payment_intents/{intent}": ["latest_charge", "latest_charge.payment_intent"],
    "/v1/charges/{charge}": ["payment_intent", "payment_intent.latest_charge"],
    "/v1/payment_records/{id}": [],
    "/v1/events": ["data"],
    "/v1/accounts": ["data"],
}
OPERATIONS = tuple(EXPANDABLE)
EXAMPLES = 40
# Hypothesis stops early where it finds nothing new to try.
ENOUGH = 25
REQUESTS = "requests that Schemathesis made up"
SCHEMATHESIS = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A small one: Schemathesis reads every answer closely."""
    with Sandbox(payments=40, accounts=3) as running:
        for second in range(3):
            running.create_invoice(created=1735689600 + second)
        yield running


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The slice, with what Stripe says elsewhere, or what Schemathesis cannot write."""
    text = THIS_REPOSITORY.slice.read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    headers = {
        "Request-Id": {"required": True, "schema": {"type": "string", "pattern": "^req_"}},
        "Stripe-Version": {"required": True, "schema": {"type": "string", "pattern": r"^\d{4}-"}},
    }
    for path in (*OPERATIONS, ATTACH):
        operation = _described(document, path)
        if "get" in document["paths"][path]:
            operation.pop("requestBody", None)  # a GET carries none
        for answer in operation["responses"].values():
            answer["headers"] = headers
        # OpenAPI does not define arrays as deep objects, or those of a form. Stripe means brackets.
        for parameter in operation["parameters"]:
            if parameter["schema"].get("type") == "array":
                parameter.update({"name": f"{parameter['name']}[]", "style": "form"})
    form = _described(document, ATTACH)["requestBody"]["content"].values()
    for content in form:
        del content["schema"]["properties"]["expand"]
    payment = document["components"]["schemas"]["invoice_payment"]
    payment["properties"]["status"]["enum"] = ["open", "paid", "canceled"]
    for path in LISTS:
        _parameter(document, path, "limit")["schema"].update(minimum=1, maximum=100)
    return document


@pytest.fixture(scope="module")
def known_values(document: dict[str, Any], sandbox: Sandbox) -> dict[str, Any]:
    """The document with what the sandbox holds: every request that it allows has to succeed."""
    known = copy.deepcopy(document)
    with sandbox.client() as client:
        page = client.invoice_payments.list(limit=100, expand=["data.invoice"])
        payments = list(page.auto_paging_iter())
    ids = [payment.id for payment in payments]
    invoices = sorted({payment.invoice_id for payment in payments})
    standing = {p.invoice_id: p.invoice for p in payments if isinstance(p.invoice, Invoice)}
    intents = [p.payment.payment_intent_id for p in payments if p.payment.payment_intent_id]
    records = [p.payment.payment_record_id for p in payments if p.payment.payment_record_id]
    charges = [p.payment.charge_id for p in payments if p.payment.charge_id]
    seconds = {"type": "integer", "minimum": payments[-1].created, "maximum": payments[0].created}
    events = _ids(sandbox, "/v1/events")

    # What another document adds is refused until the sandbox takes it; `make update-spec` says so.
    # Of customer accounts and subscriptions, it has none.
    taken = {"expand[]", "types[]"} | {
        field.name
        for part in (PageParameters, InvoicePaymentFilters, InvoiceFilters, EventFilters)
        for field in dataclasses.fields(part)
    }
    taken -= {"customer_account", "subscription"}
    created_within = _closed_object({"gt": seconds, "gte": seconds, "lt": seconds, "lte": seconds})
    known_ids = {
        "/v1/accounts": list(sandbox.accounts),
        "/v1/events": events,
        "/v1/invoice_payments": ids,
        "/v1/invoices": sorted(standing),
    }
    for path, cursors in known_ids.items():
        listing = known["paths"][path]["get"]
        listing["parameters"] = [one for one in listing["parameters"] if one["name"] in taken]
        _parameter(known, path, "starting_after")["schema"]["enum"] = cursors
        _parameter(known, path, "ending_before")["schema"]["enum"] = cursors
        _parameter(known, path, "created")["schema"] = {"anyOf": [seconds, created_within]}
    for path, paths in EXPANDABLE.items():
        expand = _parameter(known, path, "expand[]")["schema"]
        if paths:
            expand["items"]["enum"] = paths
        else:
            expand["maxItems"] = 0
    for path, name, values in (
        ("/v1/invoice_payments", "invoice", invoices),
        ("/v1/invoice_payments/{invoice_payment}", "invoice_payment", ids),
        ("/v1/invoices", "customer", sorted({str(one.customer) for one in standing.values()})),
        ("/v1/invoices/{invoice}", "invoice", sorted(standing)),
        ("/v1/payment_intents/{intent}", "intent", intents),
        ("/v1/charges/{charge}", "charge", charges),
        ("/v1/payment_records/{id}", "id", records),
    ):
        _parameter(known, path, name)["schema"]["enum"] = values
    _parameter(known, "/v1/invoices", "due_date")["schema"] = {"anyOf": [seconds, created_within]}
    _parameter(known, "/v1/payment_intents/{intent}", "client_secret")["schema"]["minLength"] = 1
    _parameter(known, "/v1/events", "types[]")["schema"]["items"]["enum"] = ["invoice.created", "x"]
    _parameter(known, "/v1/invoice_payments", "payment")["schema"] = {
        "anyOf": [
            _closed_object({"type": {"type": "string", "enum": [kind]}, kind: {"enum": values}})
            for kind, values in (("payment_intent", intents), ("payment_record", records))
        ]
    }
    return known


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("path", [*OPERATIONS, ATTACH])
def test_any_request(document, sandbox, record_property, path, mode):
    """Ids that nobody has are allowed by the document, so here refusing is no finding."""
    statuses: Counter[int] = Counter()

    @SCHEMATHESIS
    @given(case=_operation(document, path).as_strategy(generation_mode=mode))
    def look(case):
        response = case.call(base_url=sandbox.base_url, headers=_key(sandbox))
        statuses[response.status_code] += 1
        case.validate_response(response, excluded_checks=[positive_data_acceptance])

    look()
    assert statuses.keys() <= {200, 400, 404}
    assert statuses.total() >= ENOUGH
    record_property(REQUESTS, statuses.total())


@pytest.mark.parametrize("path", OPERATIONS)
def test_requests_for_what_there_is(known_values, sandbox, record_property, path):
    statuses: Counter[int] = Counter()

    @SCHEMATHESIS
    @given(case=_operation(known_values, path).as_strategy())
    def look(case):
        if {"starting_after", "ending_before"} <= case.query.keys():
            del case.query["ending_before"]  # the document cannot say that only one is allowed
        response = case.call(base_url=sandbox.base_url, headers=_key(sandbox))
        statuses[response.status_code] += 1
        case.validate_response(response)

    look()
    assert statuses.keys() == {200}
    assert statuses.total() >= ENOUGH
    record_property(REQUESTS, statuses.total())


def test_a_finding_would_be_found(document, stripe_sandbox):
    """Schemathesis is awake: it objects to what only a fault makes of the answers."""
    stripe_sandbox.add_fault("missing_field")

    @SCHEMATHESIS
    @given(case=_operation(document, "/v1/invoice_payments").as_strategy())
    def look(case):
        case.call_and_validate(
            base_url=stripe_sandbox.base_url,
            headers=_key(stripe_sandbox),
            excluded_checks=[positive_data_acceptance],
        )

    with pytest.raises(schemathesis.errors.FailureGroup, match='"currency" is a required property'):
        look()


def _operation(document: dict[str, Any], path: str) -> Any:
    (method,) = document["paths"][path]
    return schemathesis.openapi.from_dict(document)[path][method]


def _described(document: dict[str, Any], path: str) -> dict[str, Any]:
    (operation,) = document["paths"][path].values()
    described: dict[str, Any] = operation
    return described


def _ids(sandbox: Sandbox, path: str) -> list[str]:
    page = httpx.get(f"{sandbox.base_url}{path}", headers=_key(sandbox)).json()
    return [found["id"] for found in page["data"]]


def _parameter(document: dict[str, Any], path: str, name: str) -> dict[str, Any]:
    parameters = _described(document, path)["parameters"]
    found: dict[str, Any] = next(one for one in parameters if one["name"] == name)
    return found


def _closed_object(properties: dict[str, Any]) -> dict[str, Any]:
    required = [name for name in properties if name == "type"]
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "minProperties": 1,
        **({"required": required} if required else {}),
    }


def _key(sandbox: Sandbox) -> dict[str, str]:
    return {"Authorization": f"Bearer {sandbox.api_key}"}
