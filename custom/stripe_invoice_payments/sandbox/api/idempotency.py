"""Idempotency keys: a response is saved, and returned again for the same request."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from . import believed


class SavedResponse(NamedTuple):
    """The response to the first request with a key."""

    parameters: bytes
    """The path and the parameters of that request."""

    request_id: str
    status: int
    body: bytes


class IdempotencyKeys:
    """The keys of all accounts. Callers hold the core's lock."""

    def __init__(self) -> None:
        self._saved: dict[Hashable, SavedResponse] = {}
        self._in_use: set[Hashable] = set()

    def clear(self) -> None:
        """Forget every response."""
        self._saved.clear()

    def enter(self, key: Hashable) -> bool:
        """Note that a request with this key is in progress; False if one is already."""
        if key in self._in_use:
            return False
        self._in_use.add(key)
        return True

    def leave(self, key: Hashable) -> None:
        """Note that the request is done with."""
        self._in_use.discard(key)

    def find(self, account: Hashable, key: str, parameters: bytes) -> SavedResponse | None:
        """The response that was saved for a key; an error for one with other parameters."""
        if len(key) > believed.MAX_IDEMPOTENCY_KEY:
            raise believed.key_too_long()
        saved = self._saved.get((account, key))
        if saved is not None and saved.parameters != parameters:
            raise believed.key_reused(key)
        return saved

    def save(self, account: Hashable, key: str, response: SavedResponse) -> None:
        """Save the response to the first request with a key."""
        self._saved[account, key] = response
