"""The API keys of the sandbox, and what each of them opens.

None of them looks like a real secret, so that no scanner stumbles over a test that shows one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ... import _defaults

TEST_KEY = _defaults.SANDBOX_KEY
LIVE_KEY = "sk_live_in_sandbox"
EXPIRED_KEY = "sk_test_expired"
RESTRICTED_KEY = "rk_test_limited"


class Grant(NamedTuple):
    """What a key opens."""

    livemode: bool = False
    expired: bool = False
    permitted: bool = True
    """Whether the key may use these endpoints."""


GRANTS: Mapping[str, Grant] = {
    TEST_KEY: Grant(),
    LIVE_KEY: Grant(livemode=True),
    EXPIRED_KEY: Grant(expired=True),
    RESTRICTED_KEY: Grant(permitted=False),
}
