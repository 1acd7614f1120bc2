"""Where secrets come from: the environment, a private file or a command, never the arguments."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from .exits import Exit, Failure
from .messages import masked

if TYPE_CHECKING:
    from argparse import Namespace

    from .._config.secrets import ApiKey

SECRET_VARIABLE = "STRIPE_WEBHOOK_SECRET"  # noqa: S105 - the name of a variable
KEY_VARIABLE = "STRIPE_API_KEY"

_KEY_OPTIONS = {"--api-key", "--apikey", "--key", "--secret"}


def forbid_core_dumps() -> None:
    """Have no core of this process written if it crashes: its memory has the key."""
    with suppress(ImportError):  # only POSIX has limits
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, most))


def refuse_secrets(arguments: Iterable[str]) -> None:
    """Refuse secrets in the arguments, before anything can show or store them."""
    for argument in arguments:
        if has_secret(argument) or argument.partition("=")[0] in _KEY_OPTIONS:
            raise Failure(
                Exit.USAGE,
                "a secret must not be in the arguments, where other users of this machine and the "
                "history of the shell can see it. Set the environment variable "
                f"{KEY_VARIABLE} (or {SECRET_VARIABLE}), or use --api-key-file or "
                "--api-key-command",
            )


def has_secret(text: str) -> bool:
    """Whether there is something like a secret in it."""
    return masked(text) != text


def find_key(options: Namespace) -> tuple[ApiKey, str]:
    """The API key, and where it is from.

    Raises:
        Failure: There is none, or it must not be used.
    """
    from .._config.secrets import ApiKey

    if options.api_key_file is not None:
        key, source = ApiKey(read_private(options.api_key_file)), options.api_key_file
    elif options.api_key_command is not None:
        key, source = ApiKey(_output_of(options.api_key_command)), "--api-key-command"
    else:
        key, source = ApiKey(), KEY_VARIABLE
        if not key.reveal():
            raise Failure(
                Exit.KEY,
                f"there is no API key. Set the environment variable {KEY_VARIABLE}, use "
                "--api-key-file or --api-key-command, or try `inpay --sandbox`, which needs none",
            )
    if not key.reveal():
        raise Failure(Exit.KEY, f"{source} has no API key")
    if key.reveal().startswith("whsec_"):
        raise Failure(
            Exit.KEY, f"{source} has the signing secret of a webhook endpoint, not an API key"
        )
    try:
        key.check()
    except ValueError:
        raise Failure(
            Exit.KEY,
            f"the API key of {source} has a space, a line break or another character that no key "
            "has",
        ) from None
    if not key.reveal().startswith(("sk_", "rk_")):
        raise Failure(
            Exit.KEY,
            f"the API key of {source} is no key of Stripe: it does not begin with sk_test_, "
            "sk_live_, rk_test_ or rk_live_",
        )
    _check_mode(key.mode, options.live)
    return key, source


def _check_mode(mode: str | None, live: bool) -> None:
    if live and mode == "test":
        raise Failure(Exit.KEY, "--live is for live keys, and this is a test key")
    if not live and mode != "test":
        raise Failure(
            Exit.KEY,
            "the API key does not begin with sk_test_ or rk_test_: if it is a live key, add --live "
            "to the command to read live data",
        )


def webhook_secret(options: Namespace) -> str:
    """The signing secret of a webhook endpoint."""
    if options.secret_file is not None:
        return read_private(options.secret_file)
    secret = os.environ.get(SECRET_VARIABLE, "")
    if not secret:
        raise Failure(
            Exit.KEY,
            "there is no signing secret (whsec_...). Set the environment variable "
            f"{SECRET_VARIABLE}, or use --secret-file",
        )
    return secret


def read_private(path: str) -> str:
    """The only line of a file that nobody else can read."""
    try:
        # Without pathlib, which is slow to import. A profile has no shell that expands ~.
        with open(os.path.expanduser(path), encoding="utf-8-sig") as file:  # noqa: PTH111, PTH123
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if os.name == "posix" and mode & 0o077:
                raise Failure(
                    Exit.KEY,
                    f"{path} must be readable by you only, its mode is {mode:04o}; "
                    "run chmod 600 on it",
                )
            return file.read(10_000).strip()
    except OSError as error:
        raise Failure(Exit.KEY, f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Failure(Exit.KEY, f"{path} must be a text file") from None


def _output_of(command: str) -> str:
    import shlex
    import subprocess

    # The command does not need the keys that are in the environment.
    kept = {name: value for name, value in os.environ.items() if not has_secret(value)}
    try:
        words = shlex.split(command)
        done = subprocess.run(words, env=kept, stdout=subprocess.PIPE, check=False)  # noqa: S603
    except (OSError, ValueError, IndexError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a command"
        raise Failure(Exit.KEY, f"--api-key-command could not be run: {reason}") from None
    if done.returncode != 0:
        raise Failure(Exit.KEY, f"--api-key-command exited with {done.returncode}")
    return done.stdout.decode("utf-8-sig", errors="replace").strip()
