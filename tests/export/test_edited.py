"""What one run has stored for the next, edited by hand: never a nameless error or a wrong result.

A number that somebody has changed is as valid as the one that was written, so fields have hashes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import assume, given, strategies as st

from stripe_invoice_payments.export import export, verify
from stripe_invoice_payments.export.targets import Target
from stripe_invoice_payments.reconcile import reconcile
from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.sync import sync
from tests.export.fakes import TARGETS, FakeClient, payments, read_back

HELD = payments(40)
IDS = [payment.id for payment in HELD]
DOCUMENTED = (ValueError, OSError)

each_target = pytest.mark.parametrize("name", TARGETS)
each_content = pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"\0", b"\xff\xfe{", b'{"a": 1', b"[" * 100_000],
    ids=lambda content: repr(content[:12]),
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)
STORED_IN = {
    "manifest": ("invoice_payments_export", "manifest"),
    "state": ("invoice_payments_sync", "state"),
}


class Crash(BaseException):
    """The process ends here."""


class Stored:
    """What is stored in a target, to be read and replaced as with an editor."""

    def __init__(self, target: Path, what: str = "manifest") -> None:
        self.target = target
        table, column = STORED_IN[what]
        self._select = f"SELECT {column} FROM {table}"  # noqa: S608 - constants
        self._update = f"UPDATE {table} SET {column} = ?"  # noqa: S608 - constants

    @property
    def path(self) -> Path:
        if self.target.is_dir():
            return self.target / "_manifest.json"
        return self.target.with_name(f"{self.target.name}.manifest.json")

    def read(self) -> str:
        if self.target.suffix != ".duckdb":
            return self.path.read_text("utf-8")
        with duckdb.connect(str(self.target)) as connection:
            found = connection.execute(self._select).fetchone()
        assert found is not None
        text: str = found[0]
        return text

    def write(self, content: bytes | None) -> None:
        if self.target.suffix != ".duckdb":
            self.path.write_bytes(content or b"")
            return
        text = None if content is None else content.decode("utf-8", "replace")
        with duckdb.connect(str(self.target)) as connection:
            connection.execute(self._update, [text])


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of all values in a JSON value."""
    inner: list[tuple[Any, Any]] = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    return [*([path] if path else []), *(p for k, v in inner for p in places(v, (*path, k)))]


@st.composite
def edits(draw: Any, text: str) -> tuple[tuple[Any, ...], bytes]:
    """The text with one value changed or removed, and the place of that value."""
    data = json.loads(text)
    place = draw(st.sampled_from(places(data)))
    holder = data
    for step in place[:-1]:
        holder = holder[step]
    if draw(st.booleans()):
        del holder[place[-1]]
    else:
        holder[place[-1]] = draw(JSON)
    return place, json.dumps(data).encode()


def unfinished(to: str, held: Any = HELD) -> None:
    """An export that was killed after its first batch."""
    client = FakeClient(held)
    steps = iter([None, Crash()])

    def step() -> None:
        error = next(steps)
        if error is not None:
            raise error

    client.step = step  # type: ignore[method-assign]
    with pytest.raises(Crash):
        export(client, to=to)  # type: ignore[arg-type]


@each_target
@pytest.mark.parametrize("state", ["running", "finished"])
def test_one_edited_value_of_a_manifest_is_a_clear_error_or_harmless(name, state, tmp_path):
    to = f"{tmp_path}/{name}"
    client: Any = FakeClient(HELD)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Target, "batch_size", 25)
        unfinished(to)
        if state == "finished":
            export(client, to=to)
        stored = Stored(tmp_path / name)
        original = stored.read()

        @given(edit=edits(original))
        def check(edit: tuple[tuple[Any, ...], bytes]) -> None:
            place, content = edit
            # Of an equal value, the export would go on, and this test would take its rows back.
            assume(json.loads(content) != json.loads(original))
            stored.write(content)
            try:
                for use in (partial(verify, to), partial(export, to=to)):
                    refused(use, client, str(place[0]), str(tmp_path / name))
            finally:
                stored.write(original.encode())

        check()
        assert export(client, to=to).is_complete
    assert [row["id"] for row in read_back(tmp_path / name)] == IDS


def refused(use: Callable[..., Any], client: Any, field: str, path: str) -> None:
    """Nothing is done with an edited value, and the error names the file and the field."""
    with pytest.raises(ValueError, match="another target") as caught:
        use(client=client)
    assert path in str(caught.value)
    assert field in str(caught.value) or field == "hashes"  # which are those of other fields


