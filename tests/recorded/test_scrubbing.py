"""Secrets are taken out of what is recorded; one that is overlooked is found, and not written."""

from __future__ import annotations

import json

import httpx
import pytest

from scripts.cassettes.document import Cassette, Recorded
from scripts.cassettes.scrubbing import Scrubber, find_secrets
from scripts.cassettes.tape import BASE_URL, recording
from scripts.errors import RecordingError

from .support import cassette_of

# Put together here, so that no scanner takes this file for a leak.
KEY = "sk_" + "test_51AbcDefGhiJkl"
SECRETS = {
    "secret key": KEY,
    "live key": "sk_" + "live_51AbcDefGhiJkl",
    "restricted key": "rk_" + "test_51AbcDefGhiJkl",
    "publishable key": "pk_" + "live_51AbcDefGhiJkl",
    "organization key": "sk_" + "org_live_51AbcDefGhiJkl",
    "starred-out key": "sk_" + "test_********hJkl",
    "webhook secret": "wh" + "sec_51AbcDefGhiJkl",
    "account": "acct" + "_1AbcDefGhiJkl",
    "email": "jenny.rosen+stripe@customer.example.org",
    "payment intent's secret": "pi_3Abc_secret" + "_DefGhiJkl",
    "bearer token": "Bearer " + "AbcDefGhiJklMnoPqrStu",
    "basic credentials": "Basic " + "c2stdGVzdC1hYmNkZWZnaGk6",
    "hosted invoice": "https://invoice.stripe.com/i/1Abc/test_YWNjdF8xQWJj?s=ap",
}
every_secret = pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)


def planted(place: str, secret: str) -> str:
    """A cassette's text with a secret in this place."""
    document = json.loads(cassette_of("raw/payment").to_json())
    interaction = document["interactions"][0]
    plant = {
        "url": lambda: interaction["request"].update(url=f"https://api.stripe.com/v1/{secret}"),
        "query": lambda: interaction["request"]["query"].append(f"expand[]={secret}"),
        "request header": lambda: interaction["request"]["headers"].update(extra=secret),
        "response header": lambda: interaction["response"]["headers"].update(extra=secret),
        "body": lambda: interaction["response"]["body"]["payment"].update(extra=[secret]),
        "name in the body": lambda: interaction["response"]["body"].update({secret: 1}),
        "text": lambda: interaction["response"].update(text=[f"<p>{secret}</p>\n"]),
        "known": lambda: document["known"].update(extra={"more": f"of {secret}, as it were"}),
        "source": lambda: document["recorded"].update({"from": f"Stripe with {secret}"}),
    }
    plant[place]()
    return json.dumps(document)


PLACES = (
    "url",
    "query",
    "request header",
    "response header",
    "body",
    "name in the body",
    "text",
    "known",
    "source",
)


# --- Finding ---


@every_secret
@pytest.mark.parametrize("place", PLACES)
def test_a_planted_secret_is_found(place, secret):
    assert find_secrets(planted(place, secret))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("authorization", "x"),
        ("set-cookie", "x"),
        ("client_secret", "x"),
        ("hosted_invoice_url", "https://example.com/x"),
        ("receipt_url", "https://example.com/x"),
        ("customer_phone", "+15550100"),
        ("password", "x"),
        ("access_token", "x"),
        ("livemode", True),
    ],
)
def test_a_field_that_holds_nothing_but_secrets_is_found_by_its_name(name, value):
    assert find_secrets(json.dumps({"headers": {name: value}}))


@pytest.mark.parametrize(
    "text",
    [
        "sk%5F" + "test%5F51AbcDefGhiJkl",
        "c2tf" + "dGVzdF81MUFiY0RlZkdoaUprbDo=",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
        "-----BEGIN RSA PRIVATE KEY-----",
        "4242 4242 4242 4242",
        "4242424242424242",
        "QUJD" * 30,
    ],
    ids=["percent", "base64", "token", "PEM", "card", "card without spaces", "encoded data"],
)
def test_a_secret_in_disguise_is_found(text):
    assert find_secrets(json.dumps({"message": text}))


