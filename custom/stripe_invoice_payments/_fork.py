"""Locks that a fork cannot leave locked for ever in the child."""

from __future__ import annotations

import os
import threading


def fork_safe_lock() -> threading.Lock:
    """A lock that no other thread can hold at the moment of a fork.

    The child would inherit it locked, without the thread that could unlock it. To be called once
    for each module that needs one: the registration cannot be undone.
    """
    lock = threading.Lock()
    if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
        os.register_at_fork(
            before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release
        )
    return lock
