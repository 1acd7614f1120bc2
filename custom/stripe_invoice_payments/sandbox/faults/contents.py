"""Wrong JSON: each function changes a successful response in place.

In a list, the last object is changed, so that checking only the first does not find it.
"""

from __future__ import annotations

from typing import cast

from starlette.types import Scope

from stripe_invoice_payments_api.models import JSONObject

UNKNOWN = "sandbox_unknown"
"""A field and a value that no API version has."""

_CURSORS = (b"starting_after=", b"ending_before=")


def without_cursor(scope: Scope) -> Scope:
    """The same request without its cursor, so that the first page is returned each time."""
    parameters: list[bytes] = scope["query_string"].split(b"&")
    kept = [parameter for parameter in parameters if not parameter.startswith(_CURSORS)]
    return {**scope, "query_string": b"&".join(kept)}


def empty_page(value: JSONObject) -> None:
    """A list without objects whose `has_more` is true."""
    for page in (value, value.get("payments")):
        if isinstance(page, dict) and page.get("object") == "list":
            page.update(data=[], has_more=True)


def unknown_enum_value(value: JSONObject) -> None:
    """A status that no API version has."""
    last = _last_object(value)
    if "status" in last:
        last["status"] = UNKNOWN


def unknown_field(value: JSONObject) -> None:
    """A field that no API version has, in the object and in the list around it."""
    for changed in (value, _last_object(value)):
        changed[UNKNOWN] = {"nested": [1, None, "text"]}


def null_field(value: JSONObject) -> None:
    """A null where none is allowed."""
    last = _last_object(value)
    if "currency" in last:
        last["currency"] = None


def missing_field(value: JSONObject) -> None:
    """An object without a required field."""
    _last_object(value).pop("currency", None)


def _last_object(value: JSONObject) -> JSONObject:
    """The last object of a list; the value itself if it is no list, or an empty one."""
    data = value.get("data")
    return cast("JSONObject", data[-1]) if isinstance(data, list) and data else value
