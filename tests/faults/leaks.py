"""What a client may leave behind: nothing."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_DESCRIPTORS = Path("/proc/self/fd")


def open_sockets() -> int:
    """How many sockets this process has; 0 where nobody tells."""
    return sum(map(_is_socket, _DESCRIPTORS.iterdir())) if _DESCRIPTORS.is_dir() else 0


def _is_socket(descriptor: Path) -> bool:
    try:
        return str(descriptor.readlink()).startswith("socket:")
    except OSError:  # the one that listed the directory
        return False


def wait_until(is_so: Callable[[], bool], seconds: float = 5) -> bool:
    """Servers notice a closed connection a moment later."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    """No socket or thread is there afterwards that was not there before.

    What is forgotten without being closed warns when it is collected, and warnings are errors.
    """
    gc.collect()
    gc.freeze()  # so that collecting again looks only at what is new
    try:
        threads, sockets = set(threading.enumerate()), open_sockets()
        yield
        gc.collect()
        assert wait_until(lambda: open_sockets() <= sockets), "there are more sockets than before"
        assert wait_until(lambda: set(threading.enumerate()) <= threads), threading.enumerate()
    finally:
        gc.unfreeze()
