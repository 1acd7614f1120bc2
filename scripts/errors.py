"""The errors of commands: where, what is wrong, what to do about it."""

from __future__ import annotations


class CommandError(Exception):
    """A command refuses to go on; `str(error)` is one line.

    Names from documents and servers may hold anything; what a terminal would act on is written as
    an escape. Each part of `scripts/` has a subclass, so that it catches its own errors; that of
    the pipeline is in `scripts/pipeline/errors.py`.
    """

    def __init__(self, where: object, problem: str, remedy: str) -> None:
        self.where, self.problem, self.remedy = str(where), problem, remedy
        super().__init__(visible(" ".join(f"{where}: {problem}. {remedy}.".split())))


class RecordingError(CommandError):
    """Nothing was recorded; the cassettes are as they were."""


class ReleaseError(CommandError):
    """The release stops here."""


class SiteError(CommandError):
    """The site of the documentation is not what it should be."""


class UploadError(ReleaseError):
    """An upload failed; other files may have arrived."""


def visible(text: str) -> str:
    """`text` with an escape in place of what could not be seen, or would change what is seen.

    That is control characters, bidirectional overrides, halves of surrogate pairs.
    """
    return "".join(
        character
        if character.isprintable() or character == "\n"
        else character.encode("unicode_escape", "backslashreplace").decode()
        for character in text
    )
