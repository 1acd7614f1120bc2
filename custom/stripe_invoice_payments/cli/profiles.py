"""Profiles: options by name in a file. It may say where a key is, and never has the key itself."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from typing import Any, cast

from .exits import Exit, Failure
from .keys import KEY_VARIABLE, has_secret

# `live` is not among them: live data is to be asked for each time.
OPTIONS = ("account", "api_version", "base_url", "tz", "api_key_file", "api_key_command")
_WHERE = ("api_key_file", "api_key_command")
_DEFAULT = "default"


def apply_profile(options: Namespace) -> None:
    """Set what the profile says and the arguments do not.

    Raises:
        Failure: There is no such profile, or the file is invalid.
    """
    name: str | None = options.profile
    if options.sandbox and name is None:
        return
    path = config_path()
    profiles = _read(path)
    if name is not None and name not in profiles:
        raise Failure(Exit.USAGE, f"there is no profile {name!r} in {path}")
    profile = _checked(profiles.get(name or _DEFAULT, {}), path)
    is_key_given = any(getattr(options, each) is not None for each in _WHERE)
    if is_key_given or (name is None and os.environ.get(KEY_VARIABLE)):
        profile = {each: value for each, value in profile.items() if each not in _WHERE}
    for each, value in profile.items():
        if getattr(options, each) is None:
            setattr(options, each, value)


def config_path() -> str:
    """Where the profiles are."""
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111 - pathlib is slow to import
    return f"{home}/inpay/config.toml"


def _read(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib is slow to import
            content = file.read().decode("utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(Exit.USAGE, f"{path} cannot be read: {error}") from None
    if has_secret(content):
        raise Failure(
            Exit.USAGE,
            f"{path} has a key in it; a profile must only say where the key is, with api_key_file "
            "or api_key_command",
        )
    try:
        profiles: dict[str, Any] = _toml().loads(content)
    except ValueError as error:
        raise Failure(Exit.USAGE, f"{path}: {error}") from None
    return profiles


def _toml() -> Any:
    """The reader of TOML: Python's own, or before 3.11 the package that it was."""
    from importlib import import_module

    try:
        return import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    except ImportError:
        raise Failure(Exit.USAGE, "profiles require Python 3.11, or the extra `cli`") from None


def _checked(profile: Any, path: str) -> dict[str, str]:
    if not isinstance(profile, dict):
        raise Failure(Exit.USAGE, f"{path} must have a table for each profile, such as [default]")
    values = cast("dict[str, Any]", profile)
    for name, value in values.items():
        if name not in OPTIONS or not isinstance(value, str):
            raise Failure(
                Exit.USAGE,
                f"{path}: a profile has texts named {', '.join(OPTIONS)}, got {name!r}",
            )
    return values