@each_target
@each_content
def test_a_manifest_that_is_something_else_is_refused(name, content, tmp_path):
    to = f"{tmp_path}/{name}"
    client: Any = FakeClient(HELD)
    export(client, to=to)
    Stored(tmp_path / name).write(content)
    for use in (partial(export, to=to), partial(verify, to)):
        with pytest.raises(ValueError, match=r"not the manifest of an export .*another target"):
            use(client=client)


@pytest.mark.parametrize("column", ["manifest", "id"])
def test_a_database_whose_tables_are_not_what_they_were(column, tmp_path):
    client: Any = FakeClient(HELD)
    export(client, to=tmp_path / "x.duckdb")
    table = {"manifest": "invoice_payments_export", "id": "invoice_payments"}[column]
    with duckdb.connect(str(tmp_path / "x.duckdb")) as connection:
        connection.execute(f"ALTER TABLE {table} RENAME {column} TO other")
    with pytest.raises(OSError, match=r"x\.duckdb"):
        verify(tmp_path / "x.duckdb", client)


def test_a_database_without_its_manifest_is_refused(tmp_path):
    client: Any = FakeClient(HELD)
    export(client, to=tmp_path / "x.duckdb")
    Stored(tmp_path / "x.duckdb").write(None)
    with pytest.raises(ValueError, match="not the manifest of an export"):
        export(client, to=tmp_path / "x.duckdb")


def test_a_manifest_may_be_formatted_anew(tmp_path):
    client: Any = FakeClient(HELD)
    export(client, to=tmp_path / "x.csv")
    stored = Stored(tmp_path / "x.csv")
    stored.write(json.dumps(json.loads(stored.read()), indent=7, sort_keys=True).encode("utf-16"))
    assert verify(tmp_path / "x.csv", client).is_complete


@pytest.mark.parametrize("is_killed", [False, True])
def test_one_edited_value_of_a_mirror_is_a_clear_error_or_harmless(is_killed, tmp_path):
    path = tmp_path / "x.duckdb"
    with (
        Sandbox(payments=250, seed=3) as sandbox,
        sandbox.client(rate_limit=1000) as client,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(Target, "batch_size", 60)
        if is_killed:
            sandbox.add_fault("permission_denied", skip=1)
            with pytest.raises(Exception, match="permission"):
                sync(client, path, workers=1, max_retries=0)
            sandbox.clear_faults()
        else:
            sync(client, path)
        stored = Stored(path, "state")
        original = stored.read()

        @given(edit=edits(original))
        def check(edit: tuple[tuple[Any, ...], bytes]) -> None:
            place, content = edit
            assume(json.loads(content) != json.loads(original))
            stored.write(content)
            try:
                for use in (
                    partial(sync, target=path),
                    partial(reconcile, period={"gte": 1_735_689_600}, payments=path),
                ):
                    refused(use, client, str(place[0]), str(path))
            finally:
                stored.write(original.encode())

        check()
        assert sync(client, path, verify=True).differences == ()
        assert len(read_back(path)) == 250


@each_content
def test_the_state_of_a_mirror_that_is_something_else_is_refused(content, tmp_path):
    path = tmp_path / "x.duckdb"
    with Sandbox(payments=20) as sandbox, sandbox.client() as client:
        sync(client, path)
        Stored(path, "state").write(content)
        with pytest.raises(ValueError, match=r"not the state of a mirror .*another target"):
            sync(client, path)
        with pytest.raises(ValueError, match=r"not the state of a mirror .*another target"):
            reconcile(client, {"gte": 1_735_689_600}, payments=path)


@pytest.mark.parametrize("field", ["stripe_invoice_payments_sync", "schema_version"])
def test_a_mirror_of_a_newer_release_says_which_versions(field, tmp_path):
    path = tmp_path / "x.duckdb"
    with Sandbox(payments=20) as sandbox, sandbox.client() as client:
        sync(client, path)
        stored = Stored(path, "state")
        changed = {**json.loads(stored.read()), field: 9, "written_by": "9.1"}
        stored.write(json.dumps(changed).encode())
        with pytest.raises(
            ValueError, match=r"written by release '9\.1' with version .*9"
        ) as caught:
            sync(client, path)
    assert "this release has versions 1 and 1" in str(caught.value)
