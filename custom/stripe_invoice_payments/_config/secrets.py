"""The API key: checked once, shown never."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import NoReturn, cast

from .._errors import AuthenticationError
from .._repr import shows_incomplete
from . import checks as _checks, defaults as _defaults


@shows_incomplete
class ApiKey:
    """A secret key that cannot be printed, logged or pickled by accident.

    Made before the key is checked, so that no variable of a failed check holds the bare key: a
    traceback may show variables.

    Args:
        value: The key; by default that of the environment.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str | None = None) -> None:
        self._value = os.environ.get(_defaults.API_KEY_VARIABLE, "") if value is None else value

    def reveal(self) -> str:
        """The key itself, for the one header that carries it."""
        return self._value

    @property
    def mode(self) -> str | None:
        """`test` or `live`, as the key says; None for a key that does not."""
        match = re.match(r"[sr]k_(test|live)_", self._value)
        return match[1] if match else None

    def check(self) -> None:
        """Refuse what is not a secret key, without sending a request.

        Raises:
            AuthenticationError: There is none, or it is a publishable key.
            TypeError: It is not a string.
            ValueError: It has characters that no key has, such as a line break from a file.
        """
        if not isinstance(self._value, str):  # pyright: ignore[reportUnnecessaryIsInstance] - not all callers type-check
            raise TypeError(f"api_key: a string was expected, not {type(self._value).__name__}")
        if not self._value:
            raise AuthenticationError(
                "no API key: pass api_key= or set the environment variable "
                f"{_defaults.API_KEY_VARIABLE}"
            )
        if not re.fullmatch(r"[!-~]+", self._value):
            raise ValueError(
                "api_key: it has a space, a line break or another character that no key has"
            )
        if self._value.startswith("pk_"):
            raise AuthenticationError(
                "this is a publishable key (pk_...); the API requires a secret key (sk_...) or a "
                "restricted key (rk_...)"
            )

    def check_url(self, base_url: str) -> None:
        """Refuse to send the key there unencrypted.

        Raises:
            ValueError: It would be sent over plain http.
        """
        _checks.plain_http(base_url, is_sandbox_key=self._value.startswith(_defaults.SANDBOX_KEY))

    def redact(self, text: str) -> str:
        """`text` without the key, should something have echoed it."""
        return text.replace(self._value, str(self)) if self._value in text else text

    def is_in(self, value: object) -> bool:
        """Whether a tool that reports variables would show the key with this one."""
        try:
            shown = [repr(value)]
            if isinstance(value, Mapping):  # httpx's headers hide it in their own `repr`
                shown.append(repr(list(cast("Mapping[object, object]", value).items())))
        except Exception:  # noqa: BLE001 - the `repr` of an incomplete object may raise anything
            return False
        return any(self._value in text for text in shown)

    def redact_bytes(self, content: bytes) -> bytes:
        """`content` without the key, should something have echoed it."""
        value = self._value.encode()
        return content.replace(value, str(self).encode()) if value in content else content

    def __str__(self) -> str:
        prefix = re.match(r"[sr]k_(test|live)_", str(self._value))
        return f"{prefix[0] if prefix else ''}***"

    def __repr__(self) -> str:
        return f"ApiKey({str(self)!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an API key is not pickled or copied; give the new process its own")
