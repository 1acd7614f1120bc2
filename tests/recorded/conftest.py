from __future__ import annotations

from collections.abc import Callable

import pytest

from scripts.cassettes.scenarios import SCENARIOS
from scripts.cassettes.studio import play

from .support import Played, cassette_of


@pytest.fixture
def played(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> Played:
    """What `plays` asks for: every request in the cassette was made, in turn, and no other."""
    name, client_class = request.param
    cassette = cassette_of(name)
    record_property("requests answered by cassettes", len(cassette.interactions))
    return Played(name, play(SCENARIOS[name], cassette, client_class), cassette)
