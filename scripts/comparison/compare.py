"""Put a new document beside the slice in the repository."""

from __future__ import annotations

import json
from collections.abc import Iterator

from attrs import define, evolve
from openapi_python_client.config import Config

from ..pipeline.documents import Document, Schema, canonical_json
from ..pipeline.errors import PipelineError
from ..pipeline.overlay import Action, apply_overlay
from ..pipeline.parsing import parse
from ..pipeline.slicing import Cut, SliceConfig, cut_slice
from . import outside, overlay_health
from .bounds import WITH_BOUNDS, bound_changes, operation_changes
from .classify import classify, worst_first
from .facts import ApiFacts, read_facts
from .overlay_health import names_only
from .upstream_names import UpstreamNames, upstream_names
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


def compare(inputs: Inputs) -> Comparison:
    """Compare; what of the configuration or the overlay does not fit becomes a finding.

    Raises:
        PipelineError: the new document is broken, or nothing of the slice is in it.
    """
    names = upstream_names(inputs.old_slice, inputs.new_document, inputs.config)
    config = names.in_config(inputs.config)
    cut = cut_slice(inputs.new_document, inputs.config)
    adapted = cut_slice(inputs.new_document, config) if cut.problems else cut
    new_slice = _as_stored(adapted.document)
    if not new_slice["paths"]:
        raise PipelineError(
            "spec/slice.yaml",
            "the document has none of the operations that it names",
            "Check that it is Stripe's document, and correct the names",
        )
    old_slice = names.in_slice(inputs.old_slice)
    overlaid = apply_overlay(new_slice, inputs.overlay, names.in_target)
    document = overlaid.document
    before, after = _with_bounds(inputs, names, config, old_slice)
    applied_before = apply_overlay(before, inputs.overlay, names.in_target).applied
    applied_after = apply_overlay(after, inputs.overlay, names.in_target).applied
    old_document = apply_overlay(old_slice, inputs.old_overlay, names.in_target).document
    old, new = _facts(old_document, inputs.parser), _facts(document, inputs.parser)
    changes = worst_first(
        [
            *classify(old, new),
            *_bounds(inputs, names, (before, after), (old, new)),
            *_renamed(names, old),
        ]
    )
    prose = overlay_health.upstream_prose(inputs.new_document, new_slice)
    findings = [
        *_config_findings(cut, adapted, names),
        *overlay_health.renamed_targets(overlaid.applied, names),
        *overlay_health.stale_actions(overlaid),
        *overlay_health.contradictions(applied_before, applied_after),
        *overlay_health.unmet_requirements(document),
        *overlay_health.unreasoned(inputs.overlay),
        *overlay_health.undescribed(old, new, prose),
    ]
    return Comparison(
        new_slice=new_slice,
        document=document,
        old_version=old.api_version,
        changes=tuple(changes),
        hidden=tuple(_hidden(inputs, names, old_slice, new_slice, changes)),
        findings=tuple(findings),
        outside=tuple(_outside(inputs, names, old, new, new_slice)),
        overrides=tuple(action for action in inputs.overlay if action.is_override),
    )


def _with_bounds(
    inputs: Inputs, names: UpstreamNames, config: SliceConfig, old_slice: Document
) -> tuple[Document, Document]:
    """Both slices with the bounds that the stored slice does not have, as far as they are known."""
    after = cut_slice(inputs.new_document, config, WITH_BOUNDS).document
    if inputs.old_document is None:
        return old_slice, after
    before = cut_slice(inputs.old_document, inputs.config, WITH_BOUNDS).document
    if not before["paths"]:  # spec/slice.yaml has been edited since, and fits the new one only
        return old_slice, after
    return names.in_slice(before), after


def _bounds(
    inputs: Inputs,
    names: UpstreamNames,
    slices: tuple[Document, Document],
    overlaid: tuple[ApiFacts, ApiFacts],
) -> Iterator[Change]:
    """What is different in bounds, defaults, deprecations, and in single operations."""
    ours = (names_only(actions) for actions in (inputs.old_overlay, inputs.overlay))
    old, new = (
        read_facts(apply_overlay(document, actions, names.in_target).document, _title)
        for document, actions in zip(slices, ours, strict=True)
    )
    if inputs.old_document is None:
        known = overlaid[0].members.keys()
        old = evolve(old, members={w: m for w, m in new.members.items() if w in known})
    yield from bound_changes(old, new, *overlaid)
    if inputs.old_document is not None:
        paths = names.in_paths(inputs.old_document["paths"])
        symbols = {where: operation.symbols for where, operation in overlaid[1].operations.items()}
        config = names.in_config(inputs.config)
        yield from operation_changes({"paths": paths}, inputs.new_document, config, symbols)


def _as_stored(document: Document) -> Document:
    stored: Document = json.loads(canonical_json(document))
    return stored


def _facts(document: Document, parser: Config | None) -> ApiFacts:
    """The facts of an overlaid document, with the names that its classes get when rendered."""
    try:
        class_names = parse(document, parser).class_names if parser else {}
    except PipelineError:  # rendering will say so; the titles are nearly always the names
        class_names = {}
    return read_facts(document, lambda schema: class_names.get(id(schema)) or _title(schema))


def _title(schema: Schema) -> str:
    return str(schema.get("title", "object"))


def _renamed(names: UpstreamNames, old: ApiFacts) -> Iterator[Change]:
    for before, after in names.schemas.items():
        where = f"$.components.schemas.{after}"
        symbols = tuple(fact.name for fact in old.classes.values() if fact.where == where)
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


def _hidden(
    inputs: Inputs,
    names: UpstreamNames,
    old_slice: Document,
    new_slice: Document,
    visible: list[Change],
) -> Iterator[Hidden]:
    """What has changed upstream and would be seen if the overlay changed no facts."""
    old = apply_overlay(old_slice, names_only(inputs.old_overlay), names.in_target).document
    applied = apply_overlay(new_slice, inputs.overlay, names.in_target).applied
    bare = apply_overlay(new_slice, names_only(inputs.overlay), names.in_target).document
    seen = {(change.kind, change.where) for change in visible}
    for change in classify(read_facts(old, _title), read_facts(bare, _title)):
        if (change.kind, change.where) in seen:
            continue
        responsible = tuple(
            application.action
            for application in applied
            if application.action.is_override
            and any(_concerns(path, change.where) for path in application.matches)
        )
        if responsible:
            yield Hidden(change, responsible)


def _concerns(path: str, where: str) -> bool:
    path = path.removesuffix(".required")
    return where == path or where.startswith((f"{path}.", f"{path}["))


def _outside(
    inputs: Inputs, names: UpstreamNames, old: ApiFacts, new: ApiFacts, new_slice: Document
) -> Iterator[Finding]:
    config = names.in_config(inputs.config)
    yield from outside.outside_the_cut(old, new, inputs.new_document, config)
    if inputs.old_document is None:
        return
    classes = {
        name: new.classes[where].name
        for name in new_slice["components"]["schemas"]
        if (where := f"$.components.schemas.{name}") in new.classes
    }
    yield from outside.neighbours(inputs.old_document, inputs.new_document, config, classes)
    old_paths = names.in_paths(inputs.old_document["paths"])
    yield from outside.new_operations(old_paths, inputs.new_document["paths"], config)
