"""The state of one scan: what has been read, what has been handed over, and what is left.

Readers and the consumer share it, under a lock of the driver's. Nothing in here waits.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import define, field

from stripe_invoice_payments_api.models import InvoicePayment, ListObject

from ._scan_plan import ScanPlan, Window

PAGE_SIZE = 100
CHECKPOINT_VERSION = 1


@define(frozen=True, kw_only=True)
class ScanProgress:
    """How far a scan has come.

    Attributes:
        payments: How many payments have been handed over.
        requests: How many pages have been read.
        windows_left: How many stretches of time are not finished.
        readers: How many readers there are.
    """

    payments: int
    requests: int
    windows_left: int
    readers: int


@define(eq=False, kw_only=True)
class Batch:
    """The part of a page that belongs to a window, on its way to the consumer."""

    window: Window
    payments: list[InvoicePayment]


@define(eq=False)
class ScanState:
    """See the module.

    Attributes:
        plan: Decides what to read next.
        max_pages: How many pages may be held at a time.
        in_order: Whether payments are handed over newest first.
        checkpoint: Keeps what is left on disk, if it is to be kept.
    """

    plan: ScanPlan
    max_pages: int
    in_order: bool = False
    checkpoint: Checkpoint | None = None
    requests: int = 0
    payments: int = 0
    # The windows of which something has not been handed over, with those batches.
    _batches: dict[Window, deque[Batch]] = field(init=False, factory=dict[Window, deque[Batch]])
    # Up to where each of these windows has been handed over, by this run or, by a checkpoint, by
    # one before it: the last payment's id, and when it was created.
    _handed_over: dict[Window, tuple[str, int]] = field(
        init=False, factory=dict[Window, tuple[str, int]]
    )

    @property
    def is_finished(self) -> bool:
        """Whether everything has been read and handed over."""
        return self.plan.is_finished and not self._batches

    def take(self, idle_readers: int) -> Window | None:
        """A window for a reader that has none; None if there is nothing to read just now."""
        window = self.plan.take(idle_readers)
        if window is not None:
            self._batches[window] = deque()
            if window.cursor is not None:
                self._handed_over[window] = window.cursor, window.position
        return window

    def has_room_for(self, window: Window) -> bool:
        """Whether a page of `window` may be read now. The window whose turn it is always may."""
        if sum(map(len, self._batches.values())) < self.max_pages:
            return True
        return self.in_order and window is self._head()

    def accept(self, window: Window, page: ListObject[InvoicePayment]) -> bool:
        """Take a page of `window`; the result is whether there is more to read of it."""
        self.requests += 1
        ids = [(payment.id, payment.created) for payment in page.data]
        belonging = self.plan.advance(window, ids, page.has_more)
        if belonging:
            self._batches[window].append(Batch(window=window, payments=page.data[:belonging]))
        self._forget_if_done(window)
        return window in self.plan.being_read

    def next_batch(self) -> Batch | None:
        """What the consumer gets next; None if it has to wait."""
        if self.in_order:
            head = self._head()
            candidates = [self._batches[head]] if head in self._batches else []
        else:
            candidates = list(self._batches.values())
        return next((batches[0] for batches in candidates if batches), None)

    def hand_over(self, batch: Batch) -> None:
        """The consumer has had all payments of `batch`."""
        window = batch.window
        self._batches[window].popleft()
        last = batch.payments[-1]
        self._handed_over[window] = last.id, last.created
        self.payments += len(batch.payments)
        self._forget_if_done(window)
        self.save()

    def save(self) -> None:
        """Keep on disk what is left, if it is to be kept."""
        if self.checkpoint is not None:
            self.checkpoint.write(self.left())

    def left(self) -> list[Window]:
        """What has not been handed over, as windows to be read."""
        left = list(self.plan.waiting)
        for window in self._batches:
            cursor, position = self._handed_over.get(window, (None, 0))
            rest = Window(start=window.start, end=window.end, cursor=cursor, position=position)
            left.append(rest)
        return sorted(left, key=lambda window: -window.end)

    def progress(self, readers: int) -> ScanProgress:
        """How far the scan has come."""
        return ScanProgress(
            payments=self.payments,
            requests=self.requests,
            windows_left=len(self.plan.waiting) + len(self._batches),
            readers=readers,
        )

    def _head(self) -> Window | None:
        """The window whose turn it is when payments are handed over newest first."""
        return max(
            (*self.plan.waiting, *self._batches), key=lambda window: window.end, default=None
        )

    def _forget_if_done(self, window: Window) -> None:
        if window not in self.plan.being_read and not self._batches[window]:
            del self._batches[window]
            self._handed_over.pop(window, None)


@define(frozen=True)
class Checkpoint:
    """What is left of a scan, in a file that is replaced in one step.

    Attributes:
        path: The file.
        query: What is scanned for; a checkpoint of another query is refused.
    """

    path: Path
    query: Mapping[str, Any]

    def write(self, windows: list[Window]) -> None:
        """Replace the file. A process that is killed leaves the old one or the new one."""
        content = {
            "version": CHECKPOINT_VERSION,
            "query": self.query,
            "windows": [[w.start, w.end, w.cursor, w.position] for w in windows],
        }
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(content, file)
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink()
            raise

    def read(self) -> list[Window] | None:
        """What is left, newest first; None if there is no file yet.

        Raises:
            ValueError: The file is not a checkpoint, or one of another query.
        """
        try:
            content = json.loads(self.path.read_text("utf-8"))
            version, query = content["version"], content["query"]
            windows = [
                Window(start=start, end=end, cursor=cursor, position=position)
                for start, end, cursor, position in content["windows"]
            ]
        except FileNotFoundError:
            return None
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"checkpoint {self.path}: not a checkpoint ({error})") from error
        if version != CHECKPOINT_VERSION:
            raise ValueError(f"checkpoint {self.path}: version {version} is not known")
        ours = json.loads(json.dumps(self.query))
        if query != ours:
            raise ValueError(
                f"checkpoint {self.path}: it belongs to another scan, of {query}, where this one "
                f"is of {ours}; give this one a file of its own"
            )
        return windows
