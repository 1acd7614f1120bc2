"""What is tried again, and what is not."""

from __future__ import annotations

from collections.abc import Mapping

from stripe_invoice_payments import StripeError

from ..document import JSONObject
from ..driving import AnyClient, Steps
from ..scenario import Fault, Scenario
from . import paging


def _answer(client: AnyClient, _known: JSONObject) -> Steps:
    return (yield client.invoice_payments.with_raw_response.list(limit=1))


def _answer_in_spite_of_rate_limit(client: AnyClient, known: JSONObject) -> Steps:
    return (yield from _answer(client.with_options(retry_rate_limited=True), known))


def _error(client: AnyClient, known: JSONObject) -> Steps:
    try:
        yield from _answer(client, known)
    except StripeError as error:
        return error


def _error_without_retries(client: AnyClient, known: JSONObject) -> Steps:
    return (yield from _error(client.with_options(max_retries=0), known))


SCENARIOS: Mapping[str, Scenario] = {
    "server_error": Scenario(_answer, faults=[Fault("server_error")]),
    "server_error_twice": Scenario(_answer, faults=[Fault("server_error", times=2)]),
    "server_error_for_good": Scenario(_error, faults=[Fault("server_error", times=3)]),
    "server_error_not_to_be_repeated": Scenario(_error, faults=[Fault("server_error_no_retry")]),
    "turned_off": Scenario(_error_without_retries, faults=[Fault("server_error")]),
    "lock_timeout": Scenario(_answer, faults=[Fault("lock_timeout")]),
    "proxy": Scenario(_answer, faults=[Fault("proxy_503")]),
    "rate_limit": Scenario(_error, faults=[Fault("rate_limit")]),
    "rate_limit_to_be_repeated": Scenario(_answer, faults=[Fault("rate_limit_retry")]),
    "rate_limit_repeated_on_request": Scenario(
        _answer_in_spite_of_rate_limit, faults=[Fault("rate_limit")]
    ),
    "inside_a_list": Scenario(
        paging.all_payments, paging.several_pages, faults=[Fault("server_error", skip=1)]
    ),
}
