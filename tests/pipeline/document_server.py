"""An HTTP server that serves what a document describes, and refuses what it does not."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from attrs import define, field

from scripts.pipeline.openapi import Document, Schema, is_list_object, referenced_schema

OBJECTS = 5  # in every list
PAGE = 2  # of one, unless `limit` says otherwise


@define
class Call:
    """A request that was received and is one of the document."""

    method: str
    path: str
    params: dict[str, Any]
    headers: dict[str, str]


@define
class DocumentServer:
    """Its address, and what it has been asked so far."""

    document: Document
    base_url: str = ""
    calls: list[Call] = field(factory=list)

    def respond(self, method: str, target: str, body: str, headers: dict[str, str]) -> Any:
        """The status and the body of the response."""
        url = urlsplit(target)
        for path, item in self.document["paths"].items():
            pattern = re.sub(r"\\?\{\w+\\?\}", "([^/]+)", path)
            found = re.fullmatch(pattern, url.path)
            if found and method.lower() in item:
                break
        else:
            return 404, refusal(f"no operation {method} {url.path}")
        operation = item[method.lower()]
        params = nested(parse_qsl(url.query if method != "POST" else body, keep_blank_values=True))
        try:
            self.check(params, self.schema_of_params(operation, method))
        except ValueError as error:
            return 400, refusal(str(error))
        self.calls.append(Call(method, url.path, params, headers))
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        if is_list_object(schema):
            return 200, self.page(schema, params, url.path)
        return 200, self.sample(schema) | ({"id": found[1]} if found.groups() else {})

    def schema_of_params(self, operation: Schema, method: str) -> Schema:
        if method == "POST":
            content = operation["requestBody"]["content"]
            schema: Schema = content["application/x-www-form-urlencoded"]["schema"]
            return schema
        given = [one for one in operation["parameters"] if one["in"] == "query"]
        return {
            "properties": {one["name"]: one["schema"] for one in given},
            "required": [one["name"] for one in given if one.get("required")],
        }

    def check(self, value: Any, schema: Schema, place: str = "") -> None:
        """Raises `ValueError` if `value` is not what the document says that can be sent."""
        members = schema.get("anyOf", [schema])
        if isinstance(value, dict):
            members = [one for one in members if one.get("properties")]
            known = {name: one for m in members for name, one in m["properties"].items()}
            if not members:
                return
            for name, one in value.items():
                if name not in known:
                    raise ValueError(f"Received unknown parameter: {place}{name}")
                self.check(one, known[name], f"{place}{name}.")
            if len(members) == 1 and (missing := {*members[0].get("required", ())} - {*value}):
                raise ValueError(f"Missing required param: {place}{min(missing)}")
        elif isinstance(value, list):
            arrays = [one for one in members if one.get("type") == "array"]
            if not arrays:
                raise ValueError(f"Invalid array: {place}")
            for one in value:
                self.check(one, arrays[0]["items"], place)

    def page(self, schema: Schema, params: dict[str, Any], path: str) -> dict[str, Any]:
        item = schema["properties"]["data"]["items"]
        objects = [
            self.sample(item) | {"id": f"id_{number}", "created": number}
            for number in range(OBJECTS, 0, -1)
        ]
        is_search = schema["properties"]["object"]["enum"] == ["search_result"]
        start, size = int(params.get("page", 0)), int(params.get("limit", PAGE))
        if after := params.get("starting_after"):
            start = [one["id"] for one in objects].index(after) + 1
        end = start + size
        rest: dict[str, Any] = {"object": "list"}
        if is_search:
            token = str(end) if end < OBJECTS else None
            rest = {"object": "search_result", "next_page": token}
        return {"data": objects[start:end], "has_more": end < OBJECTS, "url": path, **rest}

    def sample(self, schema: Schema) -> Any:
        """A value of this schema, with no more than is required."""
        name = referenced_schema(schema)
        if name is not None:
            return self.sample(self.document["components"]["schemas"][name])
        if schema.get("nullable"):
            return None
        if "anyOf" in schema:
            return self.sample(schema["anyOf"][0])
        if "enum" in schema:
            return schema["enum"][0]
        if is_list_object(schema):
            return {"object": "list", "data": [], "has_more": False, "url": "/v1/nothing"}
        kind = schema.get("type")
        if kind == "object":
            properties = schema.get("properties", {})
            return {name: self.sample(properties[name]) for name in schema.get("required", ())}
        return {"string": "x", "integer": 1, "number": 1.5, "boolean": True, "array": []}[str(kind)]


def refusal(message: str) -> dict[str, Any]:
    return {"error": {"type": "invalid_request_error", "message": message}}


def nested(pairs: list[tuple[str, str]]) -> Any:
    """What Stripe makes of `a[b][0][c]=d`."""
    root: dict[str, Any] = {}
    for key, value in pairs:
        *parents, last = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", key)
        node = root
        for parent in parents:
            node = node.setdefault(parent, {})
        node[last or str(len(node))] = value
    return with_arrays(root)


def with_arrays(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    inner = {key: with_arrays(value) for key, value in node.items()}
    if inner and list(inner) == list(map(str, range(len(inner)))):
        return list(inner.values())
    return inner


@contextmanager
def serving(document: Document) -> Iterator[DocumentServer]:
    """The server, on a free port of this machine."""
    server = DocumentServer(document)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = server.respond(self.command, self.path, body, headers)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = respond  # noqa: N815 - http.server's names

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        server.base_url = f"http://127.0.0.1:{listening.server_port}"
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield server
        listening.shutdown()
        thread.join()
