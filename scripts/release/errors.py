"""The one error of a release."""

from __future__ import annotations


class ReleaseError(Exception):
    """The release stops here.

    `str(error)` is one line: where, what is wrong, what to do about it.
    """

    def __init__(self, where: object, problem: str, remedy: str) -> None:
        super().__init__(" ".join(f"{where}: {problem}. {remedy}.".split()))


class UploadError(ReleaseError):
    """An upload failed; other files may have arrived."""
