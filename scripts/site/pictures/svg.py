"""What the pictures share: shapes, and the frame that gives each one its text alternative.

A picture is part of its page, so it has the page's colours: `currentColor` for what is text, and
the classes of `docs/site.css` for what is not. It is 400 units wide, which a phone can show.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape, unescape

WIDTH = 400

_FIGURE = re.compile(r"<figure.*?<title[^>]*>(.*?)</title><desc[^>]*>(.*?)</desc>.*?</figure>")


def figure(name: str, title: str, description: str, shapes: Sequence[str], height: float) -> str:
    """The picture as one line of HTML, which Markdown leaves alone.

    Args:
        name: What no other picture of its page is called.
        title: What it shows.
        description: What can be read off it.
        shapes: The shapes, the hindmost first.
        height: In units.
    """
    return (
        f'<figure class="picture"><svg role="img" aria-labelledby="{name}-title {name}-text" '
        f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-text">{escape(description)}</desc>{"".join(shapes)}</svg>'
        f'<figcaption aria-hidden="true">{escape(title)}</figcaption></figure>'
    )


def as_text(page: str) -> str:
    """The page with what pictures show in their place, for programs that read Markdown."""
    return _FIGURE.sub(lambda found: unescape(f"Picture: {found[1]}. {found[2]}"), page)


def rect(x: float, y: float, width: float, height: float, kind: str) -> str:
    return (
        f'<rect class="{kind}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"/>'
    )


def line(points: Sequence[tuple[float, float]], kind: str) -> str:
    path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    return f'<polyline class="{kind}" points="{path}"/>'


def text(x: float, y: float, words: str, *, end: bool = False, small: bool = False) -> str:
    anchor = ' text-anchor="end"' if end else ""
    kind = ' class="small"' if small else ""
    return f'<text{kind}{anchor} x="{_n(x)}" y="{_n(y)}">{escape(words)}</text>'


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
