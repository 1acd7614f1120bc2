"""Compare a new document with the slice in the repository, and take it over."""

from __future__ import annotations

import json
from collections.abc import Iterator

from attrs import define, evolve
from openapi_python_client.config import Config

from ..pipeline.document.overlay import Action, Application, apply_overlay, step
from ..pipeline.document.slicing import Cut, cut_slice
from ..pipeline.errors import PipelineError
from ..pipeline.inputs.parsing import canonical_json
from ..pipeline.inputs.slice_config import SliceConfig
from ..pipeline.openapi import Document
from . import outside, overlay_health
from .api import Api, is_within
from .bounds import WITH_BOUNDS, bound_changes, operation_changes
from .classify import classify, worst_first
from .overlay_health import names_only
from .reading import read_api
from .renames import UpstreamNames, upstream_names
from .verdicts import Change, Effect, Finding


@define(frozen=True)
class Inputs:
    """Everything that a comparison looks at.

    Attributes:
        old_slice: The slice in the repository.
        old_overlay: The overlay that its package was made with.
        old_document: The full document that it was cut from, if that is at hand.
        new_document: The full document to compare it with.
        config: What is cut.
        overlay: Our names, prose and corrections.
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
        new_slice: The slice of the new document.
        document: That slice with the overlay, as far as it fits.
        changes: What users notice, worst first.
        hidden: What overrides keep from them.
        findings: About the slice's configuration and the overlay.
        outside: About what lies just outside the cut.
        overrides: The overrides in force.
    """

    new_slice: Document
    document: Document
    old_version: str
    changes: tuple[Change, ...]
    hidden: tuple[Hidden, ...]
    findings: tuple[Finding, ...]
    outside: tuple[Finding, ...]
    overrides: tuple[Action, ...]

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
    config = names.in_config(inputs.config)
    cut = cut_slice(inputs.new_document, inputs.config)
    adapted = cut_slice(inputs.new_document, config) if cut.problems else cut
    new_slice: Document = json.loads(canonical_json(adapted.document))  # as it will be stored
    if not new_slice["paths"]:
        raise PipelineError(
            "spec/slice.yaml",
            "the document has none of the operations that it names",
            "Check that it is Stripe's document, and correct the names",
        )
    old_slice = names.in_slice(inputs.old_slice)
    overlaid = apply_overlay(new_slice, inputs.overlay, names.in_target)
    old = apply_overlay(old_slice, inputs.old_overlay, names.in_target)
    with_bounds = _with_bounds(inputs, names, old_slice)
    apis = [read_api(seen.document, inputs.parser) for seen in (old, overlaid)]
    upstream = _upstream(inputs, names, with_bounds) or apis
    applied = (apply_overlay(d, inputs.overlay, names.in_target).applied for d in with_bounds)
    before, after = map(_Side, apis, upstream, applied)
    changes = worst_first(
        [
            *classify(before.api, after.api),
            *_bounds(inputs, names, before, after),
            *_renamed(names, before.api),
        ]
    )
    findings = [
        *_config_findings(cut, adapted, names),
        *overlay_health.findings(overlaid, names, before.applied, after.applied),
        *overlay_health.undescribed(before.api, after.api, inputs.new_document),
    ]
    return Comparison(
        new_slice=new_slice,
        document=overlaid.document,
        old_version=before.api.api_version,
        changes=tuple(changes),
        hidden=tuple(_hidden(before, after, changes)),
        findings=tuple(findings),
        outside=tuple(_outside(inputs, names, before.api, after.api)),
        overrides=tuple(action for action in inputs.overlay if action.is_override),
    )


def _upstream(
    inputs: Inputs, names: UpstreamNames, with_bounds: tuple[Document, Document]
) -> list[Api] | None:
    """What both documents say without our corrections; None if the templates need these."""
    overlays = (inputs.old_overlay, inputs.overlay)
    try:
        return [
            read_api(apply_overlay(document, names_only(actions), names.in_target).document)
            for document, actions in zip(with_bounds, overlays, strict=True)
        ]
    except PipelineError:
        return None


