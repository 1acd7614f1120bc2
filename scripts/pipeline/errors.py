"""What the pipeline raises."""

from __future__ import annotations

from ..errors import CommandError


class PipelineError(CommandError):
    """The pipeline refuses to go on; nothing under `spec/` or `generated/` was changed."""


class MisfitError(PipelineError):
    """A part of the configuration that does not fit the document; the rest can still be used.

    Steps return these with their result, in order: `regenerate` raises the first, and
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
