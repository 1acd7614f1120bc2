"""The API as our slice or the `stripe` package knows it: the form in which both are compared."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import define


@define(frozen=True)
class Item:
    """An object, a field, an operation or a parameter.

    Attributes:
        values: The known values, where it is an enum or a list of them.
        expandable: Whether it is an id that `expand` replaces by the object.
        optional: Whether the field may be missing or null, or the parameter be left out.
    """

    values: frozenset[str] = frozenset()
    expandable: bool = False
    optional: bool = False


# By a path of names: `Invoice`, `Invoice.status_transitions.paid_at`,
# `GET /v1/invoice_payments`, `GET /v1/invoice_payments.created.gte`.
Surface = Mapping[str, Item]


def parent(path: str) -> str:
    """The path of what this is a field or a parameter of; empty for an object or operation."""
    return path.rpartition(".")[0]


def class_name(object_name: str) -> str:
    """What we call the class of an object: `PaymentIntent`, `TerminalReader`."""
    return "".join(map(str.capitalize, object_name.replace(".", "_").split("_")))
