"""`make run` shows each thing that the client does, against a sandbox of its own."""

from __future__ import annotations

import pytest

from scripts import demo


def test_the_demonstration(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("scripts.regenerate.main", lambda _: 0)  # which has tests of its own
    assert demo.main() == 0
    shown = capsys.readouterr().out
    for part in (
        "status",
        "250 payments read",
        "payment(s)",
        "InvalidRequestError: ",
        "status 404",
    ):
        assert part in shown


def test_it_ends_where_the_client_cannot_be_rendered(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("scripts.regenerate.main", lambda _: 2)
    assert demo.main() == 2
