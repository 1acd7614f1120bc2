"""Pictures on pages show what was recorded, and what the pages say."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from scripts.errors import SiteError
from scripts.site.pictures import recording, terminal, with_pictures
from scripts.site.pictures.svg import as_text

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["adopt/benchmarks.md", "maintain/how-it-works.md", "use/scan.md"]
SVG = "{http://www.w3.org/2000/svg}"

TABLE = """
| | time | rows |
| --- | --- | --- |
| stripe-python and csv | 40.0 s | 1,000 |
| `export` into `a.csv` | 10.0 s |  |
"""


def pictures(text: str) -> list[ElementTree.Element]:
    found = re.findall(r"<figure.*?</figure>", with_pictures(text))
    return [ElementTree.fromstring(one) for one in found]  # noqa: S314 - our own


def texts(picture: ElementTree.Element) -> list[str | None]:
    return [element.text for element in picture.iter(f"{SVG}text")]


def widths(picture: ElementTree.Element) -> list[float]:
    return [float(element.attrib["width"]) for element in picture.iter(f"{SVG}rect")]


def test_the_recording_is_what_the_script_gives():
    run = json.loads(recording.FILE.read_text("utf-8"))
    assert run["requests"] == recording.recorded()


def test_the_recorded_scan_read_the_period_without_a_gap_and_nothing_twice():
    run = json.loads(recording.FILE.read_text("utf-8"))
    stretches = sorted((request["from"], request["until"]) for request in run["requests"])
    assert (stretches[0][0], stretches[-1][1]) == (run["start"], run["end"])
    assert all(first[1] == second[0] for first, second in pairwise(stretches))
    assert sum(request["payments"] for request in run["requests"]) == 1600 + 720


def test_the_terminal_of_the_readme_shows_what_its_commands_print():
    picture = terminal.FILE.read_text("utf-8")
    assert picture == terminal.drawn()
    root = ElementTree.fromstring(picture)  # noqa: S314 - our own
    shown = "".join(root.itertext()).replace("\xa0", " ")
    assert all(command in shown for command in terminal.COMMANDS)
    assert "Traceback" not in shown
    assert "url(" not in picture.replace("url(#", "")  # no font and no picture of another host


@pytest.mark.parametrize("page", ["README.md", "docs/index.md"])
def test_a_page_that_shows_the_terminal_says_what_is_on_it(page):
    source = DOCS.parent / page
    found = re.findall(r"!\[(.+)\]\((.+)\)", source.read_text("utf-8"))
    ((description, target),) = found
    assert (source.parent / target).samefile(terminal.FILE)
    assert len(description) > 80


@pytest.mark.parametrize("page", PAGES)
def test_each_picture_has_a_text_and_needs_no_other_host(page):
    text = (DOCS / page).read_text("utf-8")
    drawn = pictures(text)
    assert len(drawn) == len(re.findall(r"^<!-- (?:chart|scan|steps)\b", text, re.MULTILINE)) > 0
    identifiers = [
        element.get("id") for one in drawn for element in one.iter() if element.get("id")
    ]
    assert len(identifiers) == len(set(identifiers))
    for picture in drawn:
        (svg,) = picture.iter(f"{SVG}svg")
        assert svg.get("role") == "img"
        named = {element.get("id"): element.text for element in svg if element.get("id")}
        assert [*named] == str(svg.get("aria-labelledby")).split()
        assert all(named.values())
        assert "://" not in ElementTree.tostring(picture, "unicode").replace(SVG[1:-1], "")


def test_a_chart_shows_the_table_above_it():
    (picture,) = pictures(f"{TABLE}\n<!-- chart: time | Seconds -->\n")
    assert texts(picture) == ["stripe-python and csv", "40.0 s", "export into a.csv", "10.0 s"]
    longest, shortest = widths(picture)
    assert longest == 4 * shortest
    (described,) = picture.iter(f"{SVG}desc")
    assert described.text == "stripe-python and csv: 40.0 s; export into a.csv: 10.0 s."


def test_a_chart_shows_the_rows_that_it_names_and_leaves_out_empty_cells():
    (named,) = pictures(f"{TABLE}\n<!-- chart: time | Seconds | into | 20 -->\n")
    assert texts(named) == ["export  a.csv", "10.0 s"]
    (counted,) = pictures(f"{TABLE}\n<!-- chart: rows | Rows -->\n")
    assert texts(counted) == ["stripe-python and csv", "1,000"]
    assert widths(named)[0] * 2 == widths(counted)[0]


def test_steps_show_the_list_below_them():
    steps = "1. **Ask** (`a.py`). It\n2. **Read** (`b.py`). It\n"
    (picture,) = pictures(f"<!-- steps: A call | 2 to 1: again -->\n\n{steps}")
    assert texts(picture) == ["1. Ask", "a.py", "2. Read", "b.py", "again"]


@pytest.mark.parametrize(
    "page",
    [
        "<!-- chart: time | Seconds -->",
        f"{TABLE}\n<!-- chart: tiem | Seconds -->",
        f"{TABLE}\n<!-- chart: time | Seconds | dlt -->",
        "<!-- steps: A call -->\n\n# Next\n\n1. **Ask** (`a.py`). It",
        "<!-- steps: A call | 2 to 1: again -->\n\n1. **Ask** (`a.py`). It",
    ],
)
def test_a_picture_of_what_is_not_on_the_page_stops_the_build(page):
    with pytest.raises(SiteError, match="Correct the page"):
        with_pictures(page)


def test_a_copy_for_programs_has_the_text_of_a_picture():
    page = with_pictures(f"{TABLE}\n<!-- chart: rows | Rows of Stripe's -->\n\nNext\n")
    assert as_text(page) == (
        f"{TABLE}\nPicture: Rows of Stripe's. stripe-python and csv: 1,000.\n\nNext\n"
    )
