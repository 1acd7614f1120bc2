"""The one error of the pipeline."""

from __future__ import annotations

from .text import visible


class PipelineError(Exception):
    """The pipeline refuses to go on; nothing under `spec/` or `generated/` was changed.

    `str(error)` is one line: where, what is wrong, what to do about it. Names from the document
    may hold anything; what a terminal would act on is written as an escape.
    """

    def __init__(self, where: str, problem: str, remedy: str) -> None:
        self.where, self.problem, self.remedy = where, problem, remedy
        super().__init__(visible(" ".join(f"{where}: {problem}. {remedy}.".split())))


class MisfitError(PipelineError):
    """A part of the configuration that does not fit the document; the rest can still be used.

    Steps return these beside their result, in order: `regenerate` raises the first, and
    `update_spec` lists them all.

    Attributes:
        kind: A word for programs, such as `stale-action`.
        subject: The part of the configuration.
        text: What is the matter, to be read after the subject.
        reason: What the configuration gives as the reason for that part.
    """

    def __init__(
        self, kind: str, where: str, subject: str, text: str, *, remedy: str, reason: str = ""
    ) -> None:
        self.kind, self.subject, self.text, self.reason = kind, subject, text, reason
        super().__init__(where, f"{subject} {text}", remedy)
