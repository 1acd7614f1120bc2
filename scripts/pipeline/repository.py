"""Where things are in a checkout of this project."""

from __future__ import annotations

from pathlib import Path

from attrs import Factory, define

PACKAGE = "stripe_invoice_payments_api"


@define(frozen=True)
class Repository:
    """The files that the pipeline reads and writes, all below `root`.

    Attributes:
        root: The directory that holds `spec/`, `templates/` and `generated/`.
        downloads: Where fetched documents are kept.
    """

    root: Path
    downloads: Path = Factory(lambda self: self.root / ".cache" / "spec", takes_self=True)

    @property
    def spec(self) -> Path:
        return self.root / "spec"

    @property
    def slice(self) -> Path:
        return self.spec / "slice.json"

    @property
    def slice_config(self) -> Path:
        return self.spec / "slice.yaml"

    @property
    def overlay(self) -> Path:
        return self.spec / "overlay.yaml"

    @property
    def columns(self) -> Path:
        return self.spec / "columns.json"

    @property
    def generator_config(self) -> Path:
        return self.spec / "generator.yaml"

    @property
    def ruff_config(self) -> Path:
        return self.spec / "ruff.toml"

    @property
    def lock(self) -> Path:
        return self.spec / "lock.json"

    @property
    def templates(self) -> Path:
        return self.root / "templates"

    @property
    def generated(self) -> Path:
        return self.root / "generated"

    @property
    def staging(self) -> Path:
        """Where new files wait until all are ready; on the same disk as what they replace."""
        return self.root / ".cache"


THIS_REPOSITORY = Repository(Path(__file__).resolve().parents[2])