def test_a_secret_in_json_escapes_is_found():
    escaped = "".join(f"\\u{ord(character):04x}" for character in KEY)
    assert find_secrets(f'{{"message": "{escaped}"}}')


def test_what_is_found_is_not_shown():
    for finding in find_secrets(planted("body", KEY)):
        assert "51Abc" not in str(finding)


@every_secret
def test_a_cassette_with_a_secret_is_not_written(secret):
    with pytest.raises(RecordingError, match="it would hold"):
        Cassette.from_json(planted("known", secret)).to_json()


# --- Taking out ---


@every_secret
def test_what_is_taken_out_is_not_found_any_more(secret):
    scrubbed = Scrubber().text(f"of '{secret}', as it were")
    assert secret not in scrubbed
    assert "scrubbed" in scrubbed
    assert scrubbed.startswith("of '")
    assert scrubbed.endswith("', as it were")
    assert find_secrets(json.dumps(scrubbed)) == []
    assert Scrubber().text(scrubbed) == scrubbed


def test_two_accounts_are_still_two():
    one, other = "acct" + "_1Abc", "acct" + "_1Def"
    scrubbed = Scrubber().text(f"{one} {other} {one}")
    assert scrubbed == "acct_scrubbed1 acct_scrubbed2 acct_scrubbed1"


def test_requests_are_numbered():
    scrubber = Scrubber()
    assert scrubber.text("req_abc") == "req_scrubbed1"
    assert (
        scrubber.text("https://stripe.com/logs/req_def") == "https://stripe.com/logs/req_scrubbed2"
    )
    assert scrubber.text("req_abc") == "req_scrubbed1"


def test_ids_are_left_alone():
    text = "inpay_1Abc in_1Abc pi_3Abc ch_3Abc pyr_1Abc cus_Abc évt_1"
    assert Scrubber().text(text) == text


def test_the_key_in_use_is_taken_out_whatever_it_looks_like():
    assert Scrubber("no key of Stripe's").text("this is no key of Stripe's, is it?") == (
        "this is scrubbed, is it?"
    )


def test_fields_of_secrets_lose_their_values_and_keep_their_nulls():
    fields = {"client_secret": "x", "receipt_url": None, "phone": ["1"], "id": "in_1"}
    scrubbed = {
        "client_secret": "scrubbed",
        "receipt_url": None,
        "phone": ["scrubbed"],
        "id": "in_1",
    }
    assert Scrubber().value(fields) == scrubbed


# --- On the way through VCR.py ---


def test_scrubbing_is_on_without_being_asked_for():
    """VCR.py by itself writes down every header, the key among them."""

    def answer(request):
        assert request.headers["authorization"] == f"Bearer {KEY}"
        headers = {"Set-Cookie": KEY, "Stripe-Account": SECRETS["account"], "Request-Id": KEY}
        return httpx.Response(200, headers=headers, json={"list": list(SECRETS.values())})

    headers = {
        "Authorization": f"Bearer {KEY}",
        "Cookie": KEY,
        "Stripe-Account": SECRETS["account"],
        "Stripe-Version": f"of {SECRETS['email']}",
        "X-Api-Key": KEY,
    }
    with (
        recording(BASE_URL, Scrubber(KEY)) as interactions,
        httpx.Client(transport=httpx.MockTransport(answer), headers=headers) as client,
    ):
        url = f"{BASE_URL}/v1/invoices/{SECRETS['account']}"
        client.get(url, params={"a": list(SECRETS.values()), KEY: SECRETS["email"]})
    (interaction,) = interactions
    assert interaction.url == f"{BASE_URL}/v1/invoices/acct_scrubbed1"
    assert interaction.request_headers == {
        "stripe-account": "acct_scrubbed1",
        "stripe-version": "of scrubbed@example.com",
    }
    assert interaction.response_headers.keys() == {
        "content-type",
        "request-id",
        "stripe-account",
    }
    recorded = Recorded("Stripe, test mode", "2026-01-01T00:00:00Z", "2026-05-27.dahlia")
    text = Cassette(recorded, {}, interactions).to_json()
    assert not [secret for secret in SECRETS.values() if secret in text]
