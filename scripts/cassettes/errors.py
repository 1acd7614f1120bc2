"""What can go wrong when cassettes are recorded or replayed."""

from __future__ import annotations


class RecordingError(Exception):
    """Nothing was recorded; the cassettes are as they were.

    `str(error)` is one line: where, what is wrong, what to do about it.
    """

    def __init__(self, where: object, problem: str, remedy: str) -> None:
        super().__init__(" ".join(f"{where}: {problem}. {remedy}.".split()))


class ReplayError(AssertionError):
    """A replay did something else than its cassette says."""
