"""What the pipeline takes, from the cached document to the rendered package, for larger slices."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from ..pipeline.inputs.fetching import fetch_again
from ..pipeline.inputs.lock import Lock
from ..pipeline.inputs.parsing import canonical_json
from ..pipeline.repository import THIS_REPOSITORY, Repository
from .measure import Figure, processes_side_by_side

ROUNDS = 3
MIDDLE = 340

_TIMED = """
import sys, time
started = time.perf_counter()
from contextlib import redirect_stdout
from pathlib import Path
from scripts.pipeline.repository import Repository
from scripts.regenerate import main
with redirect_stdout(sys.stderr):
    code = main(["--from", "pinned"], Repository(Path({root!r}), Path({downloads!r})))
if code != 0:
    sys.exit(code)
print(time.perf_counter() - started)
"""


def regenerating(quick: bool) -> Iterator[Figure]:
    """The whole command for three slices of the pinned document."""
    source = Lock.read(THIS_REPOSITORY.lock).source
    document, _ = fetch_again(source, THIS_REPOSITORY.downloads)
    config: dict[str, Any] = yaml.safe_load(THIS_REPOSITORY.slice_config.read_text("utf-8"))
    ours: dict[str, Any] = config["schemas"]
    reachable = _reachable(document["components"]["schemas"], list(ours))
    slices = {
        len(ours): ours,
        MIDDLE: {name: ours.get(name) for name in reachable[:MIDDLE]},
        len(reachable): "everything",
    }
    with TemporaryDirectory() as directory:
        programs: dict[str, str] = {}
        for size, chosen in slices.items():
            repository = Repository(Path(directory, str(size)), THIS_REPOSITORY.downloads)
            _copy(repository, {**config, "schemas": chosen})
            programs[str(size)] = _TIMED.format(
                root=str(repository.root), downloads=str(repository.downloads)
            )
        seconds = processes_side_by_side(programs, rounds=1 if quick else ROUNDS)
    for size in slices:
        yield Figure(
            target=8,
            name=f"regenerate {size} schemas from the cached document",
            value=seconds[str(size)],
            unit="s",
            bound=3 if size == len(ours) else None,
            note=f"a document of {len(canonical_json(document)) / 1e6:.0f} MB",
        )


def _reachable(schemas: dict[str, Any], names: list[str]) -> list[str]:
    """The schemas in `names`, those that they refer to, and so on, the nearest first."""
    for name in names:  # which grows on the way
        found = re.findall(r"#/components/schemas/([\w.]+)", canonical_json(schemas[name]))
        names += sorted(set(found) - set(names))
    return names


def _copy(repository: Repository, config: dict[str, Any]) -> None:
    for name in ("spec", "templates", "generated"):
        shutil.copytree(THIS_REPOSITORY.root / name, repository.root / name)
    repository.staging.mkdir()
    repository.slice_config.write_text(yaml.safe_dump(config), "utf-8")
