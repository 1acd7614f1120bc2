"""The lock: where the slice came from and what it was rendered with."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from attrs import asdict, define

from ..errors import PipelineError
from ..files import read_text
from ..openapi import Document
from .parsing import canonical_json, sha256

# The tools whose version shapes the generated code.
TOOLS = ("openapi-python-client", "jinja2", "pydantic", "python-jsonpath", "ruff")


@define(frozen=True)
class Source:
    """Where a document came from.

    Attributes:
        location: A URL, `package==version`, or the name of a file, without its directory.
        sha256: Of the downloaded file, wheel or document.
    """

    location: str
    sha256: str


@define(frozen=True)
class Lock:
    """`spec/lock.json`.

    Attributes:
        api_version: Stripe's.
        source: Where the slice was cut from.
        slice_sha256: Of `spec/slice.json`.
        slice_yaml_sha256: Of what `spec/slice.yaml` said when it was cut, comments apart.
        tools: The versions of what it was rendered with.
    """

    api_version: str
    source: Source
    slice_sha256: str
    slice_yaml_sha256: str
    tools: dict[str, str]

    @classmethod
    def of(cls, slice_document: Document, source: Source, slice_yaml_sha256: str) -> Lock:
        return cls(
            api_version=slice_document["info"]["version"],
            source=source,
            slice_sha256=sha256(canonical_json(slice_document)),
            slice_yaml_sha256=slice_yaml_sha256,
            tools={tool: version(tool) for tool in TOOLS},
        )

    @classmethod
    def read(cls, path: Path) -> Lock:
        text = read_text(path, "Restore it from git, or run with --from")
        try:
            content: dict[str, Any] = json.loads(text)
            return cls(source=Source(**content.pop("source")), **content)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise PipelineError(
                str(path), f"not a lock file ({error})", "Restore it from git"
            ) from error

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"
