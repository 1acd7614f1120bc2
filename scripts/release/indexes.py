"""The package indexes that this project may be published to, and the login for one."""

from __future__ import annotations

import ipaddress
import os
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import keyring
from attrs import define, field
from keyring.errors import KeyringError
from requests.utils import get_netrc_auth

from ..errors import ReleaseError

TABLE = "tool.stripe-invoice-payments.indexes"


@define(frozen=True)
class Index:
    """A package index.

    Attributes:
        name: What `make publish INDEX=` calls it.
        upload: Where twine uploads to.
        simple: Where pip looks for packages, up to `/simple`.
    """

    name: str
    upload: str
    simple: str


@define(frozen=True)
class Login:
    """A user of an index."""

    username: str
    password: str = field(repr=False)


def find_index(root: Path, name_or_url: str) -> Index:
    """The configured index of this name or address."""
    _refuse_password("INDEX", name_or_url)
    indexes = configured_indexes(root)
    for index in indexes:
        addresses = {url.rstrip("/") for url in (index.upload, index.simple)}
        if name_or_url == index.name or name_or_url.rstrip("/") in addresses:
            return index
    listed = ", ".join(index.name for index in indexes) or "none"
    raise ReleaseError(
        f"INDEX={name_or_url}",
        f"is not an index that this project may be published to; listed: {listed}",
        f"Name a listed one, or list it under [{TABLE}] in pyproject.toml and commit that",
    )


def configured_indexes(root: Path) -> list[Index]:
    """The indexes that pyproject.toml lists."""
    table: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    for key in TABLE.split("."):
        table = table.get(key, {})
    return [_read_index(name, settings) for name, settings in table.items()]


def find_login(index: Index) -> Login:
    """The login for an index: from the environment, from netrc, or from the keyring."""
    username, password = os.environ.get("TWINE_USERNAME"), os.environ.get("TWINE_PASSWORD")
    if username and password:
        return Login(username, password)
    from_netrc = get_netrc_auth(index.upload)
    if from_netrc and username in {None, "", from_netrc[0]}:
        return Login(*from_netrc)
    try:
        stored = keyring.get_credential(index.upload, username or None)
    except KeyringError:
        stored = None
    if stored:
        return Login(stored.username, stored.password)
    raise ReleaseError(
        index.upload,
        f"no login found{f' for {username}' if username else ''}",
        "Set TWINE_USERNAME and TWINE_PASSWORD, or add the host to ~/.netrc, or set TWINE_USERNAME "
        f"and run `keyring set {index.upload} <username>`",
    )


def _read_index(name: str, settings: Any) -> Index:
    where = f"pyproject.toml, {TABLE}.{name}"
    try:
        index = Index(name, **settings)
    except TypeError as error:
        raise ReleaseError(
            where,
            "it needs `upload` and `simple`, the two addresses, and nothing else",
            'Write it as: name = { upload = "https://...", simple = "https://..." }',
        ) from error
    _require_safe_address(where, index.upload)
    _require_safe_address(where, index.simple)
    return index


def _require_safe_address(where: str, url: object) -> None:
    if not isinstance(url, str) or not urlsplit(url).hostname:
        raise ReleaseError(where, f"{url!r} is not an address", "Write it as https://...")
    _refuse_password(where, url)
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        return
    raise ReleaseError(
        where, f"{url} would send the password and the package unencrypted", "Use https"
    )


def _refuse_password(where: str, url: str) -> None:
    if "@" in urlsplit(url).netloc:
        raise ReleaseError(
            where,
            "an address with a login in it is kept in histories and logs",
            "Write it without; the login comes from the environment, netrc or the keyring",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
