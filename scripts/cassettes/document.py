"""A cassette as a file: JSON that says where it comes from and reads well in a diff."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from attrs import define

from ..errors import RecordingError
from .scrubbing import find_secrets

JSONObject = dict[str, Any]

# The headers that matter, in lower case; a cassette holds no others.
REQUEST_HEADERS = frozenset({"idempotency-key", "stripe-account", "stripe-version"})
RESPONSE_HEADERS = frozenset(
    {
        "content-type",
        "idempotency-key",
        "idempotent-replayed",
        "location",
        "request-id",
        "retry-after",
        "stripe-account",
        "stripe-rate-limited-reason",
        "stripe-should-retry",
        "stripe-version",
    }
)

# What differs between two recordings of the same thing, as paths into the document.
VOLATILE = (("recorded", "at"),)


@define(frozen=True)
class Recorded:
    """Where a cassette comes from.

    Attributes:
        source: Who answered.
        at: When, in UTC.
        api_version: The API version that was asked for.
    """

    source: str
    at: str
    api_version: str


@define(frozen=True)
class Interaction:
    """A request and its answer.

    Attributes:
        method: The HTTP method.
        url: The URL without its query.
        query: The query's parameters, decoded, in the order in which they were sent.
        request_headers: Those of `REQUEST_HEADERS` that were sent.
        status: The HTTP status of the answer.
        response_headers: Those of `RESPONSE_HEADERS` that came.
        body: The answer's body.
        form: The parameters in the request's body, decoded, in the order in which they were sent.
    """

    method: str
    url: str
    query: Sequence[tuple[str, str]]
    request_headers: Mapping[str, str]
    status: int
    response_headers: Mapping[str, str]
    body: str
    form: Sequence[tuple[str, str]] = ()

    @property
    def uri(self) -> str:
        """The URL with its query."""
        pairs = (f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in self.query)
        return f"{self.url}?{'&'.join(pairs)}" if self.query else self.url

    @property
    def reason(self) -> str:
        """The phrase that goes with the status; empty for one that has none."""
        try:
            return HTTPStatus(self.status).phrase
        except ValueError:
            return ""


@define(frozen=True)
class Cassette:
    """One recorded scenario.

    Attributes:
        recorded: Where it comes from.
        known: What the scenario was told about the account, and what the tests expect of it.
        interactions: What happened, in that order.
    """

    recorded: Recorded
    known: JSONObject
    interactions: Sequence[Interaction]

    def to_json(self) -> str:
        """The text of the file.

        Raises:
            RecordingError: There is something in it that looks like a secret.
        """
        text = json.dumps(self._document(), indent=2, ensure_ascii=False) + "\n"
        if findings := find_secrets(text):
            raise RecordingError(
                "a cassette", f"it would hold {findings[0]}", "Teach scrubbing.py to take it out"
            )
        return text

    def _document(self) -> JSONObject:
        return {
            "recorded": {
                "from": self.recorded.source,
                "at": self.recorded.at,
                "api_version": self.recorded.api_version,
            },
            "known": self.known,
            "interactions": [_to_json(interaction) for interaction in self.interactions],
        }

    @classmethod
    def from_json(cls, text: str) -> Cassette:
        """What `to_json` has written."""
        document = json.loads(text)
        recorded = document["recorded"]
        return cls(
            Recorded(recorded["from"], recorded["at"], recorded["api_version"]),
            document["known"],
            [_from_json(interaction) for interaction in document["interactions"]],
        )

    @classmethod
    def read(cls, path: Path) -> Cassette:
        """The cassette in a file."""
        return cls.from_json(path.read_text("utf-8"))

    def without_volatile(self) -> str:
        """What is the same whenever it is recorded, as JSON: the order of fields counts."""
        document = self._document()
        for *parents, name in VOLATILE:
            place = document
            for parent in parents:
                place = place[parent]
            del place[name]
        return json.dumps(document)


def split_uri(uri: str) -> tuple[str, list[tuple[str, str]]]:
    """The URL without its query, and the query's parameters as they are meant."""
    parts = urlsplit(uri)
    url = parts._replace(query="", fragment="").geturl()
    return url, parse_qsl(parts.query, keep_blank_values=True)


def _to_json(interaction: Interaction) -> JSONObject:
    return {
        "request": {
            "method": interaction.method,
            "url": interaction.url,
            "query": _joined(interaction.query),
            **({"form": _joined(interaction.form)} if interaction.form else {}),
            "headers": dict(sorted(interaction.request_headers.items())),
        },
        "response": {
            "status": interaction.status,
            "headers": dict(sorted(interaction.response_headers.items())),
            **_body_to_json(interaction.body),
        },
    }


def _from_json(document: JSONObject) -> Interaction:
    request, response = document["request"], document["response"]
    return Interaction(
        method=request["method"],
        url=request["url"],
        query=_split(request["query"]),
        request_headers=request["headers"],
        status=response["status"],
        response_headers=response["headers"],
        body="".join(response["text"]) if "text" in response else _compact(response["body"]),
        form=_split(request.get("form", [])),
    )


def _joined(pairs: Sequence[tuple[str, str]]) -> list[str]:
    return [f"{name}={value}" for name, value in pairs]


def _split(joined: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (pair.partition("=") for pair in joined)]


def _body_to_json(body: str) -> JSONObject:
    """JSON as JSON; what would not come back as it was, as lines of text."""
    lines = {"text": body.splitlines(keepends=True)}
    try:
        value = json.loads(body)
        return {"body": value} if _literally(_compact(value)) == _literally(body) else lines
    except ValueError:
        return lines


def _literally(text: str) -> Any:
    """JSON with numbers as they are written, and with every field of an object, in order."""
    return json.loads(text, object_pairs_hook=list, parse_int=str, parse_float=str)


def _compact(value: Any) -> str:
    """JSON as Stripe could have sent it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
