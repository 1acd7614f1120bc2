"""`make record`: from where, twice the same, all of it or nothing, and never in live mode."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from scripts import record as command
from scripts.cassettes import account, tape
from scripts.cassettes.document import VOLATILE, Cassette, Recorded
from scripts.cassettes.scenario import Fault, Scenario
from scripts.cassettes.scenarios import SCENARIOS
from scripts.cassettes.scrubbing import Scrubber
from scripts.cassettes.studio import FromSandbox, FromStripe, record
from scripts.cassettes.tape import BASE_URL, recording
from scripts.errors import RecordingError
from scripts.record import EXIT_REFUSED, record_all
from stripe_invoice_payments import StripeError
from stripe_invoice_payments.sandbox import Sandbox

from .support import DIRECTORY

# What is wrong on purpose is part of the recordings.
pytestmark = pytest.mark.breaks_contract("scenarios about errors ask for what cannot be had")

AT = "2026-01-01T00:00:00Z"
FEW = {name: SCENARIOS[name] for name in ("retrieve/open", "raw/list", "errors/unknown_key")}


def contents(directory: Path) -> dict[str, bytes]:
    files = (path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


def age(directory: Path) -> None:
    """Let the cassettes be of another day."""
    for path in directory.rglob("*.json"):
        document = json.loads(path.read_text("utf-8"))
        document["recorded"]["at"] = AT
        path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")


@pytest.fixture
def sandbox():
    with Sandbox(payments=60) as running:
        yield running


@pytest.fixture
def source(sandbox) -> FromSandbox:
    return FromSandbox(sandbox, "the sandbox")


def listing(client, known):
    """A list, whatever comes of it."""
    with suppress(StripeError):
        yield client.invoice_payments.list(limit=2)


def lines_without_volatile(text: bytes) -> list[bytes]:
    names = tuple(f'"{path[-1]}":'.encode() for path in VOLATILE)
    return [line for line in text.splitlines() if not line.strip().startswith(names)]


# --- Twice the same ---


def test_recording_again_gives_the_same_bytes_but_for_what_is_volatile(tmp_path, capsys):
    assert command.main(["--to", str(tmp_path / "again")], {}) == 0
    assert capsys.readouterr().out.startswith(f"{len(SCENARIOS)} cassettes, ")
    again = contents(tmp_path / "again")
    committed = {
        name: text
        for name, text in contents(command.CASSETTES).items()
        if b'"from": "the sandbox, seed 0' in text
    }
    assert committed.keys() <= again.keys()
    for name, text in committed.items():
        assert lines_without_volatile(again[name]) == lines_without_volatile(text), name


def test_the_date_is_all_that_is_volatile():
    assert VOLATILE == (("recorded", "at"),)


def test_a_recording_that_is_the_same_stays_the_file_that_it_was(tmp_path):
    directory = tmp_path / "cassettes"
    record_all(directory, scenarios=FEW, staging=tmp_path)
    age(directory)
    before = contents(directory)
    record_all(directory, scenarios=FEW, staging=tmp_path)
    assert contents(directory) == before


def test_a_recording_that_differs_replaces_the_file_and_has_its_own_date(tmp_path):
    directory = tmp_path / "cassettes"
    record_all(directory, scenarios=FEW, staging=tmp_path)
    age(directory)
    path = directory / "retrieve" / "open.json"
    path.write_text(path.read_text("utf-8").replace('"open"', '"ajar"'), "utf-8")
    record_all(directory, scenarios=FEW, staging=tmp_path)
    assert '"ajar"' not in path.read_text("utf-8")
    assert Cassette.read(path).recorded.at > AT


# --- All or nothing ---


def fail(client, known):
    yield client.invoice_payments.list(limit=1)
    raise RuntimeError("this scenario is broken")


def test_a_scenario_that_fails_changes_nothing(tmp_path):
    directory, staging = tmp_path / "cassettes", tmp_path / "staging"
    record_all(directory, scenarios=FEW, staging=staging)
    before = contents(tmp_path)
    scenarios = {"raw/payment": SCENARIOS["raw/payment"], "broken": Scenario(fail)}
    with pytest.raises(RecordingError, match=r"broken: RuntimeError: this scenario is broken\."):
        record_all(directory, scenarios=scenarios, staging=staging)
    assert contents(tmp_path) == before


def test_a_scenario_that_has_gone_takes_its_cassette_with_it(tmp_path):
    directory = tmp_path / "cassettes"
    record_all(directory, scenarios=FEW, staging=tmp_path / "staging")
    one = {"raw/list": FEW["raw/list"]}
    record_all(directory, scenarios=one, staging=tmp_path / "staging")
    assert contents(directory).keys() == {"raw/list.json"}
    assert contents(tmp_path / "staging") == {}


def test_a_scenario_that_cannot_be_played_again_is_not_recorded(tmp_path):
    """It does something else each time, so that its cassette would be of no use."""
    limits = iter(range(1, 10))

    def differ(client, known):
        yield client.invoice_payments.list(limit=next(limits))

    with pytest.raises(RecordingError, match="CannotOverwriteExistingCassetteException"):
        record_all(tmp_path / "cassettes", scenarios={"x": Scenario(differ)}, staging=tmp_path)
    assert contents(tmp_path) == {}


# --- What is recorded ---


def test_a_cassette_holds_exactly_what_the_sandbox_was_asked(sandbox, source):
    cassette = record(SCENARIOS["retries/inside_a_list"], source, AT)
    received = sandbox.traffic().requests[-4:]
    assert [request.status for request in received] == [200, 500, 200, 200]
    for interaction, request in zip(cassette.interactions, received, strict=True):
        assert interaction.status == request.status
        assert interaction.uri == f"{BASE_URL}{request.path}?{request.query}"


def test_each_scenario_starts_from_the_seeded_data(sandbox, source):
    sandbox.create_invoice_payment(created=2_000_000_000)
    sandbox.add_fault("server_error")
    cassette = record(Scenario(listing), source, AT)
    assert [interaction.status for interaction in cassette.interactions] == [200]
    assert "2000000000" not in cassette.interactions[0].body


def test_bodies_that_came_compressed_are_plain():
    def answer(request):
        body = gzip.compress(b'{"object":"list","data":["\xc3\xa9"]}')
        headers = {"content-encoding": "gzip", "content-type": "application/json"}
        return httpx.Response(200, headers=headers, content=body)

    with (
        recording(BASE_URL, Scrubber()) as interactions,
        httpx.Client(transport=httpx.MockTransport(answer)) as client,
    ):
        client.get(f"{BASE_URL}/v1/invoice_payments")
    (interaction,) = interactions
    assert interaction.body == '{"object":"list","data":["é"]}'
    assert "content-encoding" not in interaction.response_headers


@pytest.mark.parametrize("fault", ["wrong_charset", "broken_gzip"])
def test_what_is_not_text_is_not_recorded(source, fault):
    with pytest.raises(RecordingError, match="the answer is not text"):
        record(Scenario(listing, faults=[Fault(fault)]), source, AT)


def test_a_recording_that_fails_leaves_nothing_of_vcr_behind(source):
    """An error while VCR.py saves would leave its patches in place, and record what comes next."""
    before = httpx.HTTPTransport.handle_request
    with pytest.raises(RecordingError, match="not text"):
        record(Scenario(listing, faults=[Fault("wrong_charset")]), source, AT)
    assert httpx.HTTPTransport.handle_request is before


def test_a_request_to_somewhere_else_is_not_even_made(source):
    def run(client, known):
        elsewhere = client.with_options(base_url="https://api.stripe.invalid")
        yield elsewhere.invoice_payments.list(limit=1)

    with pytest.raises(RecordingError, match="not where the API is"):
        record(Scenario(run), source, AT)


def test_a_request_with_a_body_that_is_no_form_is_not_recorded():
    with recording(BASE_URL, Scrubber()), httpx.Client() as client:
        with pytest.raises(RecordingError, match="its body is no form"):
            client.post(f"{BASE_URL}/v1/invoices", json={"email": "jenny@customer.example"})


def test_a_form_is_recorded_without_its_secrets(sandbox):
    form = {"payment_intent": "pi_1_secret_abc", "expand[]": "payments", "email": "a@b.example"}
    with recording(sandbox.base_url, Scrubber()) as interactions, httpx.Client() as client:
        client.post(f"{sandbox.base_url}/v1/invoices/in_1/attach_payment", data=form)
    (interaction,) = interactions

    assert list(interaction.form) == [
        ("payment_intent", "pi_1_secret_scrubbed"),
        ("expand[]", "payments"),
        ("email", "scrubbed@example.com"),
    ]
    recorded = Recorded("the sandbox", AT, "2026-01-01")
    text = Cassette(recorded, {}, [interaction]).to_json()
    assert Cassette.from_json(text).to_json() == text


def test_what_happens_behind_vcrs_back_is_noticed(source, monkeypatch):
    """Were httpx unknown to it, nothing would be on the cassettes."""
    vcr = tape.VCR
    monkeypatch.setattr(
        tape, "VCR", lambda **options: vcr(**options, skip_patchers=["httpx", "httpx2"])
    )
    with pytest.raises(RecordingError, match="it saw 0 of 1 requests"):
        record(Scenario(listing), source, AT)


def test_a_broken_connection_cannot_be_recorded_and_is_not_passed_over(source):
    with pytest.raises(RecordingError, match="it saw 1 of 2 requests"):
        record(Scenario(listing, faults=[Fault("connection_closed")]), source, AT)


# --- From Stripe ---


@pytest.mark.parametrize(
    "key",
    ["sk_live_51Abc", "rk_live_51Abc", "pk_test_51Abc", "sk_org_live_51Abc", "sk_test", "whatever"],
)
def test_a_key_that_is_not_for_test_mode_is_refused(key, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(command, "record_all", pytest.fail)
    assert command.main(["--to", str(tmp_path / "x")], {"STRIPE_API_KEY": key}) == EXIT_REFUSED
    printed = capsys.readouterr()
    assert printed.err.startswith("error: STRIPE_API_KEY: it is ")
    assert ("a live key" in printed.err) is ("_live_" in key)
    assert key not in printed.out + printed.err.replace("sk_test_", "")
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("key", ["sk_test_51Abc", "rk_test_51Abc"])
def test_a_test_key_means_stripe(key):
    source = command.chosen_source({"STRIPE_API_KEY": key, "STRIPE_CONNECTED_ACCOUNT": "acct_1"})
    assert source is not None
    assert (source.api_key, source.base_url) == (key, "https://api.stripe.com")


@pytest.mark.parametrize("environment", [{}, {"STRIPE_API_KEY": ""}])
def test_without_a_key_it_is_the_sandbox(environment):
    assert command.chosen_source(environment) is None


@pytest.fixture(scope="module")
def takes(tmp_path_factory):
    """Everything, recorded from another account that only does what Stripe does."""
    directory = tmp_path_factory.mktemp("from_stripe")
    with Sandbox(seed=7, payments=130) as running:
        stripe = FromStripe(running.api_key, running.accounts[0], running.base_url)
        return directory, record_all(directory / "cassettes", stripe, staging=directory)


def test_from_stripe_comes_what_can_and_the_rest_from_the_sandbox(takes, capsys):
    command.report(takes[1])
    printed = capsys.readouterr().out
    assert "errors/card_error: from the sandbox; Stripe cannot be made to answer" in printed
    assert "paging/embedded: from the sandbox; Stripe's account has not an invoice with" in printed
    for take in takes[1]:
        on_demand = SCENARIOS[take.name].faults or SCENARIOS[take.name].sandbox_only
        from_sandbox = take.cassette.recorded.source.startswith("the sandbox, seed 0")
        assert from_sandbox is bool(on_demand or take.name == "paging/embedded"), take.name
        assert (take.remark is not None) is from_sandbox


def test_the_same_tests_pass_on_what_another_account_answered(takes):
    directory = takes[0] / "cassettes"
    here, there = (Cassette.read(place / "list/limit.json") for place in (DIRECTORY, directory))
    assert here.known["ids"] != there.known["ids"]
    tests = [f"test_{name}.py" for name in ("errors", "lists", "options", "paging", "retrieving")]
    finished = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *(str(Path(__file__).with_name(test)) for test in tests),
        ],
        cwd=command.ROOT,
        env={**os.environ, "CASSETTES": str(directory)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout


def test_an_account_that_lacks_something_is_no_failure(tmp_path):
    with Sandbox(payments=0) as empty:
        stripe = FromStripe(empty.api_key, base_url=empty.base_url)
        names = (*FEW, "accounts/answer", "list/starting_after")
        few = {name: SCENARIOS[name] for name in names}
        takes = record_all(tmp_path / "cassettes", stripe, scenarios=few, staging=tmp_path)
    remarks = {take.name: take.remark or "" for take in takes}
    assert remarks["errors/unknown_key"] == ""
    assert "Stripe's account has not a payment by payment_intent" in remarks["retrieve/open"]
    assert "Stripe's account has not seven payments" in remarks["raw/list"]
    assert "Stripe's account has not a connected account" in remarks["accounts/answer"]
    assert "Stripe's account has not more than 1 payments" in remarks["list/starting_after"]


def test_an_account_that_is_too_large_to_be_read_is_refused(monkeypatch):
    monkeypatch.setattr(account, "MAX_PAGES", 1)
    with Sandbox(payments=101) as large:
        stripe = FromStripe(large.api_key, base_url=large.base_url)
        with pytest.raises(RecordingError, match="more than 100 payments"):
            record(SCENARIOS["raw/payment"], stripe, AT)


def test_a_recording_that_fails_is_told_in_a_line(monkeypatch, capsys):
    def fail(*_):
        raise RecordingError("raw/list", "it failed", "Do something")

    monkeypatch.setattr(command, "record_all", fail)
    assert command.main([], {}) == command.EXIT_FAILED
    assert capsys.readouterr().err == "error: raw/list: it failed. Do something.\n"


def test_the_command_runs_as_a_command(tmp_path):
    finished = subprocess.run(
        [sys.executable, "-m", "scripts.record", "--to", str(tmp_path / "cassettes")],
        cwd=command.ROOT,
        env={**os.environ, "STRIPE_API_KEY": "rk_live_51Abc"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == EXIT_REFUSED
    assert "51Abc" not in finished.stderr
    assert "a live key" in finished.stderr
