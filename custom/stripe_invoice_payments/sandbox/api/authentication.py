"""API keys: how a request sends one, whether it is valid, and how it is masked."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

from . import believed
from .errors import ApiError, missing_api_key, unknown_api_key
from .keys import GRANTS

_KIND = re.compile(r"[a-z]+_(test|live)_")
_SHOWN_AT_END = 4


def authenticate(headers: Mapping[str, str]) -> str:
    """The key of a request; an error if it is missing, unknown, expired or lacks the permission."""
    key = _read_api_key(headers)
    if not key:
        raise missing_api_key()
    grant = GRANTS.get(key)
    if grant is None:
        raise unknown_api_key(mask(key))
    if grant.expired:
        raise believed.expired_api_key(mask(key))
    if not grant.permitted:
        raise believed.permission_missing(mask(key))
    return key


def asked_account(headers: Mapping[str, str]) -> str | None:
    """The account that a request acts for; None for the key's own. An empty header is ignored.

    `Stripe-Context` selects an account like `Stripe-Account`, which it supersedes, and can hold a
    path as well: a connected account, a slash, and an account below it.
    """
    account = headers.get("stripe-account", "").strip()
    context = headers.get("stripe-context", "").strip()
    if account and context:
        raise believed.two_accounts()
    if "/" in account:
        raise believed.path_in_stripe_account()
    return account or context or None


def who_asks(headers: Mapping[str, str]) -> tuple[str, str]:
    """The key of a request and the account that it names, unchecked; empty strings if absent."""
    try:
        account = asked_account(headers)
    except ApiError:
        account = None
    return _read_api_key(headers), account or ""


def mask(key: str) -> str:
    """The key with stars, except for its kind and, if the rest is long, its last characters."""
    kind = _KIND.match(key)
    shown = kind.group() if kind else ""
    secret = key[len(shown) :]
    end = secret[-_SHOWN_AT_END:] if len(secret) > 2 * _SHOWN_AT_END else ""
    return f"{shown}{'*' * (len(secret) - len(end))}{end}"


def _read_api_key(headers: Mapping[str, str]) -> str:
    """The Bearer token or the user name of Basic auth; empty if there is none."""
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    credentials = credentials.strip()
    if scheme.lower() == "bearer":
        return credentials
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""
