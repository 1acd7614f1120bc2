"""How a scan divides its work: into windows of creation time, which are read concurrently.

One worker reads a window, with ordinary cursors, from the newest object to the oldest. A worker
without a window takes the older part of the window with the most remaining work. That part is cut
into pieces that grow with their distance: the next stretch is probably as dense as the last page,
and nothing is known about those further away. As a result, dense stretches get many workers, and
empty ones cost one request.

Windows never overlap, and together they cover the period, in whole seconds. Therefore every object
belongs to exactly one of them: nothing is missed or read twice, however often windows are split.

This module only decides, and has no lock.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field

# A window is worth splitting when it has at least this many pages left.
MIN_PAGES_TO_SPLIT = 2.5
# How many pages a worker keeps of a window that is split, judged by the density of its last page.
PAGES_KEPT = 8
# Into how many pieces it is split at most.
MAX_PIECES = 8


@define(eq=False, kw_only=True)
class Window:
    """A stretch of creation time, from `start` to just before `end`, which is read backwards.

    Attributes:
        start: Its first second.
        end: The second after its last.
        cursor: The id of the last object that was read; None before the first page.
        position: When that object was created. Without a cursor, everything before this second
            has to be read; that is `end` before the first page.
        density: Objects per second on the last page.
        seen: The objects of the second `position` that were read.
        skipped: Objects that are read a second time because a cursor was lost, and not yielded.
        lost: How many cursors were lost since something new was read.
        is_dense: Whether it was cut off a dense window, to be read by one more worker.
    """

    start: int
    end: int
    cursor: str | None = None
    position: int = field(default=0)
    density: float = 0.0
    seen: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    lost: int = 0
    is_dense: bool = False

    def __attrs_post_init__(self) -> None:
        if self.cursor is None:
            self.position = self.end

    @property
    def before(self) -> int:
        """Everything still to be read was created before this second."""
        return self.end if self.cursor is not None else self.position

    def lose_cursor(self) -> None:
        """Continue by time alone, since the object that the cursor names no longer exists.

        Its second is read again, so that nothing is missed.
        """
        self.skipped |= self.seen
        self.seen = frozenset()
        self.cursor = None
        self.position += 1
        self.lost += 1

    def move(self, page: Sequence[tuple[str, int]]) -> None:
        """Continue after the last object of a page."""
        oldest_id, oldest = page[-1]
        seconds = max(1, min(self.position, page[0][1] + 1) - oldest)
        self.density = len(page) / seconds
        at_oldest = frozenset(identifier for identifier, created in page if created == oldest)
        same_second = self.cursor is not None and oldest == self.position
        self.seen = at_oldest | self.seen if same_second else at_oldest
        self.cursor, self.position = oldest_id, oldest

    def pages_left(self, page_size: int) -> float:
        """How many pages remain, if the rest is as dense as the last page."""
        return (self.position - self.start) * self.density / page_size


class ScanPlan:
    """Decides which window is read next, and what a page means for the windows.

    Args:
        windows: What is to be read, newest first.
        page_size: How many objects a full page has.
        in_order: Whether the newest windows are required first. Pieces are then short and equal,
            and the last piece is the rest of the window.
    """

    def __init__(
        self, windows: Sequence[Window], page_size: int, *, in_order: bool = False
    ) -> None:
        self.waiting = list(windows)
        self.being_read: list[Window] = []
        self._page_size = page_size
        self._in_order = in_order

    @property
    def is_finished(self) -> bool:
        """Whether everything has been read."""
        return not self.waiting and not self.being_read

    def take(self, idle_workers: int) -> Window | None:
        """A window to read; None if there is none at the moment.

        Args:
            idle_workers: How many workers have no window, including the one that asks.
        """
        if not self.waiting:
            self._split_fullest(idle_workers)
        if not self.waiting:
            return None
        window = self.waiting.pop(0)
        self.being_read.append(window)
        return window

    @property
    def has_dense(self) -> bool:
        """Whether a dense window is waiting."""
        return any(window.is_dense for window in self.waiting)

    def cut_dense(self, window: Window) -> bool:
        """Cut off what is older than the second that a dense window has reached, if it is dense.

        A second cannot be divided. If each has a page or more, a worker that reads one after the
        other is busy long after all others are idle. Read at once, they share the rate limit, and
        end together.

        Returns:
            Whether another window is waiting now.
        """
        is_dense = window in self.being_read and window.density >= self._page_size
        if self._in_order or not is_dense or window.position <= window.start:
            return False
        older = Window(start=window.start, end=window.position, is_dense=True)
        self.waiting.insert(0, older)
        window.start = window.position
        return True

    def put_back(self, window: Window) -> None:
        """Let a window that was taken be taken again."""
        self.being_read.remove(window)
        self.waiting.insert(0, window)

    def advance(self, window: Window, page: Sequence[tuple[str, int]], has_more: bool) -> int:
        """Record that a page of `window` was read.

        Args:
            window: A window that `take` returned and that is not finished.
            page: The id and the creation time of each object, newest first. The page may reach
                beyond the window.
            has_more: Whether older objects follow.

        Returns:
            How many objects at the start of the page belong to the window.
        """
        belonging = sum(created >= window.start for _, created in page)
        if page:
            window.move(page)
        if belonging < len(page) or not has_more:
            self.being_read.remove(window)
        if not has_more:
            self._nothing_before(page[-1][1] if page else window.end)
        return belonging

    def _nothing_before(self, second: int) -> None:
        """Drop what a last page proves empty: no object was created before this second."""
        self.waiting = [window for window in self.waiting if window.end > second]
        for window in (*self.waiting, *self.being_read):
            window.start = max(window.start, min(second, window.position))

    def _split_fullest(self, idle_workers: int) -> None:
        candidates = [window for window in self.being_read if window.cursor is not None]
        if not candidates:
            return
        window = max(candidates, key=lambda window: window.pages_left(self._page_size))
        if window.pages_left(self._page_size) < MIN_PAGES_TO_SPLIT:
            return
        *points, start = split_points(
            window.start,
            window.position,
            first=PAGES_KEPT * self._page_size / window.density,
            pieces=min(MAX_PIECES, idle_workers + 1),
            growing=not self._in_order,
        )
        ends = points
        starts = [*points[1:], start]
        if points:
            window.start = points[0]
            self.waiting += [
                Window(start=start, end=end) for start, end in zip(starts, ends, strict=True)
            ]


def joined(windows: Sequence[Window]) -> list[Window]:
    """The same stretches in the fewest windows, newest first, as copies.

    A window that was not started is merged into the newer window that it continues.
    """
    result: list[Window] = []
    for window in sorted(windows, key=lambda window: -window.end):
        if result and window.cursor is None and window.end == result[-1].start:
            result[-1].start = window.start
        else:
            cursor, position = window.cursor, window.position
            result.append(
                Window(start=window.start, end=window.end, cursor=cursor, position=position)
            )
    return result


def split_points(
    start: int, end: int, *, first: float, pieces: int, growing: bool = True
) -> list[int]:
    """Where to cut the seconds from `start` to `end`, from the newest cut down to `start`.

    Args:
        start: The oldest second; always the last of the points.
        end: The newest second, which is not a point itself.
        first: The length of the newest piece, if the stretch is long enough for that.
        pieces: The maximum number of pieces.
        growing: Whether each piece is longer than the one before. Otherwise all are as long as the
            first, except the last, which is the rest.
    """
    length = end - start
    is_short = first * pieces >= length
    size = length / pieces if is_short else first
    ratio = growth(length / first, pieces) if growing and not is_short else 1.0
    points: list[int] = []
    point = float(end)
    for _ in range(pieces - 1):
        point -= size
        size *= ratio
        cut = int(point)
        if start < cut <= end and cut not in points:
            points.append(cut)
    return [*points, start]


def growth(total: float, pieces: int) -> float:
    """The ratio of each piece to the one before, if the first is 1 and all together are `total`."""
    low, high = 1.0, max(2.0, total)
    for _ in range(60):
        middle = (low + high) / 2
        if sum(middle**power for power in range(pieces)) < total:
            low = middle
        else:
            high = middle
    return high
