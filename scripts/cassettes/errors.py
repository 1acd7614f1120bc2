"""What can go wrong when cassettes are recorded or replayed."""

from __future__ import annotations

from ..errors import CommandError


class RecordingError(CommandError):
    """Nothing was recorded; the cassettes are as they were."""


class ReplayError(AssertionError):
    """A replay did something else than its cassette says."""
