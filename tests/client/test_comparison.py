"""The comparison with stripe-python names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "adopt" / "comparison.md").read_text("utf-8")


def test_every_test_that_the_comparison_names_exists():
    named = set(re.findall(r"`(test_\w+)`", TABLE))
    defined = {
        name
        for path in Path(__file__).parent.glob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert len(named) > 50
    assert named <= defined


def test_every_claim_names_a_test():
    rows = [line for line in TABLE.splitlines() if line.startswith("| ") and line.count("|") == 5]
    assert len(rows) > 60
    for row in rows:
        backing = row.rsplit("|", 2)[1].strip()
        assert backing in {"test", "the same"} or "`test" in backing, row
