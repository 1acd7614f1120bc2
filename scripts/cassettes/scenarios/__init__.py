"""What is recorded and replayed: the one list of all scenarios, by the names of their cassettes."""

from __future__ import annotations

from collections.abc import Mapping

from ..scenario import Scenario
from . import (
    accounts,
    error_responses,
    listing,
    paging,
    raw,
    resources,
    retries,
    retrieving,
    versions,
)

_GROUPS: Mapping[str, Mapping[str, Scenario]] = {
    "accounts": accounts.SCENARIOS,
    "errors": error_responses.SCENARIOS,
    "list": listing.SCENARIOS,
    "paging": paging.SCENARIOS,
    "raw": raw.SCENARIOS,
    "resources": resources.SCENARIOS,
    "retrieve": retrieving.SCENARIOS,
    "retries": retries.SCENARIOS,
    "versions": versions.SCENARIOS,
}

SCENARIOS: Mapping[str, Scenario] = {
    f"{group}/{name}": scenario
    for group, scenarios in _GROUPS.items()
    for name, scenario in scenarios.items()
}
