"""What is stored with the rows of a mirror: how far it is complete, and what is being read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import asdict, define

from ..export.manifest import Manifest
from ..export.sealing import Seal

_SEAL = Seal(
    kind="the state of a mirror",
    marker="stripe_invoice_payments_sync",
    version=1,
    advice="or sync into another target",
    takes_older_columns=True,
)

# What selects the data of a mirror. The rest of a scan's query may change.
_SELECTING = ("base_url", "stripe_account", "stripe_context", "mode")


@define(frozen=True, kw_only=True)
class Reading:
    """An unfinished scan of what is new.

    Attributes:
        since: The first second that it reads, in Unix seconds.
        token: The token to resume it with.
        newest: When the newest payment was created that it has read.
        scan: Which scan it is, as far as that decides whether the token is valid.
    """

    since: int
    token: str
    newest: int | None
    scan: Mapping[str, Any]


@define(kw_only=True)
class State:
    """How far a mirror is complete.

    Attributes:
        query: What selects its data. No secret.
        start: The first second of the mirror, in Unix seconds; 0 if it has everything.
        watermark: When the newest payment was created that a complete scan has read. None: there
            was none.
        is_complete: Whether a scan has read everything up to then.
        reading: The scan that a killed sync has left unfinished.
    """

    query: Mapping[str, Any]
    start: int = 0
    watermark: int | None = None
    is_complete: bool = False
    reading: Reading | None = None

    def forget(self) -> None:
        """Read everything again."""
        self.watermark, self.is_complete, self.reading = None, False, None

    def since(self, look_back: int) -> int:
        """The first second that the next scan of what is new reads."""
        if self.watermark is None:
            return self.start
        return max(self.start, self.watermark - look_back)

    def require_same(self, query: Mapping[str, Any], path: object) -> None:
        """Reject a client that reads other data than the mirror has.

        Raises:
            ValueError: It does.
        """
        for name in _SELECTING:
            ours, theirs = self.query[name], query[name]
            if ours != theirs:
                raise ValueError(
                    f"client: it reads other data than the mirror in {path}: {name} was "
                    f"{ours!r:.200}, now it is {theirs!r:.200}"
                )

    def to_json(self) -> str:
        """The stored form."""
        return _SEAL.write(asdict(self))

    @classmethod
    def from_json(cls, text: str | None, where: str) -> State:
        """The reverse of `to_json`.

        Raises:
            ValueError: It is not a state, was edited, or is of another release.
        """
        data = _SEAL.read(text, where)
        reading = data["reading"]
        return cls(
            query=data["query"],
            start=data["start"],
            watermark=data["watermark"],
            is_complete=data["is_complete"],
            reading=None if reading is None else Reading(**reading),
        )

    @classmethod
    def of_query(cls, query: Mapping[str, Any]) -> State:
        """The state of a new mirror."""
        return cls(query={name: query[name] for name in _SELECTING})

    @classmethod
    def of_export(cls, manifest: Manifest, path: object) -> State:
        """The state of a mirror that continues an export.

        Raises:
            ValueError: The export is not finished, or has only a part of the payments.
        """
        if manifest.state != "finished":
            raise ValueError(
                f"target: the export in {path} must be finished, got {manifest.state!r}; repeat "
                "the call of export"
            )
        if filters := manifest.filters:
            raise ValueError(
                f"target: the export in {path} must have no filters but its period, "
                f"got {filters!r:.200}; sync into another target"
            )
        state = cls.of_query(manifest.query)
        state.start, state.is_complete = manifest.start, True
        if manifest.summary.newest is not None:
            # What was created after the export began may be there in part.
            state.watermark = min(manifest.summary.newest, manifest.started_at)
        return state
