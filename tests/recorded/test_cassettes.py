"""The files themselves: what they say, how they read, and what must not be in them."""

from __future__ import annotations

from datetime import datetime, timezone
from importlib import import_module

import pytest

from scripts.cassettes.document import REQUEST_HEADERS, RESPONSE_HEADERS, Cassette
from scripts.cassettes.scenarios import SCENARIOS
from scripts.cassettes.scrubbing import find_secrets
from scripts.cassettes.tape import BASE_URL
from stripe_invoice_payments import API_VERSION

from . import support
from .support import DIRECTORY, PLAYED, asks_for_a_version_of_its_own, cassette_of

TESTS = ("errors", "lists", "options", "paging", "resources", "retries", "retrieving")

every_cassette = pytest.mark.parametrize("name", sorted(SCENARIOS))


def test_every_scenario_has_a_cassette_and_every_cassette_a_scenario():
    files = (path for path in DIRECTORY.rglob("*") if path.is_file())
    assert {str(path.relative_to(DIRECTORY)) for path in files} == {
        f"{name}.json" for name in SCENARIOS
    }


def test_every_scenario_has_a_test():
    for tests in TESTS:
        import_module(f".test_{tests}", __package__)
    assert SCENARIOS.keys() == PLAYED


@every_cassette
def test_a_cassette_says_where_and_when_it_was_recorded_and_with_which_version(name):
    recorded = cassette_of(name).recorded
    assert recorded.source.startswith(("the sandbox, seed", "Stripe, test mode"))
    when = datetime.strptime(recorded.at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    assert when.year >= 2026
    asked_for = {
        interaction.request_headers["stripe-version"]
        for interaction in cassette_of(name).interactions
    }
    assert asked_for == {recorded.api_version}
    assert (recorded.api_version == API_VERSION) is not name.startswith("versions/") or (
        name == "errors/unknown_version"
    )


@every_cassette
def test_after_taking_over_another_version_a_cassette_asks_to_be_recorded_again(monkeypatch, name):
    monkeypatch.setattr(support, "API_VERSION", "2999-01-01.eggplant")
    if asks_for_a_version_of_its_own(name):
        cassette_of(name)
    else:
        with pytest.raises(pytest.fail.Exception, match="run `make record`"):
            cassette_of(name)


@every_cassette
def test_a_cassette_reads_well(name):
    text = (DIRECTORY / f"{name}.json").read_text("utf-8")
    assert Cassette.from_json(text).to_json() == text
    assert "base64" not in text
    assert "gzip" not in text
    assert "127.0.0.1" not in text
    assert "localhost" not in text


@every_cassette
def test_a_cassette_has_only_the_headers_that_matter(name):
    for interaction in cassette_of(name).interactions:
        assert interaction.url.startswith(f"{BASE_URL}/v1/")
        assert interaction.request_headers.keys() <= REQUEST_HEADERS
        assert interaction.response_headers.keys() <= RESPONSE_HEADERS
        assert list(interaction.response_headers) == sorted(interaction.response_headers)


@every_cassette
def test_nothing_in_a_cassette_looks_like_a_secret(name):
    assert find_secrets((DIRECTORY / f"{name}.json").read_text("utf-8")) == []
