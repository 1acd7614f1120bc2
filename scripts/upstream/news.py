"""What a newer `stripe` package has that our slice lacks, and the reverse.

The newest release is compared with the one that pins our API version, and only the difference with
our slice. The package and the document disagree about some fields at every version, so comparing
our slice with the newest release alone would report these each time.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define

from .views import View, parent


@define(frozen=True)
class News:
    """One difference.

    Attributes:
        path: Of what has changed, such as `Invoice.status_details`.
        change: How.
        values: Those that were added or removed.
    """

    path: str
    change: str
    values: tuple[str, ...] = ()


def find_news(ours: View, pinned: View, newest: View) -> list[News]:
    """What has changed since the release that pins our API version, as far as our slice goes."""
    inside = {parent(path) for path in ours}
    found = [
        News(path, "added, expandable" if newest[path].expandable else "added")
        for path in newest.keys() - pinned.keys() - ours.keys()
        if parent(path) in inside
    ]
    for path in ours.keys() & pinned.keys():
        if path in newest:
            found += _differences(path, ours, pinned, newest)
        elif parent(path) in newest or not parent(path):
            found.append(News(path, "removed"))
    return sorted(found, key=lambda news: (news.path, news.change))


def standing_differences(ours: View, pinned: View) -> list[str]:
    """What the package has at our API version already, and our slice has not: no news."""
    inside = {parent(path) for path in ours}
    return sorted(path for path in pinned.keys() - ours.keys() if parent(path) in inside)


def _differences(path: str, ours: View, pinned: View, newest: View) -> Iterator[News]:
    own, before, now = ours[path], pinned[path], newest[path]
    if added := now.values - before.values - own.values:
        yield News(path, "values added", tuple(sorted(added)))
    if now.values and (removed := (before.values - now.values) & own.values):
        yield News(path, "values removed", tuple(sorted(removed)))
    if now.expandable not in {before.expandable, own.expandable}:
        yield News(path, "now expandable" if now.expandable else "no longer expandable")
    if now.optional != before.optional:
        yield News(path, "now optional" if now.optional else "now required")
