"""Where the key is from: the environment, a file or a command; on the driver and in each task."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

from .._config import defaults as _defaults
from .._config.secrets import ApiKey
from .._errors import AuthenticationError
from .options import Options


def find_key(options: Options) -> ApiKey:
    """The API key.

    Raises:
        AuthenticationError: There is none, or it is a publishable one.
        ValueError: It has characters that no key has, or the command fails.
        OSError: The file cannot be read.
    """
    if options.api_key_file is not None:
        key = ApiKey(_content(options.api_key_file))
    elif options.api_key_command is not None:
        key = ApiKey(_output(options.api_key_command))
    else:
        key = ApiKey()
    if not key.reveal():
        raise AuthenticationError(
            f"no API key: set the environment variable {_defaults.API_KEY_VARIABLE} on the driver "
            "and on each executor, or use the option api_key_file or api_key_command"
        )
    key.check()
    return key


def _content(path: str) -> str:
    try:
        return Path(path).expanduser().read_text("utf-8-sig").strip()
    except OSError as error:
        raise OSError(error.errno, f"api_key_file: {error.strerror}", path) from None
    except UnicodeDecodeError:  # whose message would show a part of the file
        raise ValueError(f"api_key_file must be a text file, got {path!r:.200}") from None


def _output(command: str) -> str:
    try:
        done = subprocess.run(shlex.split(command), stdout=subprocess.PIPE, check=False)  # noqa: S603
    except OSError as error:
        raise ValueError(f"api_key_command could not be run: {error.strerror}") from None
    if done.returncode != 0:
        raise ValueError(f"api_key_command exited with {done.returncode}")
    return done.stdout.decode("utf-8-sig", errors="replace").strip()
