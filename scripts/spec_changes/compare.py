"""Compare a new document with the slice in the repository."""

from __future__ import annotations

import json
from collections.abc import Iterator

from attrs import define, evolve
from openapi_python_client.config import Config

from ..pipeline.document.overlay import Action, Application, Overlaid, apply_overlay
from ..pipeline.document.slicing import FACTS, Cut, cut_slice
from ..pipeline.errors import PipelineError
from ..pipeline.inputs.parsing import canonical_json
from ..pipeline.inputs.slice_config import SliceConfig
from ..pipeline.openapi import Document, Schema
from . import overlay_health
from .api import Api, Class, Operation, Part, component, is_within
from .judging import change, judge, worst_first
from .outside import outside_the_cut
from .reading import read_api
from .renames import UpstreamNames, upstream_names
from .schemas import BOUNDS
from .verdicts import Change, Finding


@define(frozen=True)
class Inputs:
    """Everything that a comparison looks at.

    Attributes:
        old_slice: The slice in the repository.
        old_overlay: The overlay that its package was made with.
        old_document: The full document that it was cut from, if that is at hand.
        new_document: The full document to compare it with.
        parser: How classes get their names; without it they are called what their titles say.
    """

    old_slice: Document
    old_overlay: list[Action]
    old_document: Document | None
    new_document: Document
    config: SliceConfig
    overlay: list[Action]
    parser: Config | None


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


@define(frozen=True)
class _Side:
    """One document, as far as it is known.

    Attributes:
        api: What its slice says with the overlay, which is what users see.
        upstream: What it says itself, with the bounds that the slice leaves out; with our names.
        applied: What the actions of the new overlay meet in it.
    """

    api: Api
    upstream: Api
    applied: tuple[Application, ...]


def compare(inputs: Inputs) -> Comparison:
    """Compare; what of the configuration or the overlay does not fit becomes a finding.

    Raises:
        PipelineError: the new document is broken, or nothing of the slice is in it.
    """
    names = upstream_names(inputs.old_slice, inputs.new_document, inputs.config)
    cut = cut_slice(inputs.new_document, inputs.config)
    inputs = evolve(
        inputs,
        old_slice=names.in_document(inputs.old_slice),
        old_document=inputs.old_document and names.in_document(inputs.old_document),
        config=names.in_config(inputs.config),
    )
    adapted = cut_slice(inputs.new_document, inputs.config) if cut.problems else cut
    new_slice: Document = json.loads(canonical_json(adapted.document))  # as it will be stored
    if not new_slice["paths"]:
        raise PipelineError(
            "spec/slice.yaml",
            "the document has none of the operations that it names",
            "Check that it is Stripe's document, and correct the names",
        )
    overlaid = apply_overlay(new_slice, inputs.overlay, names.in_target)
    before, after = _sides(inputs, names, new_slice, overlaid.document)
    changes = worst_first([*judge(before.api, after.api), *_renamed(names, before.api)])
    findings = [
        *_config_findings(cut, adapted, names),
        *overlay_health.findings(overlaid, names, before.applied, after.applied),
        *overlay_health.undescribed(before.api, after.api, inputs.new_document),
    ]
    return Comparison(
        new_slice=new_slice,
        document=overlaid.document,
        old_version=str(inputs.old_slice["info"]["version"]),
        changes=tuple(changes),
        hidden=tuple(_hidden(before, after, changes)),
        findings=tuple(findings),
        outside=tuple(
            outside_the_cut(
                before.api, after.api, inputs.old_document, inputs.new_document, inputs.config
            )
        ),
    )


def _sides(
    inputs: Inputs, names: UpstreamNames, new_slice: Document, overlaid: Document
) -> list[_Side]:
    """The old document and the new one."""

    def on(document: Document, actions: list[Action]) -> Overlaid:
        return apply_overlay(document, actions, names.in_target)

    apis = [
        read_api(on(inputs.old_slice, inputs.old_overlay).document, inputs.parser),
        read_api(overlaid, inputs.parser),
    ]
    bounded = [inputs.old_slice, _with_bounds(inputs.new_document, inputs.config)]
    comparable = [inputs.old_slice, new_slice]
    if inputs.old_document is not None:
        before = _with_bounds(inputs.old_document, inputs.config)
        if before["paths"]:  # else spec/slice.yaml has been edited since, and fits the new one only
            comparable = bounded = [before, bounded[1]]
    overlays = map(overlay_health.names_only, (inputs.old_overlay, inputs.overlay))
    try:
        upstream = [read_api(on(*pair).document) for pair in zip(comparable, overlays, strict=True)]
    except PipelineError:  # the templates need our corrections
        upstream = apis
    shown = [
        {place: evolve(part, stated=stated.get(place)) for place, part in api.items()}
        for api, stated in zip(apis, upstream, strict=True)
    ]
    applied = [on(document, inputs.overlay).applied for document in bounded]
    return [*map(_Side, shown, upstream, applied)]


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
        part = old.get((Class, where)) or Part(where, now, (now,), {})
        yield change("schema-renamed", part, part, was=was, now=now)
    for was, now in names.paths.items():
        where = f"$.paths[{now!r}]"
        operations = [part for part in old.values() if isinstance(part, Operation)]
        symbols = [one.symbols[0] for one in operations if is_within(one.where, where)]
        part = Part(where, now, tuple(symbols), {})
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


def _hidden(before: _Side, after: _Side, visible: list[Change]) -> Iterator[Hidden]:
    """What has changed upstream and would be seen if the overlay changed no facts."""
    seen = {(change.kind, change.where) for change in visible}
    overrides = [one for one in after.applied if one.action.is_override]
    for found in judge(before.upstream, after.upstream):
        responsible = tuple(
            one.action
            for one in overrides
            if any(is_within(found.where, path.removesuffix(".required")) for path in one.matches)
        )
        if responsible and (found.kind, found.where) not in seen:
            yield Hidden(found, responsible)
