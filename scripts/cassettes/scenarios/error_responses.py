"""What goes wrong: every class of error that an answer can cause, and every reason for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stripe_invoice_payments import StripeError
from stripe_invoice_payments.sandbox import Sandbox

from ..document import JSONObject
from ..driving import AnyClient, Steps
from ..scenario import Fault, Find, Run, Scenario, nothing
from . import paging

UNKNOWN = "inpay_missing"


def error_of(call: Callable[[AnyClient, JSONObject], Any]) -> Run:
    """Make one call; the result is the error that it raises."""

    def run(client: AnyClient, known: JSONObject) -> Steps:
        once = client.with_options(max_retries=0)
        try:
            yield call(once, known)
        except StripeError as error:
            return error

    return run


def _refused(find: Find = nothing, **params: Any) -> Scenario:
    """A list with these parameters, which are wrong."""
    return Scenario(error_of(lambda client, _known: client.invoice_payments.list(**params)), find)


def _with_key(api_key: str, *, sandbox_only: bool) -> Scenario:
    def call(client: AnyClient, _known: JSONObject) -> Any:
        return client.with_options(api_key=api_key).invoice_payments.list(limit=1)

    return Scenario(error_of(call), sandbox_only=sandbox_only)


def _fault(name: str) -> Scenario:
    """A list that meets this fault."""
    run = error_of(lambda client, _known: client.invoice_payments.list(limit=2))
    return Scenario(run, faults=[Fault(name)])


def _error_on_the_way(client: AnyClient, known: JSONObject) -> Steps:
    page = yield client.invoice_payments.list(**known["params"])
    try:
        yield page.auto_paging_iter()
    except StripeError as error:
        return error


def _fault_on_the_way(name: str) -> Scenario:
    """The second page meets this fault."""
    return Scenario(_error_on_the_way, paging.several_pages, faults=[Fault(name, skip=1)])


SCENARIOS: Mapping[str, Scenario] = {
    # What was asked for is wrong.
    "unknown_payment": Scenario(
        error_of(lambda client, _known: client.invoice_payments.retrieve(UNKNOWN))
    ),
    "unknown_invoice": Scenario(
        error_of(lambda client, _known: client.invoices.retrieve("in_missing"))
    ),
    "unknown_filter_value": _refused(invoice="in_missing"),
    "unknown_cursor": _refused(starting_after=UNKNOWN),
    "unknown_cursor_backward": _refused(ending_before=UNKNOWN),
    "unknown_expansion": _refused(expand=["data.nope"]),
    "unknown_status": _refused(status="bogus"),
    "payment_of_another_type": _refused(
        payment={"type": "payment_record", "payment_intent": "pi_missing"}
    ),
    "unknown_version": Scenario(
        error_of(
            lambda client, _known: client.invoice_payments.list(limit=1, stripe_version="yesterday")
        )
    ),
    # The key does not open it.
    "unknown_key": _with_key("sk_test_unknown", sandbox_only=False),
    "expired_key": _with_key(Sandbox.expired_api_key, sandbox_only=True),
    "restricted_key": _with_key(Sandbox.restricted_api_key, sandbox_only=True),
    "unknown_account": Scenario(
        error_of(
            lambda client, known: client.invoice_payments.list(
                limit=1, stripe_account=known["account"]
            )
        ),
        lambda _account: {"account": "acct_missing"},
    ),
    # The API reports something else.
    "rate_limit": _fault("rate_limit"),
    "rate_limit_400": _fault("rate_limit_400"),
    "lock_timeout": _fault("lock_timeout"),
    "lock_timeout_429": _fault("lock_timeout_429"),
    "card_error": _fault("card_error"),
    "idempotency_error": _fault("idempotency_error"),
    "idempotency_conflict": _fault("idempotency_conflict"),
    "dependency_error": _fault("dependency_error"),
    "server_error": _fault("server_error"),
    "error_as_string": _fault("error_as_string"),
    "error_without_body": _fault("error_without_body"),
    # Something in between answers.
    "proxy_503": _fault("proxy_503"),
    "proxy_520": _fault("proxy_520"),
    "redirect": _fault("redirect"),
    # A success that cannot be understood.
    "html_instead_of_json": _fault("proxy_200"),
    "empty_body": _fault("empty_body"),
    "cut_json": _fault("cut_json"),
    "null_field": _fault("null_field"),
    "missing_field": _fault("missing_field"),
    # A list that leads nowhere.
    "empty_page": _fault_on_the_way("empty_page"),
    "duplicate_page": _fault_on_the_way("duplicate_page"),
}
