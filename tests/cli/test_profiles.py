"""Profiles hold options, and where the key is."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def configure(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = tmp_path / "inpay" / "config.toml"
    path.parent.mkdir()
    return lambda text: path.write_text(text, "utf-8")


@pytest.fixture
def key_file(tmp_path, stripe_sandbox):
    path = tmp_path / "key"
    path.write_text(stripe_sandbox.api_key)
    path.chmod(0o600)
    return str(path)


def first(done):
    assert done.code == 0, done.err
    return json.loads(done.out.splitlines()[0])


def test_a_profile_says_which_account_and_where_the_key_is(
    alone, configure, stripe_sandbox, key_file
):
    account = stripe_sandbox.accounts[0]
    configure(
        f"""
        [default]
        tz = "Europe/Berlin"
        base_url = "{stripe_sandbox.base_url}"
        api_key_file = "{key_file}"
        [connected]
        account = "{account}"
        base_url = "{stripe_sandbox.base_url}"
        api_key_file = "{key_file}"
        """
    )
    row = first(alone("list", "--limit", "1"))
    assert row["account"] is None
    assert row["created"].endswith("+01:00")
    assert first(alone("list", "--limit", "1", "--tz", "UTC"))["created"].endswith("Z")
    assert first(alone("--profile", "connected", "list", "--limit", "1"))["account"] == account


def test_what_is_nearer_replaces_the_key_of_a_profile(
    alone, configure, stripe_sandbox, key_file, monkeypatch
):
    missing = 'api_key_file = "/nowhere/key"'
    configure(f"[default]\n{missing}\n[other]\n{missing}\n")
    at = ("--base-url", stripe_sandbox.base_url, "list", "--limit", "1")
    assert alone(*at).code == 4
    assert first(alone(*at, "--api-key-file", key_file))
    monkeypatch.setenv("STRIPE_API_KEY", stripe_sandbox.api_key)
    assert first(alone(*at))
    assert alone(*at, "--profile", "other").code == 4


def test_the_sandbox_needs_no_profile(alone, configure):
    configure('[default]\naccount = "acct_unknown"\napi_key_file = "/nowhere/key"\n')
    assert alone("--sandbox", "list").code == 0


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[default", "config.toml"),
        ("default = 3", "a table for each profile"),
        ("[default]\nlive = true", "got 'live'"),
        ("[default]\ntz = 3", "got 'tz'"),
        ("[default]\napi_key = 'sk_test_abcdefgh'", "has a key in it"),
        ("[default]\napi_key_command = 'echo sk_live_abcdefgh'", "has a key in it"),
        ("[default]\nsk_live_abcdefgh = 'x'", "has a key in it"),
        ("[other]\napi_key = 'sk_live_abcdefgh'", "has a key in it"),
        ("# sk_live_abcdefgh", "has a key in it"),
    ],
)
def test_invalid_profiles(alone, configure, text, problem):
    configure(text)
    done = alone("list")
    assert done.code == 2
    assert problem in done.err
    assert "abcdefgh" not in done.err


def test_an_unknown_profile(alone, configure):
    configure("")
    done = alone("list", "--profile", "nobody")
    assert done.code == 2
    assert "'nobody'" in done.err
