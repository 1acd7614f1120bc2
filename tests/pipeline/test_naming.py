"""Names by rules: what each of Stripe's operations is called, and that no two have one name."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from scripts.pipeline.document.conventions import conventional_operation, method_name
from scripts.pipeline.naming.identifiers import class_name
from scripts.pipeline.naming.operation_names import operation_name, singular
from scripts.pipeline.openapi import Document


@pytest.mark.parametrize(
    ("operation", "resource", "method", "function"),
    [
        ("GET /v1/charges", "charges", "list", "list_charges"),
        ("GET /v1/charges/{charge}", "charges", "retrieve", "retrieve_charge"),
        ("GET /v1/charges/search", "charges", "search", "search_charges"),
        ("POST /v1/charges/{charge}/capture", "charges", "capture", "capture_charge"),
        ("POST /v1/refunds", "refunds", "create", "create_refund"),
        ("POST /v1/customers/{customer}", "customers", "update", "update_customer"),
        ("DELETE /v1/coupons/{coupon}", "coupons", "delete", "delete_coupon"),
        (
            "POST /v1/invoices/{invoice}/attach_payment",
            *("invoices", "attach_payment", "attach_payment_to_invoice"),
        ),
        (
            "POST /v1/invoices/{invoice}/remove_lines",
            *("invoices", "remove_lines", "remove_lines_from_invoice"),
        ),
        (
            "POST /v1/invoices/{invoice}/mark_uncollectible",
            *("invoices", "mark_uncollectible", "mark_invoice_uncollectible"),
        ),
        (
            "POST /v1/invoices/create_preview",
            *("invoices", "create_preview", "create_invoice_preview"),
        ),
        (
            "GET /v1/customers/{customer}/tax_ids/{id}",
            *("customer_tax_ids", "retrieve", "retrieve_customer_tax_id"),
        ),
        (
            "POST /v1/customers/{customer}/cash_balance",
            *("customer_cash_balance", "update", "update_customer_cash_balance"),
        ),
        ("GET /v1/balance", "balance", "retrieve", "retrieve_balance"),
        ("GET /v1/account", "account", "retrieve_current", "retrieve_current_account"),
        ("POST /v1/apps/secrets/delete", "apps_secrets", "delete", "delete_apps_secret"),
        (
            "POST /v1/billing/alerts/{id}/archive",
            *("billing_alerts", "archive", "archive_billing_alert"),
        ),
        (
            "DELETE /v1/subscriptions/{subscription_exposed_id}",
            *("subscriptions", "cancel", "cancel_subscription"),
        ),
        (
            "POST /v1/test_helpers/treasury/inbound_transfers/{id}/return",
            "test_helpers_treasury_inbound_transfers",
            "return_",
            "return_test_helpers_treasury_inbound_transfer",
        ),
        ("GET /v2/core/events/{id}", "v2_core_events", "retrieve", "retrieve_v2_core_event"),
        ("PATCH /Cat-Food/{id}", "cat_food", "update", "update_cat_food"),
    ],
)
def test_an_operation_is_named_by_its_method_and_path(operation, resource, method, function):
    http_method, _, path = operation.partition(" ")
    is_list = method in ("list", "search")
    named = operation_name(http_method.lower(), path, is_list=is_list)
    assert (named.resource, named.method, named.function) == (resource, method, function)


@pytest.mark.parametrize("path", ["/", "/{id}", "/{a}/{b}", "/v1", "/v1/{id}", "//", "/ö"])
@pytest.mark.parametrize("http_method", ["get", "post", "delete", "trace"])
def test_any_path_has_a_name(http_method, path):
    named = operation_name(http_method, path, is_list=False)
    assert named.function.isidentifier()
    assert named.resource.isidentifier()


@pytest.mark.parametrize(
    ("words", "one"),
    [
        ("custom_fields", "custom_field"),
        ("capabilities", "capability"),
        ("addresses", "address"),
        ("taxes", "tax"),
        ("address", "address"),
        ("status", "status"),
        ("metadata", "metadata"),
    ],
)
def test_what_is_in_a_list_is_told_in_the_singular(words, one):
    assert singular(words) == one


def test_a_class_is_named_in_plain_words():
    path = ("create_customer_params", "invoice_settings", "custom_field")
    assert class_name(*path) == "CreateCustomerParamsInvoiceSettingsCustomField"


def operations_of(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """All operations, completed as those of a slice are."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            completed = {"parameters": [], **operation}
            yield f"{method.upper()} {path}", conventional_operation(method, path, completed)


def test_no_two_operations_of_stripes_have_one_name(full_document):
    found = dict(operations_of(full_document))
    assert len(full_document["paths"]) == 437
    assert len(found) == 619
    functions = Counter(operation["operationId"] for operation in found.values())
    methods = Counter((one["tags"][0], method_name(one)) for one in found.values())
    assert functions.most_common(1)[0][1] == 1
    assert methods.most_common(1)[0][1] == 1


def test_the_names_of_stripes_operations_are_readable(full_document):
    """A verb and what it is done to; no placeholder, no number, no word of the path twice."""
    for place, operation in operations_of(full_document):
        name = operation["operationId"]
        assert re.fullmatch(r"[a-z]+(_v2)?(_[a-z]+)+", name), (place, name)
        assert len(name) <= 70, (place, name)
        words = name.split("_")
        assert all(one != next_one for one, next_one in itertools.pairwise(words)), name
        spelled = set(re.split(r"\W|_", place.lower()))
        invented = {
            *("list", "retrieve", "create", "update", "delete", "cancel", "current"),
            *("to", "from"),
        }
        assert {word for word in words if word not in invented} <= {
            word for part in spelled for word in (part, singular(part))
        }, (place, name)
