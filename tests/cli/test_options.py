"""Each option of output does something about a command, or the command refuses it."""

from __future__ import annotations

import io
import json

import pytest

VALUES = {"--format": "csv", "--fields": "id", "--amounts": "major", "--tz": "Europe/Berlin"}
# The options that each command has, and the values of `--format` unless it has all of them.
ALL = {*VALUES}
DOCUMENTS = {"table", "json", "jsonl"}
COMMANDS = {
    ("find", "in_1"): (ALL, None),
    ("invoice", "in_1"): (ALL, None),
    ("list",): (ALL, None),
    ("export", "2025", "-o", "p.csv"): ({"--format", "--tz"}, DOCUMENTS),
    ("verify", "p.csv"): ({"--format"}, DOCUMENTS),
    ("sync", "p.duckdb"): ({"--format", "--tz"}, DOCUMENTS),
    ("reconcile", "2025"): (ALL, None),
    ("webhook", "listen"): ({"--format", "--fields", "--tz"}, None),
    ("webhook", "verify", "-", "--signature", "t=1"): ({"--format", "--fields", "--tz"}, None),
    ("webhook", "sign", "-"): (set[str](), None),
    ("sandbox",): (set[str](), None),
    ("doctor",): ({"--format", "--fields"}, None),
}
TABLE = [(command, option) for command in COMMANDS for option in VALUES]


@pytest.mark.parametrize(("command", "option"), TABLE)
def test_an_option_applies_or_is_refused(alone, command, option, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    options, formats = COMMANDS[command]
    shown = alone(*command[: 2 if command[0] == "webhook" else 1], "--help").out
    assert (f" {option} " in shown) is (option in options)
    value = "check" if (command[0], option) == ("doctor", "--fields") else VALUES[option]
    is_taken = option in options and (option != "--format" or formats is None or value in formats)
    # Without a key or a secret, nothing happens, and that is the error.
    for arguments in ((*command, option, value), (option, value, *command)):
        done = alone(*arguments)
        assert "Traceback" not in done.err
        if is_taken:
            assert option not in done.err
            assert done.code == 4
        else:
            assert done.code == 2
            assert option in done.err
    assert not [*tmp_path.iterdir()]


def test_what_to_do_instead(alone):
    for option in (("--amounts", "major"), ("--fields", "id"), ("--format", "csv")):
        done = alone("export", "2025", "-o", "p.csv", *option)
        assert "inpay list --all" in done.err or ".csv" in done.err
    assert "--html" in alone("verify", "p.csv", "--amounts", "major").err


def test_a_time_zone_in_a_profile_is_for_the_commands_that_have_it(inpay, tmp_path, monkeypatch):
    (tmp_path / "inpay").mkdir()
    (tmp_path / "inpay" / "config.toml").write_text("[default]\ntz = 'Europe/Berlin'")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert inpay("doctor").code == 0


def test_fields_in_json(inpay, payments):
    done = inpay("invoice", payments[0].invoice_id, "--fields", "status,id")
    assert {tuple(each) for each in json.loads(done.out)["payments"]} == {("status", "id")}
    done = inpay("reconcile", "2025", "--format", "json", "--fields", "reason,invoice")
    assert {tuple(each) for each in json.loads(done.out)["findings"]} == {("reason", "invoice")}
