"""Whether what a sandbox received and answered is what Stripe's own document describes.

What `Observer` saw is checked by openapi-core when a test is over, against the slice as it was cut,
without our corrections. The rules:

- A request that succeeded is one that the slice describes. One that was refused may be anything.
- Every answer, refusals included, is one that the slice describes for its request, with no field
  beyond those: the sandbox invents none.

openapi-core 0.23 has no objection to some things and too many to others. Made up for here:

- Of the style `deepObject` it reads neither arrays nor a choice between an object and a scalar.
- It passes over parameters that are not described.
- Of a form it reads no arrays; a form is checked as the JSON that means the same.
- It takes `nullable` as OpenAPI 3.0.3 does: only beside a `type`, and an enum has to list null too.
  Stripe means null wherever it says `nullable`.

It takes 40 ms an exchange, and the tests make tens of thousands. So what differs from something
that was right before only in the random parts of ids and in numbers counts as right. In a request
only numbers of five digits and more may differ, as `limit` has bounds.

Not checked by it at all: headers of answers (the slice describes none), formats such as
`unix-time`, whether a whole number is written plainly (Python reads `1_0` and `+1` as well), and
whether what `expand` asks for is expanded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from jsonschema_path import SchemaPath
from openapi_core import V30RequestValidator, V30ResponseValidator
from openapi_core.casting.schemas import oas30_write_schema_casters_factory
from openapi_core.deserializing.styles import style_deserializers
from openapi_core.deserializing.styles.factories import StyleDeserializersFactory
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.testing import MockRequest, MockResponse
from werkzeug.datastructures import MultiDict

from .observer import Exchange

_FORM = "application/x-www-form-urlencoded"

_RANDOM = re.compile(r"(?<=_)(?=[A-Za-z]*\d)[A-Za-z0-9]{8,}")
_NUMBER = re.compile(r": ?\d+(?=[,}])")
_LONG_NUMBER = re.compile(r"\d{5,}")


class Checker:
    """Knows the document, and what it has had no objection to before."""

    def __init__(self, document: dict[str, Any]) -> None:
        document = _for_openapi_core(document)
        spec = SchemaPath.from_dict(document)
        styles = StyleDeserializersFactory(
            oas30_write_schema_casters_factory,
            style_deserializers={**style_deserializers, "deepObject": _read_deep_object},
        )
        self._requests = V30RequestValidator(
            spec, style_deserializers_factory=styles, forbid_unspecified_additional_properties=True
        )
        self._answers = V30ResponseValidator(spec, forbid_unspecified_additional_properties=True)
        self._origin = document["servers"][0]["url"].rstrip("/")
        self._errors_path = min(document["paths"])
        self._good_items: set[str] = set()
        self._good_exchanges: set[Exchange] = set()

    def problems(self, exchange: Exchange) -> list[str]:
        """What is wrong with an exchange, one line each."""
        exchange, items = self._without_good_items(exchange)
        shape = _shape(exchange)
        if shape in self._good_exchanges:
            return []
        problems = list(self._problems(exchange))
        if not problems:
            self._good_items |= items
            self._good_exchanges.add(shape)
        return problems

    def _problems(self, exchange: Exchange) -> Iterator[str]:
        request = self._request(exchange)
        try:
            operation = self._requests.path_finder.find(
                request.method, f"{self._origin}{request.path}"
            ).operation
        except PathError:
            if exchange.status < 400:
                yield f"{exchange}: there is no such operation, and yet it succeeded"
                return
            # Whatever is asked for, errors look the same.
            request = self._request(exchange._replace(method="GET", path=self._errors_path))
        else:
            if exchange.status < 400:
                yield from self._problems_of_request(exchange, request, operation)
        answer = MockResponse(exchange.body, exchange.status, content_type=exchange.content_type)
        for error in self._answers.iter_errors(request, answer):
            yield f"{exchange}: answer: {_tell(error)}"

    def _request(self, exchange: Exchange) -> MockRequest:
        # An empty id leaves its slash behind, and Stripe takes that for the list.
        path = exchange.path.removesuffix("/")
        headers = {"authorization": exchange.authorization} if exchange.authorization else {}
        form = None
        if exchange.form:
            form = json.dumps(_read_form(exchange.form)).encode()
        request = MockRequest(self._origin, exchange.method, path, headers=headers, data=form)
        request.parameters.query = MultiDict(parse_qsl(exchange.query, keep_blank_values=True))
        return request

    def _problems_of_request(
        self, exchange: Exchange, request: MockRequest, operation: SchemaPath
    ) -> Iterator[str]:
        parameters: list[dict[str, Any]] = operation.read_value()["parameters"]
        styles = {p["name"]: p["style"] for p in parameters if p["in"] == "query"}
        for name in request.parameters.query:
            outer = name.partition("[")[0]
            if styles.get(outer) != "deepObject" and name not in styles:
                yield f"{exchange}: request: {name!r} is not described"
        for error in self._requests.iter_errors(request):
            yield f"{exchange}: request: {_tell(error)}"

    def _without_good_items(self, exchange: Exchange) -> tuple[Exchange, set[str]]:
        """An exchange less those items of a list that have been there before, and the others."""
        try:
            body = json.loads(exchange.body)
        except ValueError:
            return exchange, set()
        if not isinstance(body, dict) or not isinstance(body.get("data"), list):
            return exchange, set()
        items = {_shape_of_json(json.dumps(item)): item for item in body["data"]}
        new = items.keys() - self._good_items
        body["data"] = [item for shape, item in items.items() if shape in new]
        return exchange._replace(body=json.dumps(body).encode()), new


def _shape(exchange: Exchange) -> Exchange:
    """An exchange without what differs from one to the next and is of no consequence."""

    def plain(text: str) -> str:
        return _LONG_NUMBER.sub("0", _RANDOM.sub("0", text))

    return exchange._replace(
        path=plain(exchange.path),
        query=plain(exchange.query),
        form=plain(exchange.form.decode("latin-1")).encode("latin-1"),
        authorization=plain(exchange.authorization),
        body=_shape_of_json(exchange.body.decode("latin-1")).encode("latin-1"),
    )


def _shape_of_json(text: str) -> str:
    return _NUMBER.sub(":0", _RANDOM.sub("0", text))


def _for_openapi_core(node: Any) -> Any:
    """A copy that says of null what Stripe means, and that plain objects may hold anything."""
    if isinstance(node, list):
        return [_for_openapi_core(item) for item in node]
    if not isinstance(node, dict):
        return node
    copied: dict[str, Any] = {name: _for_openapi_core(value) for name, value in node.items()}
    if node.get("nullable") is True:
        if "anyOf" in node:
            copied["anyOf"].append({"type": "string", "nullable": True, "enum": [None]})
        if "enum" in node:
            copied["enum"].append(None)
    if _FORM in node:
        copied["application/json"] = copied[_FORM]
    if node.get("type") == "object" and "properties" not in node:
        copied.setdefault("additionalProperties", True)
    return copied


def _read_form(form: bytes) -> dict[str, Any]:
    """`a=1&b[]=2&b[]=3` as JSON means it."""
    read: dict[str, Any] = {}
    for name, value in parse_qsl(form.decode(), keep_blank_values=True):
        outer, bracket, _inner = name.partition("[")
        if bracket:
            read.setdefault(outer, []).append(value)
        else:
            read[name] = value
    return read


def _read_deep_object(
    explode: bool, name: str, schema_type: str, location: Mapping[str, Any]
) -> Any:
    """`created=1`, `created[gte]=1`, `expand[]=a` and `expand[0]=a`."""
    assert isinstance(location, MultiDict)
    if name in location:
        return location[name]
    inner = {
        key[len(name) + 1 : -1]: location.getlist(key)
        for key in location
        if key.startswith(f"{name}[") and key.endswith("]")
    }
    if not inner:
        raise KeyError(name)
    if schema_type != "array":
        return {key: values[-1] for key, values in inner.items()}
    if wrong := [key for key in inner if key and not key.isdecimal()]:
        raise ValueError(f"{name}[{wrong[0]}] is not an element of an array")
    return [value for values in inner.values() for value in values]


def _tell(error: BaseException) -> str:
    """What openapi-core objects to: the schemas' own words where there are any."""
    cause: BaseException | None = error
    while cause is not None:
        if objections := getattr(cause, "schema_errors", ()):
            return "; ".join(_leaf(objection) for objection in objections)
        error, cause = cause, cause.__cause__
    return str(error)[:300] or type(error).__name__


def _leaf(error: Any) -> str:
    # Of a choice, the member that failed last: what should be an object is no id either.
    deepest = max(_leaves(error), key=lambda leaf: len(leaf.absolute_path))
    where = ".".join(str(part) for part in deepest.absolute_path)
    return f"{where}: {deepest.message[-200:]}"


def _leaves(error: Any) -> Iterator[Any]:
    if not error.context:
        yield error
    for inner in error.context:
        yield from _leaves(inner)
