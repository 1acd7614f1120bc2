"""The options of the data source, without Spark."""

from __future__ import annotations

import pickle

import pytest

from stripe_invoice_payments import AuthenticationError
from stripe_invoice_payments.spark.keys import find_key
from stripe_invoice_payments.spark.options import as_of, read_options

ACCOUNTS = {"accounts": "connected"}


def test_defaults():
    options = read_options(ACCOUNTS)
    assert (options.account_rate, options.platform_rate, options.slots) == (20, None, None)
    assert options.on_error == "raise"


@pytest.mark.parametrize(
    ("given", "period"),
    [
        ({"created.gte": "2025-01-01", "created.lt": "2026-01-01"}, (1735689600, 1767225600)),
        ({"created.gte": "1735689600", "created.lte": "1735689600"}, (1735689600, 1735689601)),
        ({"created.gt": "2025-01-01T01:00:00+01:00"}, (1735689601, 1 << 62)),
        ({"created.gte": "2025-01-01T00:00:00Z"}, (1735689600, 1 << 62)),
        ({"created.gte": "2026-01-01", "created.lt": "2025-01-01"}, (1767225600, 1767225600)),
    ],
)
def test_periods(given, period):
    options = read_options({**ACCOUNTS, **given})
    assert (options.start, options.end) == period


def test_names_are_in_any_case():
    assert read_options({"Accounts": "connected", "Platform_Rate": "80"}).platform_rate == 80


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "accounts is required"),
        ({**ACCOUNTS, "plattform_rate": "80"}, "did you mean 'platform_rate'"),
        ({**ACCOUNTS, "created": "2025"}, "unknown option 'created'"),
        ({**ACCOUNTS, "status": "paidd"}, "status must be one of 'open', 'paid', 'canceled'"),
        ({**ACCOUNTS, "platform_rate": "0"}, "platform_rate must be a positive, finite number"),
        ({**ACCOUNTS, "account_rate": "inf"}, "account_rate must be a positive, finite number"),
        ({**ACCOUNTS, "account_rate": "many"}, "account_rate must be a number, got 'many'"),
        ({**ACCOUNTS, "slots": "0"}, "slots must be an integer of at least 1"),
        ({**ACCOUNTS, "created.gte": "last week"}, "created.gte must be a date such as"),
        ({**ACCOUNTS, "created.gte": "2025-01-01T00:00:00.500"}, "must be in whole seconds"),
        ({**ACCOUNTS, "on_error": "ignore"}, "on_error must be one of 'raise', 'report'"),
        ({**ACCOUNTS, "max_outage": "-1"}, "max_outage must be finite and at least 0"),
        ({**ACCOUNTS, "base_url": "stripe"}, "base_url must be an https:// URL"),
        ({"accounts": " "}, "accounts must not be empty"),
    ],
)
def test_what_is_invalid_is_refused_by_name(given, message):
    with pytest.raises(ValueError, match=message):
        read_options(given)


@pytest.mark.parametrize(
    "name", ["api_key", "API_KEY", "stripe_api_key", "secret", "accounts", "api_key_command"]
)
def test_a_secret_is_refused_and_not_repeated(name):
    with pytest.raises(ValueError, match="must not contain a secret") as raised:
        read_options({**ACCOUNTS, name: "sk_live_4242424242"})
    assert "4242" not in str(raised.value)


def test_an_option_named_api_key_is_refused_whatever_it_contains():
    with pytest.raises(ValueError, match="must not contain a secret"):
        read_options({**ACCOUNTS, "api_key": "from the vault"})


@pytest.mark.parametrize("option", [{}, {"api_key_command": "true"}])
def test_a_missing_key_is_said_with_the_options_of_spark(option, monkeypatch):
    monkeypatch.delenv("STRIPE_API_KEY", raising=False)
    with pytest.raises(AuthenticationError, match="on the driver and on each executor, or use"):
        find_key(read_options({**ACCOUNTS, **option}))


def test_they_can_be_pickled():
    options = read_options({**ACCOUNTS, "api_key_file": "/run/key", "slots": "8"})
    assert pickle.loads(pickle.dumps(options)) == options


def test_a_period_ends_when_it_is_planned():
    assert as_of(1 << 62, now=1_800_000_000.9) == 1_800_000_000
    assert as_of(1_700_000_000, now=1_800_000_000) == 1_700_000_000
