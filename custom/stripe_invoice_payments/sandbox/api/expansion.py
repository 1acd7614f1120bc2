"""Expansion: ids in a response replaced by the objects that they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol, TypeAlias

from stripe_invoice_payments_api.models import JSONObject, JSONValue

from . import believed
from .errors import ApiError, cannot_expand

Tree: TypeAlias = dict[str, "Tree"]
"""What to expand, as nested names: `{"data": {"invoice": {"payments": {}}}}`."""


class Objects(Protocol):
    """Where the objects are found that ids name."""

    def find(self, kind: str, object_id: str) -> JSONObject | None:
        """The object with this id, or None."""

    def include_payments(self, invoice: JSONObject, limit: int) -> None:
        """Give an invoice its `limit` newest payments as a list."""


class _Field(NamedTuple):
    """A name that can be part of a path, and the kind of object behind it.

    A container is part of the response in any case; a path only leads through it. Of containers, a
    path can end only in the objects of a list, where that changes nothing.
    """

    kind: str
    container: bool = False
    ends: bool = False


# Only the kinds of objects that the sandbox has. Stripe can expand more: `invoice.customer`.
_FIELDS: Mapping[str, Mapping[str, _Field]] = {
    **{
        f"list of {kind}": {"data": _Field(kind, container=True, ends=True)}
        for kind in ("invoice_payment", "invoice", "event", "account")
    },
    "invoice_payment": {"invoice": _Field("invoice"), "payment": _Field("payment", container=True)},
    "payment": {
        "charge": _Field("charge"),
        "payment_intent": _Field("payment_intent"),
        "payment_record": _Field("payment_record"),
    },
    "invoice": {"payments": _Field("list of invoice_payment")},
    "payment_intent": {"latest_charge": _Field("charge")},
    "charge": {"payment_intent": _Field("payment_intent")},
    "payment_record": {},
    "event": {},
    "account": {},
}


def read_expand(paths: Iterable[str], kind: str) -> Tree:
    """The tree of all `paths` into an object of this kind; an invalid path is an error."""
    tree: Tree = {}
    for path in paths:
        _check_path(path, kind)
        branch = tree
        for name in path.split("."):
            branch = branch.setdefault(name, {})
    return tree


def expand(value: JSONObject, tree: Tree, kind: str, objects: Objects) -> None:
    """Expand an object of this kind in place. Null and absent fields stay as they are."""
    for name, branch in tree.items():
        field = _FIELDS[kind][name]
        if (kind, name) == ("invoice", "payments"):
            objects.include_payments(value, believed.EMBEDDED_LIST_LIMIT)
        child = value.get(name)
        if isinstance(child, str):
            child = value[name] = objects.find(field.kind, child)
        _expand_inside(child, branch, field.kind, objects)


def _expand_inside(child: JSONValue, tree: Tree, kind: str, objects: Objects) -> None:
    for element in child if isinstance(child, list) else [child]:
        if isinstance(element, dict):
            expand(element, tree, kind, objects)


def _check_path(path: str, kind: str) -> None:
    names = path.split(".")
    if len(names) > believed.MAX_EXPAND_LEVELS:
        raise cannot_expand(path, f"no more than {believed.MAX_EXPAND_LEVELS} levels")
    field = _Field(kind, container=True)
    for name in names:
        inner = _FIELDS[field.kind].get(name)
        if inner is None:
            raise _leads_nowhere(path, kind)
        field = inner
    if field.container and not field.ends:
        raise _leads_nowhere(path, kind)


def _leads_nowhere(path: str, kind: str) -> ApiError:
    expandable = ", ".join(_expandable(kind))
    return cannot_expand(path, f"the sandbox can expand {expandable}, and what is inside them")


def _expandable(kind: str) -> Iterable[str]:
    """The shortest paths that can be expanded on an object of this kind."""
    for name, field in _FIELDS[kind].items():
        if field.container:
            yield from (f"{name}.{inner}" for inner in _expandable(field.kind))
        else:
            yield name
