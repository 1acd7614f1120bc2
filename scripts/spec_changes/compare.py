"""Compare a new document with the slice in the repository."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

from attrs import define, evolve
from openapi_python_client.config import Config

from ..pipeline.document.overlay import Action, Application, apply_overlay
from ..pipeline.document.slicing import FACTS, Cut, cut_slice
from ..pipeline.errors import PipelineError
from ..pipeline.inputs.parsing import canonical_json
from ..pipeline.inputs.slice_config import SliceConfig
from ..pipeline.openapi import Document, Schema
from . import overlay_health
from .api import Api, Part, component, is_within
from .judging import change, judge, worst_first
from .outside import outside_the_cut
from .reading import read_api
from .renames import UpstreamNames, upstream_names
from .schemas import BOUNDS
from .verdicts import Change, Finding


@define(frozen=True)
class Hidden:
    """A change upstream that an override keeps from users."""

    change: Change
    overrides: tuple[Action, ...]


@define(frozen=True)
class Comparison:
    """What a new document means for users and for the overlay.

    Attributes:
        document: The slice of the new document with the overlay, as far as it fits.
        changes: What users notice, worst first.
        hidden: What overrides keep from them.
        findings: About the slice's configuration and the overlay.
        outside: About what lies just outside the cut.
    """

    new_slice: Document
    document: Document
    old_version: str
    changes: tuple[Change, ...]
    hidden: tuple[Hidden, ...]
    findings: tuple[Finding, ...]
    outside: tuple[Finding, ...]

    @property
    def new_version(self) -> str:
        return str(self.new_slice["info"]["version"])

    @property
    def blocking(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.blocking]


def compare(
    *,
    old_slice: Document,
    old_overlay: list[Action],
    old_document: Document | None,
    new_document: Document,
    config: SliceConfig,
    overlay: list[Action],
    parser: Config | None,
) -> Comparison:
    """Compare; what of the configuration or the overlay does not fit becomes a finding.

    Args:
        old_slice: The slice in the repository.
        old_overlay: The overlay that its package was made with.
        old_document: The full document that it was cut from, if that is at hand.
        new_document: The full document to compare it with.
        config: How the new slice is cut.
        overlay: The overlay for it.
        parser: How classes get their names; without it they are called what their titles say.

    Raises:
        PipelineError: the new document is broken, or nothing of the slice is in it.
    """
    names = upstream_names(old_slice, new_document, config)
    cut = cut_slice(new_document, config)
    old_slice, config = names.in_document(old_slice), names.in_config(config)
    old_document = old_document and names.in_document(old_document)
    adapted = cut_slice(new_document, config) if cut.problems else cut
    new_slice: Document = json.loads(canonical_json(adapted.document))  # as it will be stored
    if not new_slice["paths"]:
        raise PipelineError(
            "spec/slice.yaml",
            "the document has none of the operations that it names",
            "Check that it is Stripe's document, and correct the names",
        )
    with_overlay = partial(apply_overlay, new_name=names.in_target)
    overlaid = with_overlay(new_slice, overlay)
    old, new = (
        read_api(document, parser)
        for document in (with_overlay(old_slice, old_overlay).document, overlaid.document)
    )
    # What Stripe says itself, with the bounds that the slice leaves out, and with our names, which
    # no override gives.
    full = [old_slice, _with_bounds(new_document, config)]
    stated = [old_slice, new_slice]
    if old_document is not None:
        before = _with_bounds(old_document, config)
        if before["paths"]:  # else spec/slice.yaml has been edited since, and fits the new one only
            stated = full = [before, full[1]]
    names_only = [[one for one in each if not one.is_override] for each in (old_overlay, overlay)]
    try:
        upstream = [
            read_api(with_overlay(*pair).document) for pair in zip(stated, names_only, strict=True)
        ]
    except PipelineError:  # the templates need our corrections
        upstream = [old, new]
    old, new = (
        {place: evolve(part, stated=facts.get(place)) for place, part in api.items()}
        for api, facts in zip((old, new), upstream, strict=True)
    )
    changes = worst_first([*judge(old, new), *_renamed(names, old)])
    met = [with_overlay(document, overlay).applied for document in full]
    return Comparison(
        new_slice=new_slice,
        document=overlaid.document,
        old_version=str(old_slice["info"]["version"]),
        changes=tuple(changes),
        hidden=tuple(_hidden(judge(*upstream), changes, met[1])),
        findings=(
            *_config_findings(cut, adapted, names),
            *overlay_health.findings(overlaid, names, *met),
            *overlay_health.undescribed(old, new, new_document),
        ),
        outside=tuple(outside_the_cut(old, new, old_document, new_document, config)),
    )


def _with_bounds(document: Document, config: SliceConfig) -> Document:
    """The slice of a full document, with what the slice in the repository leaves out."""
    cut = cut_slice(document, config, (*FACTS, *BOUNDS, "default", "deprecated")).document
    for path, methods in cut["paths"].items():
        for method, operation in methods.items():
            whole: Schema = document["paths"][path].get(method, {})
            operation |= {key: whole[key] for key in ("deprecated", "security") if key in whole}
    return cut


def _renamed(names: UpstreamNames, old: Api) -> Iterator[Change]:
    for was, now in names.schemas.items():
        where = component(now)
        part = old.get(("class", where)) or Part("class", where, now, (now,), {})
        yield change("schema-renamed", part, part, was=was, now=now)
    for was, now in names.paths.items():
        where = f"$.paths[{now!r}]"
        operations = [part for part in old.values() if part.noun == "operation"]
        symbols = [one.symbols[0] for one in operations if is_within(one.where, where)]
        part = Part("operation", where, now, tuple(symbols), {})
        yield change("path-renamed", part, part, was=was, now=now)


def _config_findings(cut: Cut, adapted: Cut, names: UpstreamNames) -> Iterator[Finding]:
    """What spec/slice.yaml names in vain; `adapted` has been cut with the new names in it."""
    for problem in cut.problems:
        _, *method, name = problem.subject.split(" ")
        remedy = problem.remedy
        if new := (names.paths if method else names.schemas).get(name):
            remedy = f"Write `{' '.join([*method, new])}` there: Stripe has renamed it"
        elif new := names.guesses.get(name):
            remedy = f"Remove it there; `{new}` has taken its place, with other fields"
        if problem.kind == "missing-in-document":
            yield evolve(Finding.of(problem), remedy=remedy)
    yield from (Finding.of(p) for p in adapted.problems if p.kind == "unused-schema")


def _hidden(
    upstream: list[Change], visible: list[Change], met: tuple[Application, ...]
) -> Iterator[Hidden]:
    """What has changed upstream and would be seen if the overlay changed no facts."""
    seen = {(change.kind, change.where) for change in visible}
    for found in upstream:
        responsible = tuple(
            one.action
            for one in met
            if one.action.is_override
            and any(is_within(found.where, path.removesuffix(".required")) for path in one.matches)
        )
        if responsible and (found.kind, found.where) not in seen:
            yield Hidden(found, responsible)
