"""Prism, a mock server that validates requests: https://github.com/stoplightio/prism.

What it runs is pinned in `npm/package-lock.json` and installed from there on first use.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts.pipeline.openapi import Document, Schema
from scripts.pipeline.repository import THIS_REPOSITORY

_PACKAGE = Path(__file__).with_name("npm")
_FILES = (".npmrc", "package.json", "package-lock.json")
_COMMAND = Path("node_modules", "@stoplight", "prism-cli", "dist", "index.js")
_START_SECONDS = 60


class PrismUnavailableError(Exception):
    """Prism cannot be run on this machine."""


def install() -> Path:
    """The command, installed if it is not there yet; safe in several processes at once."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise PrismUnavailableError("node and npm are needed to run Prism")
    contents = b"".join((_PACKAGE / name).read_bytes() for name in _FILES)
    cache = THIS_REPOSITORY.root / ".cache" / "prism"
    installed = cache / hashlib.sha256(contents).hexdigest()[:16]
    if not installed.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as directory:
            staging = Path(directory, "package")
            shutil.copytree(_PACKAGE, staging, ignore=shutil.ignore_patterns("node_modules"))
            npm = subprocess.run(
                ["npm", "ci"],  # noqa: S607 - whichever npm is there
                cwd=staging,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            if npm.returncode != 0:
                raise PrismUnavailableError(f"npm could not install Prism: {npm.stderr[-2000:]}")
            try:
                staging.rename(installed)
            except OSError:  # another process was faster
                if not installed.is_dir():
                    raise
    return installed / _COMMAND


@contextmanager
def serving(document: Document, directory: Path) -> Iterator[str]:
    """Prism serves `document` on this machine and refuses what does not fit it; gives its URL."""
    command = install()
    source, log = directory / "document.json", directory / "prism.log"
    source.write_text(json.dumps(document), "utf-8")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *("node", str(command), "mock", str(source), "--errors"),
                *("--host", "127.0.0.1", "--port", "0", "--seed", "stripe"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "NO_COLOR": "1", "FORCE_COLOR": "0"},
        )
    try:
        yield _wait_for_url(process, log)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_url(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if found := re.search(r"listening on (http://\S+:\d+)", log.read_text("utf-8")):
            return found.group(1)
        time.sleep(0.05)
    raise PrismUnavailableError(f"Prism did not start: {log.read_text('utf-8')[-2000:]}")


def for_prism(document: Document) -> Document:
    """A copy of the document that says the same in a way that Prism checks.

    Prism 5.14 reads parameters of the style `deepObject` in a way of its own:

    - An object that is absent becomes an empty one, which then lacks its required properties.
    - Of a choice between an object and a scalar, it reads only the scalar.
    - Of an array, it reads `name[0]=` but neither `name[]=` nor `name=`.

    So each is written out as the parameters that travel: `created`, `created[gte]`. What has to be
    there if anything is, stays an object. Of an array remains that its bare name is refused.

    The arrays of a form travel as `name[]` as well; what is in them, it does not read.
    """
    adapted = copy.deepcopy(document)
    for methods in adapted["paths"].values():
        for operation in methods.values():
            operation["parameters"] = [
                travelling
                for parameter in operation["parameters"]
                for travelling in _travelling(parameter)
            ]
            for content in operation.get("requestBody", {}).get("content", {}).values():
                properties: dict[str, Schema] = content["schema"]["properties"]
                for name in [n for n, schema in properties.items() if schema["type"] == "array"]:
                    properties[f"{name}[]"] = {}
                    del properties[name]
    return adapted


def _travelling(parameter: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if parameter.get("style") != "deepObject":
        yield parameter
        return
    name: str = parameter["name"]
    members: list[Schema] = parameter["schema"].get("anyOf", [parameter["schema"]])
    whole: Schema = {"not": {}}  # nothing travels under the bare name, unless a member says so
    for member in members:
        if member["type"] == "object":
            for inner, schema in member["properties"].items():
                yield _plain(f"{name}[{inner}]", schema)
            if "required" in member:
                yield {**parameter, "schema": _complete_or_absent(member)}
                return
        elif member["type"] != "array":
            whole = member
    yield _plain(name, whole)


def _plain(name: str, schema: Schema) -> dict[str, Any]:
    # For the example that Prism prints at its start it encodes the names of parameters of the style
    # `form`, and from then on waits for them encoded twice. This style reads scalars the same.
    return {"in": "query", "name": name, "style": "deepObject", "explode": True, "schema": schema}


def _complete_or_absent(schema: Schema) -> Schema:
    absent = {"not": {"anyOf": [{"required": [name]} for name in schema["properties"]]}}
    complete = {"required": schema["required"]}
    rest = {name: value for name, value in schema.items() if name != "required"}
    return {**rest, "anyOf": [complete, absent]}
