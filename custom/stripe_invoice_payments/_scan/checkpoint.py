"""The file that keeps what is left of a scan. One scan at a time can use it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from .lock import FileLock
from .plan import Window

VERSION = 2
# A checkpoint of 64 workers has 9 kB; a file larger than this is something else.
_MAX_SIZE = 1 << 20

# Headers that do not change what Stripe returns. Any other header may select the data, so it is a
# part of the checkpoint's identity.
_HARMLESS_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "baggage",
        "cache-control",
        "connection",
        "idempotency-key",
        "pragma",
        "proxy-authorization",
        "traceparent",
        "tracestate",
        "x-correlation-id",
        "x-request-id",
    }
)


def headers_identity(headers: Mapping[str, str]) -> dict[str, str]:
    """Hashes of the headers that may select the data. Not the values, which may be secrets."""
    return {
        name: sha256(f"{name}: {headers[name]}".encode()).hexdigest()[:32]
        for name in sorted(headers)
        if name not in _HARMLESS_HEADERS
    }


class Checkpoint:
    """The checkpoint of a scan. No other scan can use the file until this is closed.

    Args:
        path: The file. A symbolic link is followed; a later change of the working directory has no
            effect.
        identity: What selects the data. A checkpoint of another selection is refused.

    Raises:
        ValueError: The file is in use, is not a checkpoint, or belongs to another scan.
        OSError: The file cannot be written or read.
    """

    def __init__(self, path: str | os.PathLike[str], identity: Mapping[str, Any]) -> None:
        self.path = Path(os.path.realpath(path))
        self._identity: dict[str, Any] = json.loads(json.dumps(identity))
        self._new = self.path.with_name(f".{self.path.name}.new")
        if self.path.exists() and not self.path.is_file():
            raise ValueError(f"checkpoint {self.path}: not a file")
        try:
            self._lock = FileLock(self.path.with_name(f".{self.path.name}.lock"))
        except BlockingIOError:
            raise ValueError(f"checkpoint {self.path}: another scan is using it") from None
        except OSError as error:
            reason = f"the checkpoint cannot be written: {error.strerror}"
            raise OSError(error.errno, reason, str(self.path)) from error
        try:
            self._new.unlink(missing_ok=True)  # left by a process that was killed
            self.windows = self._read()
        except BaseException:
            self.close()
            raise

    def write(self, windows: Sequence[Window]) -> None:
        """Replace the file. When this returns, the new one survives a power failure.

        A process that is killed leaves the old file or the new one.
        """
        content = {
            "version": VERSION,
            "query": self._identity,
            "windows": [[w.start, w.end, w.cursor, w.position] for w in windows],
        }
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        try:
            with os.fdopen(os.open(self._new, flags, 0o600), "w", encoding="utf-8") as file:
                json.dump(content, file)
                file.flush()
                os.fsync(file.fileno())
            self._new.replace(self.path)
        finally:
            self._new.unlink(missing_ok=True)
        _sync_directory(self.path.parent)

    def close(self) -> None:
        """Let others use the file."""
        self._lock.release()

    def _read(self) -> list[Window] | None:
        """What is left, newest first; None if there is no file yet."""
        try:
            with self.path.open("rb") as file:
                data = file.read(_MAX_SIZE + 1)
        except FileNotFoundError:
            return None
        if len(data) > _MAX_SIZE:
            raise self._invalid("too large")
        try:
            content = json.loads(data)
        except (ValueError, RecursionError) as error:
            problem = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise self._invalid(problem) from None
        if not isinstance(content, dict) or "version" not in content:
            raise self._invalid("it has no version")
        fields = cast("dict[str, Any]", content)
        if fields["version"] != VERSION:
            raise ValueError(
                f"checkpoint {self.path}: it has the format of another release "
                f"({fields['version']!r:.20}; this one reads {VERSION}); finish the scan with that "
                "release, or delete the file to start again"
            )
        self._check_identity(fields.get("query"))
        return self._windows(fields.get("windows"))

    def _check_identity(self, theirs: Any) -> None:
        if not isinstance(theirs, dict):
            raise self._invalid("it has no query")
        theirs, ours = cast("dict[str, Any]", theirs), self._identity
        names = sorted({*theirs, *ours})
        if different := [name for name in names if theirs.get(name) != ours.get(name)]:
            raise ValueError(
                f"checkpoint {self.path}: it belongs to another scan: "
                + "; ".join(
                    f"{name} was {theirs.get(name)!r:.200}, now it is {ours.get(name)!r:.200}"
                    for name in different
                )
                + "; use another file for this one"
            )

    def _windows(self, entries: Any) -> list[Window]:
        if not isinstance(entries, list):
            raise self._invalid("windows is not a list")
        windows = [self._window(entry) for entry in entries]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - checked one by one
        if any(older.end > newer.start for newer, older in pairwise(windows)):
            raise self._invalid("its windows overlap, or are not newest first")
        return windows

    def _window(self, entry: Any) -> Window:
        match entry:
            case [int(start), int(end), str() | None as cursor, int(position)] if (
                start <= position <= end and not any(isinstance(part, bool) for part in entry)
            ):
                return Window(start=start, end=end, cursor=cursor or None, position=position)
            case _:
                raise self._invalid(f"{entry!r:.100} is not a window")

    def _invalid(self, problem: str) -> ValueError:
        return ValueError(f"checkpoint {self.path}: not a checkpoint ({problem})")


def _sync_directory(path: Path) -> None:
    """Make a rename in this directory survive a power failure, if directories can be opened."""
    with suppress(PermissionError):  # on Windows they cannot
        directory = os.open(path, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
