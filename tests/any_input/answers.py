"""What a server, a proxy or the weather may answer with, as strategies."""

from __future__ import annotations

import copy
import gzip
import json
from typing import Any

from hypothesis import strategies as st

from scripts.pipeline.openapi import SCHEMA_PREFIX, Schema, is_list_object, referenced_schema
from tests.contract.documents import overlaid_slice
from tests.pipeline.instances import instances

SCHEMAS: dict[str, Schema] = overlaid_slice()["components"]["schemas"]

# Any character that JSON can spell, halves of a pair included, and words with a meaning.
TEXTS = st.text(max_size=6) | st.sampled_from(
    ["", "\ud800", "\x00", "invoice", "list", "id", "__class__", "../..", "/v1/x?y=%zz", "http://["]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, -1, 2**31, 2**63, -(2**63), 253402300800, 10**30])
    | st.floats()
    | TEXTS
)
KEYS = TEXTS | st.sampled_from(["object", "data", "has_more", "url", "error", "type", "deleted"])
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


# Where a list says that it continues.
URLS = st.one_of(
    st.sampled_from(
        [
            "/v1/invoice_payments",
            "/v1/invoice_payments?invoice=in_1",
            "//elsewhere.example/v1",
            "@elsewhere.example/v1",
            ".elsewhere.example/v1",
            ":443@elsewhere.example/v1",
            "https://elsewhere.example/v1",
            "\\\\elsewhere.example\\v1",
            "/v1/x?\x00",
            "/v1/x?a b\u00e9#c",
            "/v1/x?\r\nHost: elsewhere.example",
            "/[",
            "/%zz?%zz",
            "/v1/" + "x" * 70_000,
            "/v1/x?" + "x" * 70_000,
        ]
    ),
    st.text().map("/{}".format),
    st.text().map("/v1/x?{}".format),
    TEXTS,
)


def described(schema: Schema) -> st.SearchStrategy[Any]:
    """JSON as the slice describes it."""
    return instances(SCHEMAS, schema)


def pages(items: Schema) -> st.SearchStrategy[Any]:
    """A list as Stripe sends it."""
    return st.fixed_dictionaries(
        {
            "object": st.just("list"),
            "data": st.lists(described(items), max_size=3),
            "has_more": st.booleans(),
            "url": URLS,
        }
    )


@st.composite
def spoiled(draw: st.DrawFn, sound: st.SearchStrategy[Any]) -> Any:
    """`sound` JSON in which a few values, at any depth, were replaced, removed or added."""
    data = copy.deepcopy(draw(sound))
    for _ in range(draw(st.integers(1, 3))):
        holder: Any = data
        while isinstance(holder, (dict, list)) and holder:
            keys = sorted(holder) if isinstance(holder, dict) else list(range(len(holder)))
            key = draw(st.sampled_from(keys))
            inner = holder[key]
            if isinstance(inner, (dict, list)) and inner and draw(st.booleans()):
                holder = inner
                continue
            action = draw(st.sampled_from(["replace", "remove", "add"]))
            if action == "remove":
                del holder[key]
            elif action == "replace" or isinstance(holder, list):
                holder[key] = draw(ANY_JSON)
            else:
                holder[draw(KEYS)] = draw(ANY_JSON)
            break
    return data


def any_json(schema: Schema) -> st.SearchStrategy[Any]:
    """What is described, what nearly is, and anything else."""
    sound = (
        pages(schema["properties"]["data"]["items"])
        if is_list_object(schema)
        else described(schema)
    )
    if "payments" in _properties(schema):
        embedded = pages({"$ref": f"{SCHEMA_PREFIX}invoice_payment"})
        sound = (
            st.builds(lambda outer, inner: {**outer, "payments": inner}, sound, embedded) | sound
        )
    return sound | spoiled(sound) | ANY_JSON


def _properties(schema: Schema) -> Schema:
    name = referenced_schema(schema)
    properties: Schema = (schema if name is None else SCHEMAS[name]).get("properties", {})
    return properties


def encoded(values: st.SearchStrategy[Any]) -> st.SearchStrategy[bytes]:
    """JSON as it travels: in UTF-8, escaped or not; now and then cut off or in another encoding."""
    return st.builds(_encode, values, st.sampled_from(_WAYS), st.integers(0, 200))


def _encode(value: Any, way: str, length: int) -> bytes:
    text = json.dumps(value)
    if way == "cut off":
        return text.encode()[:length]
    if way == "unescaped":  # lone halves of a pair have no UTF-8; their bytes are nobody's
        return json.dumps(value, ensure_ascii=False).encode("utf-8", errors="surrogatepass")
    if way == "utf-16":
        return text.encode("utf-16")
    if way == "byte order mark":
        return text.encode("utf-8-sig")
    if way == "gzip":
        return gzip.compress(text.encode())
    return text.encode()


_WAYS = ["escaped"] * 6 + ["unescaped", "cut off", "utf-16", "byte order mark", "gzip"]


_PAYMENT = (
    b'{"id": "inpay_1", "object": "invoice_payment", "amount_requested": 1, "created": 1, '
    b'"currency": "usd", "invoice": "in_1", "is_default": true, "livemode": false, '
    b'"payment": {"type": "charge"}, "status": "paid", "status_transitions": {}}'
)


def nested(depth: int, kind: str = "[]") -> bytes:
    """Lists in lists, or objects in objects."""
    before, after = ("[", "]") if kind == "[]" else ('{"a":', "}")
    return (before * depth + "1" + after * depth).encode()


def _deep(text: bytes, *depths: int) -> list[bytes]:
    """`text` with something nested in place of `?`."""
    return [text.replace(b"?", nested(depth, kind)) for depth in depths for kind in ("[]", "{}")]


_DEEP_PLACES = [
    b"?",
    b'{"error": ?}',
    b'{"error": {"message": "no", "code": ?}}',
    b'{"object": "list", "url": "/v1/x", "has_more": true, "data": [], "new": ?}',
    b'{"object": "list", "url": "/v1/x", "has_more": true, "data": ?}',
    b'{"id": "in_1", "object": "invoice", "lines": ?}',
    b'{"id": "in_1", "object": "invoice", "latest_revision": ?}',
    _PAYMENT.replace(b'"paid"', b'"paid", "new": ?'),
    _PAYMENT.replace(b'"in_1"', b"?"),
]
DEEP = [content for place in _DEEP_PLACES for content in _deep(place, 100)]
# Just about as deep as Python's JSON reads, and deeper than its recursive functions go.
TOO_DEEP = [content for place in _DEEP_PLACES for content in _deep(place, 300, 480, 700, 900, 980)]

# What no strategy would hit upon.
ODDITIES = [
    *DEEP,
    b"",
    b" ",
    b"null",
    b"{",
    b"[" * 100_000,
    b"[" * 100_000 + b"]" * 100_000,
    b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    b"9" * 5_000,
    b'{"id": ' + b"9" * 5_000 + b"}",
    b"1e400",
    b"NaN",
    b'{"id": NaN}',
    b"\xff\xfe",
    b"\x80",
    b'"\xed\xa0\x80"',
    b"<html><body>503 Service Temporarily Unavailable</body></html>",
    b'{"error": null}',
    b'{"error": "no"}',
    b'{"error": []}',
    b'{"error": {"message": 5, "type": [], "code": {}, "param": null}}',
]
