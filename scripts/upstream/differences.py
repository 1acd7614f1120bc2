"""What a newer `stripe` package has that our slice lacks, and the reverse.

The newest release is compared with the one that pins our API version, and only the difference with
our slice. The package and the document disagree about some fields at every version, so comparing
our slice with the newest release alone would report these each time.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define

from .surface import Surface, parent


@define(frozen=True)
class Difference:
    """One difference.

    Attributes:
        path: Of what has changed, such as `Invoice.status_details`.
        change: How.
        values: Those that were added or removed.
    """

    path: str
    change: str
    values: tuple[str, ...] = ()


def new_differences(ours: Surface, pinned: Surface, newest: Surface) -> list[Difference]:
    """What has changed since the release that pins our API version, as far as our slice goes."""
    inside = {parent(path) for path in ours}
    found = [
        Difference(path, "added, expandable" if newest[path].expandable else "added")
        for path in newest.keys() - pinned.keys() - ours.keys()
        if parent(path) in inside
    ]
    for path in ours.keys() & pinned.keys():
        if path in newest:
            found += _differences(path, ours, pinned, newest)
        elif parent(path) in newest or not parent(path):
            found.append(Difference(path, "removed"))
    return sorted(found, key=lambda one: (one.path, one.change))


def standing_differences(ours: Surface, pinned: Surface) -> list[str]:
    """What the package has at our API version already, and our slice has not: no news."""
    inside = {parent(path) for path in ours}
    return sorted(path for path in pinned.keys() - ours.keys() if parent(path) in inside)


def _differences(
    path: str, ours: Surface, pinned: Surface, newest: Surface
) -> Iterator[Difference]:
    own, before, now = ours[path], pinned[path], newest[path]
    if added := now.values - before.values - own.values:
        yield Difference(path, "values added", tuple(sorted(added)))
    if now.values and (removed := (before.values - now.values) & own.values):
        yield Difference(path, "values removed", tuple(sorted(removed)))
    if now.expandable not in {before.expandable, own.expandable}:
        yield Difference(path, "now expandable" if now.expandable else "no longer expandable")
    if now.optional != before.optional:
        yield Difference(path, "now optional" if now.optional else "now required")
