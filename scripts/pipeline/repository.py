"""Where things are in a checkout of this project."""

from __future__ import annotations

from pathlib import Path

from attrs import Factory, define, field

PACKAGE = "stripe_invoice_payments_api"


def _at(path: str) -> Path:
    below: Path = Factory(lambda self: self.root / path, takes_self=True)
    return below


@define(frozen=True)
class Repository:
    """The files that the pipeline reads and writes, all below `root`.

    Attributes:
        root: The directory that holds `spec/`, `templates/` and `generated/`.
        downloads: Where fetched documents are kept.
        staging: Where new files wait until all are ready; on the same disk as what they replace.
    """

    root: Path
    downloads: Path = field(default=_at(".cache/spec"))
    staging: Path = field(init=False, default=_at(".cache"))
    templates: Path = field(init=False, default=_at("templates"))
    generated: Path = field(init=False, default=_at("generated"))
    spec: Path = field(init=False, default=_at("spec"))
    slice: Path = field(init=False, default=_at("spec/slice.json"))
    slice_config: Path = field(init=False, default=_at("spec/slice.yaml"))
    overlay: Path = field(init=False, default=_at("spec/overlay.yaml"))
    columns: Path = field(init=False, default=_at("spec/columns.json"))
    generator_config: Path = field(init=False, default=_at("spec/generator.yaml"))
    ruff_config: Path = field(init=False, default=_at("spec/ruff.toml"))
    lock: Path = field(init=False, default=_at("spec/lock.json"))


THIS_REPOSITORY = Repository(Path(__file__).resolve().parents[2])