def _with_bounds(
    inputs: Inputs, names: UpstreamNames, old_slice: Document
) -> tuple[Document, Document]:
    """Both slices with the bounds that the stored slice does not have, as far as they are known."""
    after = cut_slice(inputs.new_document, names.in_config(inputs.config), WITH_BOUNDS).document
    if inputs.old_document is None:
        return old_slice, after
    before = cut_slice(inputs.old_document, inputs.config, WITH_BOUNDS).document
    if not before["paths"]:  # spec/slice.yaml has been edited since, and fits the new one only
        return old_slice, after
    return names.in_slice(before), after


def _bounds(inputs: Inputs, names: UpstreamNames, before: _Side, after: _Side) -> Iterator[Change]:
    """What is different in bounds, defaults, deprecations, and in single operations."""
    old, new = before.upstream, after.upstream
    if inputs.old_document is None:  # only the overlay's own bounds can be compared
        old = evolve(old, members={w: m for w, m in new.members.items() if w in old.members})
    yield from bound_changes(old, new, before.api, after.api)
    if inputs.old_document is not None:
        paths = names.in_paths(inputs.old_document["paths"])
        symbols = {where: operation.symbols for where, operation in after.api.operations.items()}
        config = names.in_config(inputs.config)
        yield from operation_changes({"paths": paths}, inputs.new_document, config, symbols)


def _renamed(names: UpstreamNames, old: Api) -> Iterator[Change]:
    for before, after in names.schemas.items():
        where = f"$.components.schemas.{after}"
        symbols = old.classes[where].symbols if where in old.classes else (after,)
        text = f"Stripe calls the schema `{after}` now, was `{before}`; it is the same object"
        yield Change("schema-renamed", where, symbols, Effect.DOCS, text)
    for before, after in names.paths.items():
        symbols = tuple(op.symbols[0] for op in old.operations.values() if after in op.where)
        text = f"Stripe serves it under {after} now, was {before}; the operation is the same"
        yield Change("path-renamed", f"$.paths[{after!r}]", symbols, Effect.DOCS, text)


def _config_findings(cut: Cut, adapted: Cut, names: UpstreamNames) -> Iterator[Finding]:
    """What spec/slice.yaml names in vain; `adapted` has been cut with the new names in it."""
    moved = {f"schema {old}": new for old, new in names.schemas.items()}
    moved |= {
        f"operation {method} {old}": f"{method} {new}"
        for old, new in names.paths.items()
        for method in ("GET", "POST", "DELETE")
    }
    guesses = {f"schema {old}": new for old, new in names.guesses.items()}
    for problem in cut.problems:
        remedy = problem.remedy
        if new := moved.get(problem.subject):
            remedy = f"Write `{new}` there: Stripe has renamed it"
        elif new := guesses.get(problem.subject):
            remedy = f"Remove it there; `{new}` has taken its place, with other fields"
        if problem.kind == "missing-in-document":
            yield evolve(Finding.of(problem), remedy=remedy)
    yield from (Finding.of(p) for p in adapted.problems if p.kind == "unused-schema")


def _hidden(before: _Side, after: _Side, visible: list[Change]) -> Iterator[Hidden]:
    """What has changed upstream and would be seen if the overlay changed no facts."""
    seen = {(change.kind, change.where) for change in visible}
    for change in classify(before.upstream, after.upstream):
        if (change.kind, change.where) in seen:
            continue
        responsible = tuple(
            application.action
            for application in after.applied
            if application.action.is_override
            and any(_concerns(path, change.where) for path in application.matches)
        )
        if responsible:
            yield Hidden(change, responsible)


def _concerns(path: str, where: str) -> bool:
    return is_within(where, path.removesuffix(".required"))


def _outside(inputs: Inputs, names: UpstreamNames, old: Api, new: Api) -> Iterator[Finding]:
    config = names.in_config(inputs.config)
    yield from outside.outside_the_cut(old, new, inputs.new_document, config)
    if inputs.old_document is None:
        return
    classes = {
        name: new.classes[where].title
        for name in inputs.new_document["components"]["schemas"]
        if (where := f"$.components.schemas{step(name)}") in new.classes
    }
    yield from outside.neighbours(inputs.old_document, inputs.new_document, config, classes)
    old_paths = names.in_paths(inputs.old_document["paths"])
    yield from outside.new_operations(old_paths, inputs.new_document["paths"], config)
