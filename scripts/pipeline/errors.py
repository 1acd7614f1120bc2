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
