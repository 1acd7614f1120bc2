"""Pictures on pages, as SVG, made from what the pages say and from a recorded run.

A comment asks for one: `<!-- scan -->` for a recorded scan, `<!-- chart: ... -->` for bars of the
table above it, `<!-- steps: ... -->` for the numbered list below it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count

from .charts import chart
from .scan import scan
from .steps import steps

# A picture's name on its page, what the comment says, the text above it, and the text below it.
_Picture = Callable[[str, str, str, str], str]
_PICTURES: dict[str, _Picture] = {"chart": chart, "scan": scan, "steps": steps}

_PLACE = re.compile(r"^<!-- (chart|scan|steps)(?:: (.*?))? -->$", re.MULTILINE | re.DOTALL)


def with_pictures(text: str) -> str:
    """The text of a page with its pictures.

    Raises:
        SiteError: A comment asks for what is not on the page.
    """
    number = count(1)

    def picture(place: re.Match[str]) -> str:
        draw = _PICTURES[place[1]]
        words = " ".join((place[2] or "").split())
        return draw(f"picture-{next(number)}", words, text[: place.start()], text[place.end() :])

    return _PLACE.sub(picture, text)
