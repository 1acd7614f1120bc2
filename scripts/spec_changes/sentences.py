"""Every kind of change that users notice: what it means for them, and what the report says of it.

A sentence is read after the first symbol of the change. Where an effect or a sentence depends on
more than the kind, `judging` departs from these.
"""

from __future__ import annotations

from .api import Part
from .verdicts import Change, Effect

CALLERS, READERS, ADDITIVE, DOCS = Effect

VERDICTS: dict[str, tuple[Effect, str]] = {
    # The API as a whole
    "api-version": (
        ADDITIVE,
        "is {new}, was {old}; every request asks for it unless `stripe_version` says otherwise",
    ),
    "base-url-changed": (CALLERS, "requests go to {new}, and no longer to {old}"),
    "security-changed": (CALLERS, "authentication is {new}, and no longer {old}"),
    "path-renamed": (
        DOCS,
        "Stripe serves it under {new} now, was {old}; the operation is the same",
    ),
    "schema-renamed": (
        DOCS,
        "Stripe calls the schema `{new}` now, was `{old}`; it is the same object",
    ),
    # Operations and what they return
    "operation-added": (ADDITIVE, "new operation {name}"),
    "operation-removed": (CALLERS, "the operation {name} is gone"),
    "operation-renamed": (CALLERS, "is called `{new}` now"),
    "answer-added": (ADDITIVE, "{response} is described now"),
    "answer-removed": (READERS, "{response} is not described any more"),
    "answer-changed": (READERS, "{response} is `{new}`, was `{old}`"),
    # Classes and fields, for those who read them
    "class-added": (ADDITIVE, "new class"),
    "class-removed": (READERS, "the class is gone"),
    "class-renamed": (READERS, "is called `{new}` now"),
    "field-added": (ADDITIVE, "new field: {kinds}{values}{null}"),
    "field-removed": (
        READERS,
        "the field is gone; if Stripe still sends it, it is in `additional_properties`",
    ),
    "type-changed": (READERS, "is {new} now, was {old}"),
    "type-narrowed": (ADDITIVE, "is always {new} now, was {old}"),
    "format-changed": (DOCS, "its format is {new}, was {old}"),
    "time-added": (ADDITIVE, "new: the field is a point in time"),
    "time-removed": (READERS, "gone: the field is not a point in time any more"),
    "secret-changed": (DOCS, "is {shown} `repr` now"),
    "null-allowed": (READERS, "null is allowed now"),
    "null-not-allowed": (ADDITIVE, "null is not allowed any more"),
    "made-optional": (READERS, "it may be absent now"),
    "made-required": (ADDITIVE, "it is always present now"),
    "constant-changed": (READERS, "is always {new} now, was {old}"),
    "enum-added": (ADDITIVE, "its known values are listed now: {values}"),
    "enum-removed": (DOCS, "its known values are not listed any more: {values}"),
    "enum-value-added": (ADDITIVE, "new known {noun} {values}"),
    "enum-value-removed": (DOCS, "known {noun} {values} gone; read as before if sent"),
    "expansion-added": (READERS, "can be expanded now: {new}, was {old}"),
    "expansion-removed": (READERS, "cannot be expanded any more, so `expand` refuses it: {new}"),
    "expansion-target-added": (ADDITIVE, "can be expanded to {targets} now (as {classes})"),
    "expansion-target-removed": (DOCS, "is never expanded to {targets} any more"),
    # Parameters, for those who pass them
    "parameter-added": (ADDITIVE, "new parameter: {kinds}{values}"),
    "required-parameter-added": (
        CALLERS,
        "new parameter: {kinds}{values}; it is required, so every call without it is refused",
    ),
    "parameter-removed": (CALLERS, "the parameter is gone; Stripe refuses requests that have it"),
    "parameter-made-required": (CALLERS, "is required now, so calls without it are refused"),
    "parameter-made-optional": (ADDITIVE, "can be left out now"),
    "parameter-moved": (CALLERS, "is sent as {new}, was {old}"),
    "parameter-type-widened": (ADDITIVE, "takes {new} now, not only {old}{limits}"),
    "parameter-type-narrowed": (CALLERS, "takes only {new} now, was {old}"),
    "parameter-type-changed": (CALLERS, "takes {new} now, was {old}"),
    "parameter-enum-added": (CALLERS, "takes only {values} as `{kind}` now, was any"),
    "parameter-enum-removed": (ADDITIVE, "takes any `{kind}` now, was {values} only"),
    "parameter-value-added": (ADDITIVE, "takes {values} as `{kind}` as well now"),
    "parameter-value-removed": (CALLERS, "does not take {values} as `{kind}` any more"),
    "bound-tightened": (
        CALLERS,
        "as {place}, its `{bound}` is {new} now, was {old}; Stripe refuses other values",
    ),
    "bound-loosened": (ADDITIVE, "as {place}, its `{bound}` is {new} now, was {old}"),
    # Either
    "default-changed": (DOCS, "its default is {new} now, was {old}"),
    "deprecated": (DOCS, "is deprecated by Stripe now"),
    "not-deprecated": (DOCS, "is not deprecated by Stripe any more"),
}


def change(
    kind: str,
    part: Part,
    /,
    *,
    where: str = "",
    symbols: tuple[str, ...] = (),
    effect: Effect | None = None,
    sentence: str = "",
    caution: str = "",
    **facts: object,
) -> Change:
    """A change of this kind to a part; `facts` complete its sentence."""
    usual_effect, usual_sentence = VERDICTS[kind]
    return Change(
        kind,
        where or part.where,
        symbols or part.symbols,
        effect or usual_effect,
        (sentence or usual_sentence).format(**facts),
        caution,
    )
