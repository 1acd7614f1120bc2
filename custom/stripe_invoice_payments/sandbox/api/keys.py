"""The API keys of the sandbox, and what each of them grants.

None looks like a real secret, so that secret scanners do not report tests that contain one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..._config import defaults as _defaults

TEST_KEY = _defaults.SANDBOX_KEY
LIVE_KEY = "sk_live_in_sandbox"
EXPIRED_KEY = "sk_test_expired"
RESTRICTED_KEY = "rk_test_limited"


class Grant(NamedTuple):
    """What a key grants."""

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
