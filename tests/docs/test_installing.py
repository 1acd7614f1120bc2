"""docs/adopt/installing.md has every extra, and what it installs."""

from __future__ import annotations

import re
from pathlib import Path

import tomllib
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]


def test_the_table_of_extras_is_that_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    installed = {
        extra: {Requirement(requirement).name for requirement in requirements}
        for extra, requirements in project["optional-dependencies"].items()
    }
    (section,) = re.findall(
        r"^## Extras\n(.*?)^## ",
        (ROOT / "docs" / "adopt" / "installing.md").read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.+) \|$", section, re.MULTILINE)
    assert {extra: {*re.findall(r"`([\w-]+)`", names)} for extra, names in rows} == installed
