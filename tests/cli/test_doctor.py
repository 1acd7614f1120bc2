"""`inpay doctor` finds what is wrong."""

from __future__ import annotations

import json
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from stripe_invoice_payments import __version__
from stripe_invoice_payments.sandbox import Sandbox


def checks(done) -> dict[str, tuple[str, str]]:
    rows = map(json.loads, done.out.splitlines())
    return {row["check"]: (row["result"], row["detail"]) for row in rows}


def test_all_is_well(inpay):
    done = inpay("doctor")
    found = checks(done)
    assert done.code == 0
    assert {result for result, _ in found.values()} == {"ok"}
    assert found["inpay"][1].startswith(f"{__version__}, ")
    assert found["key"][1] == "secret key, test mode, ends in ****, from STRIPE_API_KEY"
    assert {"request", "clock", "may read invoices", "may read charges"} <= found.keys()


def test_no_key(alone):
    done = alone("doctor")
    assert done.code == 4
    assert checks(done)["key"][0] == "failed"
    assert "request" not in checks(done)


@pytest.mark.parametrize(
    ("key", "code"), [("expired_api_key", 4), ("restricted_api_key", 4), ("live_api_key", 0)]
)
def test_keys(alone, monkeypatch, key, code):
    with Sandbox() as sandbox:
        monkeypatch.setenv("STRIPE_API_KEY", getattr(sandbox, key))
        more = ["--live"] if "live" in key else []
        done = alone("doctor", "--base-url", sandbox.base_url, *more)
    assert done.code == code
    assert checks(done)["request"][0] == ("failed" if code else "ok")


def test_a_missing_permission_is_shown(inpay, stripe_sandbox):
    stripe_sandbox.add_fault("permission_denied", path="/v1/charges/*")
    done = inpay("doctor")
    assert done.code == 0
    assert checks(done)["may read charges"][0] == "failed"
    assert checks(done)["may read invoices"][0] == "ok"


def test_all_permissions_are_checked_if_one_is_missing(inpay, stripe_sandbox):
    stripe_sandbox.add_fault("permission_denied", path="/v1/invoice_payments")
    done = inpay("doctor")
    assert done.code == 4
    found = checks(done)
    assert found["request"][0] == "failed"
    assert found["request"][1].startswith("GET /v1/invoice_payments?limit=1: ")
    for name, path in (
        ("invoices", "invoices?limit=1: 200 "),
        ("charges", "charges/ch_inpay_doctor: there is none"),
        ("accounts", "accounts?limit=1: 200 "),
    ):
        assert found[f"may read {name}"][0] == "ok"
        assert found[f"may read {name}"][1].startswith(f"GET /v1/{path}")


@pytest.mark.parametrize("more", [[], ["--live"]])
@pytest.mark.parametrize(
    ("key", "problem"),
    [("pk_test_abcdefgh", "publishable key"), ("abcdefgh", "is no key of Stripe")],
)
def test_what_is_no_key(alone, monkeypatch, key, problem, more):
    monkeypatch.setenv("STRIPE_API_KEY", key)
    done = alone("doctor", *more)
    assert done.code == 4
    result, detail = checks(done)["key"]
    assert result == "failed"
    assert problem in detail
    assert "abcdefgh" not in done.out


def test_a_clock_that_is_wrong(inpay, monkeypatch):
    # Not the clock itself: the sandbox is in this process, and would remember its time.
    monkeypatch.setattr(
        "email.utils.parsedate_to_datetime",
        lambda text: parsedate_to_datetime(text) - timedelta(seconds=4000),
    )
    done = inpay("doctor")
    assert done.code == 7
    result, detail = checks(done)["clock"]
    assert result == "failed"
    assert int(detail.split()[0]) == pytest.approx(4000, abs=60)


def test_the_password_of_a_proxy_is_hidden(inpay, monkeypatch):
    monkeypatch.setenv("FTP_PROXY", "")
    monkeypatch.setenv("HTTPS_PROXY", "http://user:hidden@127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    done = inpay("doctor")
    assert done.code == 0
    assert "HTTPS_PROXY=http://***@127.0.0.1:9" in checks(done)["proxy"][1]
    assert "hidden" not in done.out + done.err
