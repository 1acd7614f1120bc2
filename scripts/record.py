"""Record the cassettes in `tests/cassettes/` again: `make record`.

They are recorded from the sandbox. With a test key of Stripe in STRIPE_API_KEY, what can be is
recorded from Stripe itself; an account connected to that key's goes into STRIPE_CONNECTED_ACCOUNT.
All of them are replaced together, or none. `docs/maintain/cassettes.md` tells more.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from attrs import define

from stripe_invoice_payments import AsyncClient, Client
from stripe_invoice_payments.sandbox import Sandbox

from .cassettes.account import MissingError
from .cassettes.document import Cassette
from .cassettes.scenario import Scenario
from .cassettes.scenarios import SCENARIOS
from .cassettes.studio import FromSandbox, FromStripe, Source, UnsuitableError, play, record
from .errors import RecordingError
from .pipeline.errors import PipelineError
from .pipeline.files import replace_together, staging_directory

ROOT = Path(__file__).resolve().parents[1]
CASSETTES = ROOT / "tests" / "cassettes"
STAGING = ROOT / ".cache"

SEED, PAYMENTS = 0, 250

KEY_VARIABLE = "STRIPE_API_KEY"
CONNECTED_VARIABLE = "STRIPE_CONNECTED_ACCOUNT"
TEST_KEYS = ("sk_test_", "rk_test_")

EXIT_FAILED = 1
EXIT_REFUSED = 2


class RefusedError(RecordingError):
    """There is a key, and it must not be used."""


@define(frozen=True)
class Take:
    """One recorded scenario.

    Attributes:
        name: The scenario's.
        cassette: What was recorded.
        remark: Why it is not from where it should be.
    """

    name: str
    cassette: Cassette
    remark: str | None


def chosen_source(environment: Mapping[str, str]) -> FromStripe | None:
    """Stripe, if there is a key for it.

    Raises:
        RefusedError: The key is not one for test mode.
    """
    key = environment.get(KEY_VARIABLE)
    if not key:
        return None
    if not key.startswith(TEST_KEYS):
        kind = "a live key" if "_live_" in key else "not a test key"
        raise RefusedError(
            KEY_VARIABLE,
            f"it is {kind}, and cassettes are recorded in test mode only",
            "Give it a key that begins with sk_test_ or rk_test_, or unset it to record from the "
            "sandbox",
        )
    return FromStripe(key, environment.get(CONNECTED_VARIABLE))


def take_all(
    scenarios: Mapping[str, Scenario], stripe: Source | None, sandbox: Source, at: str
) -> Iterator[Take]:
    """Record every scenario, from Stripe where that is wanted and can be, else from the sandbox.

    Each is played by both clients right away.
    """
    for name, scenario in scenarios.items():
        try:
            take = _take(name, scenario, stripe, sandbox, at)
            for client_class in (Client, AsyncClient):
                play(scenario, take.cassette, client_class)
        except Exception as error:
            problem = f"{type(error).__name__}: {error}".partition("\n")[0]
            raise RecordingError(name, problem, "No cassette was changed") from error
        yield take


def _take(name: str, scenario: Scenario, stripe: Source | None, sandbox: Source, at: str) -> Take:
    remark = None
    if stripe is not None:
        try:
            return Take(name, record(scenario, stripe, at), None)
        except MissingError as error:
            remark = f"Stripe's account has not {error}"
        except UnsuitableError as error:
            remark = str(error)
    return Take(name, record(scenario, sandbox, at), remark)


def write(take: Take, directory: Path, before: Path) -> None:
    """Write a cassette; where only what is volatile differs, it stays the one that there was."""
    path, old = (parent / f"{take.name}.json" for parent in (directory, before))
    text = take.cassette.to_json()
    if old.is_file() and Cassette.read(old).without_volatile() == take.cassette.without_volatile():
        text = old.read_text("utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def record_all(
    directory: Path,
    stripe: Source | None = None,
    scenarios: Mapping[str, Scenario] = SCENARIOS,
    staging: Path = STAGING,
) -> list[Take]:
    """Replace the cassettes in `directory` by new ones, all together or not at all."""
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    name = f"the sandbox, seed {SEED}, {PAYMENTS} payments"
    with staging_directory(staging) as place, Sandbox(payments=PAYMENTS, seed=SEED) as sandbox:
        takes: list[Take] = []
        for take in take_all(scenarios, stripe, FromSandbox(sandbox, name), at):
            write(take, place / "cassettes", directory)
            takes.append(take)
        replace_together({directory: place / "cassettes"})
    return takes


def report(takes: Sequence[Take]) -> None:
    """Tell what was recorded, and from where."""
    for take in takes:
        if take.remark is not None:
            print(f"{take.name}: from the sandbox; {take.remark}")
    interactions = sum(len(take.cassette.interactions) for take in takes)
    sources = sorted({take.cassette.recorded.source for take in takes})
    print(f"{len(takes)} cassettes, {interactions} interactions, from {' and '.join(sources)}")


def main(
    arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ
) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make record",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--to", type=Path, default=CASSETTES, help="another directory, for a trial")
    options = parser.parse_args(arguments)
    try:
        report(record_all(options.to, chosen_source(environment)))
    except RefusedError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_REFUSED
    except (RecordingError, PipelineError) as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
