"""What an index has of this project, and uploading what it lacks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests
from packaging.utils import canonicalize_version
from pypi_simple import (
    ACCEPT_ANY,
    DistributionPackage,
    ProjectPage,
    UnsupportedContentTypeError,
    UnsupportedRepoVersionError,
)

from ..errors import ReleaseError, UploadError
from .distributions import PROJECT, sha256, tool_environment
from .indexes import Index, Login

# Seconds.
PAGE_TIMEOUT = 30
UPLOAD_TIMEOUT = 900

MAX_REDIRECTS = 3


def published_files(index: Index, login: Login) -> list[DistributionPackage]:
    """The files that the index lists of this project."""
    page = urljoin(f"{index.simple.rstrip('/')}/", f"{PROJECT}/")
    for _ in range(MAX_REDIRECTS):
        response = _get(page, login)
        if response.status_code == requests.codes.not_found:
            return []
        if response.is_redirect:
            page = _same_host(page, urljoin(page, response.headers["Location"]))
            continue
        if response.status_code != requests.codes.ok:
            raise _unexpected_answer(page, response, login)
        try:
            return ProjectPage.from_response(response, PROJECT).packages
        except (UnsupportedContentTypeError, UnsupportedRepoVersionError, ValueError) as error:
            raise ReleaseError(
                page, f"no page of a package index: {error}", "Check `simple` in pyproject.toml"
            ) from error
    raise ReleaseError(page, "the index only redirects", "Check `simple` in pyproject.toml")


def of_version(files: list[DistributionPackage], version: str) -> dict[str, str | None]:
    """Those of the files that are of this version, whatever kind they are.

    Each with its sha256, where the index states that.
    """
    return {
        file.filename: file.digests.get("sha256")
        for file in files
        if file.version and canonicalize_version(file.version) == canonicalize_version(version)
    }


def not_published_yet(
    index: Index, built: list[Path], published: dict[str, str | None]
) -> list[Path]:
    """Those of the built files that the index lacks; the others are there with the same bytes."""
    hashes = {path.name: sha256(path) for path in built}
    for name, known in published.items():
        if hashes.get(name) != known or known is None:
            raise ReleaseError(
                index.simple,
                f"has another {name} than this tree makes (sha256 {known or 'not told'})",
                "A published version never changes: raise the version, or have that file removed",
            )
    return [path for path in built if path.name not in published]


def upload(index: Index, login: Login, path: Path) -> None:
    """Upload one file.

    The login goes to twine through the environment, where no list of processes shows it, and
    twine is kept from any other configuration.
    """
    command = [sys.executable, "-P", "-m", "twine", "upload", "--non-interactive"]
    command += ["--disable-progress-bar", "--config-file", os.devnull]
    command += ["--repository-url", index.upload, str(path)]
    secrets = {"TWINE_USERNAME": login.username, "TWINE_PASSWORD": login.password}
    try:
        finished = subprocess.run(
            command,
            env={**tool_environment(), **secrets, "NO_COLOR": "1", "TERM": "dumb"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=UPLOAD_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        reason = f"no answer within {UPLOAD_TIMEOUT} seconds"
        raise _upload_failed(index, path, reason) from error
    if finished.returncode != 0:
        reason = _reason(finished.stdout).replace(login.password, "***")
        raise _upload_failed(index, path, reason)


def _get(page: str, login: Login) -> requests.Response:
    try:
        return requests.get(
            page,
            auth=(login.username, login.password),
            headers={"Accept": ACCEPT_ANY},
            verify=os.environ.get("TWINE_CERT") or True,
            allow_redirects=False,
            timeout=PAGE_TIMEOUT,
        )
    except requests.RequestException as error:
        raise ReleaseError(
            page, f"no answer: {_innermost(error)}", "Check the address and the network"
        ) from error


def _same_host(page: str, target: str) -> str:
    if urlsplit(page)[:2] != urlsplit(target)[:2]:
        raise ReleaseError(
            page,
            f"what the index does not have it looks for at {urlsplit(target).netloc}",
            "Whoever owns that name there could serve your users: turn this off for this project",
        )
    return target


def _unexpected_answer(page: str, response: requests.Response, login: Login) -> ReleaseError:
    status = f"{response.status_code} {response.reason}"
    if response.status_code in {requests.codes.unauthorized, requests.codes.forbidden}:
        return ReleaseError(
            page, f"{status}: the index refuses {login.username}", "Check the user and the password"
        )
    return ReleaseError(page, f"the index answered {status}", "Try again, or ask its operators")


def _upload_failed(index: Index, path: Path, reason: str) -> UploadError:
    return UploadError(
        index.upload,
        f"{path.name} was not uploaded: {reason}",
        "When that is mended, run the same command again: it goes on where this one stopped",
    )


def _reason(output: str) -> str:
    """What twine says went wrong, or the last line of its traceback."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        if line.startswith("ERROR"):
            return " ".join(lines[number:]).removeprefix("ERROR").strip()
    return lines[-1] if lines else "twine gave no reason"


def _innermost(error: BaseException) -> str:
    while error.__context__ is not None:
        error = error.__context__
    return str(error) or type(error).__name__
