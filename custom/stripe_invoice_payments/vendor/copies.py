"""Make a plain copy of both packages, and compare one with what it was made from.

A copy is a directory of its own. It holds the two packages, the licence and a manifest with the
sha256 of every file. It is written beside its place and moved there whole.

The manifest is not the wheel's own `RECORD`. That lists files which are not copied, it lists almost
nothing where the package is installed as editable, and it says neither which wheel the copy is from
nor whether the sandbox is part of it. It would also have to lie in a `.dist-info` directory, and a
copy is on `sys.path`: pip would count it as installed, and pytest would fail on the entry point of
its fixtures, which a copy without the sandbox lacks.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from .._version import __version__
from .compiled import is_compiled_from_its_source

DISTRIBUTION = "stripe-invoice-payments"
PACKAGE = "stripe_invoice_payments"
API_PACKAGE = "stripe_invoice_payments_api"
MANIFEST = "manifest.json"
LICENSE = "LICENSE"

# This command is not for the copy: it would compare the copy with itself. The command line and the
# hooks for OpenTelemetry import what a repository with a copy may lack, which type checkers object
# to. Spark starts processes that have to find the data source in an installed package.
_NOT_COPIED = tuple(
    f"{PACKAGE}/{each}" for each in ("__main__.py", "cli/", "opentelemetry.py", "spark/", "vendor/")
)
_SANDBOX = (f"{PACKAGE}/sandbox/", f"{PACKAGE}/pytest_plugin.py")


class CopyError(Exception):
    """The copy cannot be made or judged; nothing was changed.

    `str(error)` is one line: where, what is wrong, what to do about it.
    """

    def __init__(self, where: object, problem: str, remedy: str) -> None:
        super().__init__(f"{where}: {problem}. {remedy}.")


@dataclass(frozen=True)
class Manifest:
    """What a copy was made from, and of.

    Attributes:
        version: The version of the distribution.
        source: The wheel, with its sha256; or how else the version was at hand.
        sandbox: Whether the sandbox is part of the copy.
        files: The sha256 of each file, by its path in the copy.
    """

    version: str
    source: str
    sandbox: bool
    files: Mapping[str, str]
    distribution: str = DISTRIBUTION

    def to_json(self) -> str:
        """The manifest as it is written."""
        return json.dumps(asdict(self), indent=2, sort_keys=True) + "\n"


@dataclass(frozen=True)
class Comparison:
    """How a copy differs from its manifest, and its manifest from this version."""

    manifest: Manifest
    changed: list[str]
    missing: list[str]
    added: list[str]

    @property
    def edited(self) -> bool:
        """Whether anybody touched the copy since it was made."""
        return bool(self.changed or self.missing or self.added)

    @property
    def outdated(self) -> bool:
        """Whether the copy is of another version than this one."""
        return self.manifest.version != __version__


def copy_to(destination: Path, *, sandbox: bool = False, force: bool = False) -> Manifest:
    """Make the directory `destination` a copy of this version, whole or not at all.

    Args:
        destination: A directory that does not exist yet, is empty, or holds an earlier copy.
        sandbox: Copy the sandbox and its pytest fixtures as well, which need more packages.
        force: Replace an earlier copy even if it was edited.

    Raises:
        CopyError: `destination` holds something that would be lost, or cannot be written.
    """
    destination = destination.resolve()
    files = source_files(sandbox=sandbox)
    manifest = Manifest(
        version=__version__, source=_source(), sandbox=sandbox, files=_hashes(files)
    )
    _refuse_to_lose_anything(destination, force)
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=destination.parent, prefix=".copying-") as staging:
            new = Path(staging, "new")
            _write(new, {**files, MANIFEST: manifest.to_json().encode()})
            _swap(new, destination, aside=Path(staging, "old"))
    except OSError as error:
        raise CopyError(
            destination, f"cannot be written: {error.strerror or error}", "Make room or give access"
        ) from error
    return manifest


def compare(copy: Path) -> Comparison:
    """Compare a copy with its manifest, and the manifest with this version.

    Raises:
        CopyError: there is no copy at this place, or its manifest cannot be read.
    """
    manifest = read_manifest(copy)
    expected, actual = manifest.files, _hashes(_present_files(copy, manifest.files))
    changed = {path for path in actual.keys() & expected.keys() if actual[path] != expected[path]}
    if manifest.version == __version__:
        # An edit that was written into the manifest as well is an edit all the same.
        released = _hashes(source_files(sandbox=manifest.sandbox))
        changed |= {MANIFEST} if released != expected else set()
    return Comparison(
        manifest,
        changed=sorted(changed),
        missing=sorted(expected.keys() - actual.keys()),
        added=sorted(actual.keys() - expected.keys()),
    )


def read_manifest(copy: Path) -> Manifest:
    """The manifest of the copy at this place.

    Raises:
        CopyError: there is none, or it is not one of ours.
    """
    path = copy / MANIFEST
    try:
        return _parse_manifest(json.loads(path.read_bytes()))
    except OSError as error:
        raise CopyError(
            path, f"cannot be read: {error.strerror or error}", "Name the directory of a copy"
        ) from error
    except (ValueError, TypeError) as error:
        raise CopyError(
            path, f"is not the manifest of a copy of {DISTRIBUTION}", "Name the directory of a copy"
        ) from error


def source_files(*, sandbox: bool) -> dict[str, bytes]:
    """The files that a copy of this version consists of, by their path in the copy."""
    files = {LICENSE: _license().encode()}
    left_out = _NOT_COPIED if sandbox else _NOT_COPIED + _SANDBOX
    pending = [(f"{name}/", resources.files(name)) for name in (PACKAGE, API_PACKAGE)]
    while pending:
        prefix, directory = pending.pop()
        for entry in directory.iterdir():
            path = prefix + entry.name
            if entry.is_dir():
                pending.append((f"{path}/", entry))
            elif path.endswith((".py", "/py.typed")) and not path.startswith(left_out):
                files[path] = entry.read_bytes()
    return files


def _parse_manifest(fields: Any) -> Manifest:
    manifest = Manifest(**fields)
    if manifest.distribution != DISTRIBUTION:
        raise ValueError(manifest.distribution)
    return replace(manifest, files=dict(manifest.files))


def _license() -> str:
    where = Path(__file__).parents[1]
    remedy = f"Run this from an installed {DISTRIBUTION} or from its wheel"
    if not __name__.startswith(f"{PACKAGE}."):
        raise CopyError(where, "is a vendored copy itself", remedy)
    for distribution in metadata.distributions(name=DISTRIBUTION):
        text = distribution.read_text(f"licenses/{LICENSE}")
        if text and distribution.version == __version__:
            return text
    raise CopyError(where, f"no licence of version {__version__} beside it", remedy)


def _source() -> str:
    for path in Path(__file__).parents:
        if path.suffix == ".whl":
            return f"{path.name} sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    return f"an installed {DISTRIBUTION} {__version__}"


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())}


def _present_files(copy: Path, expected: Mapping[str, str]) -> dict[str, bytes]:
    """What is in the copy, but for its manifest and for what Python compiled from its files.

    A link is what it points to, not a file of the copy: it is never taken for one.
    """
    present: dict[str, bytes] = {}
    for path in copy.rglob("*"):
        name = path.relative_to(copy).as_posix()
        if path.is_symlink():
            present[name] = b"link to " + os.fsencode(path.readlink())
        elif path.is_dir():
            is_empty = not any(path.iterdir())
            if name in expected or (is_empty and path.name != "__pycache__"):
                present[name] = b"a directory"
        elif not path.is_file():
            present[name] = b"no regular file"
        elif name == MANIFEST:
            continue
        elif not is_compiled_from_its_source(path):
            present[name] = path.read_bytes()
    return present


def _refuse_to_lose_anything(destination: Path, force: bool) -> None:
    if not destination.exists() or (destination.is_dir() and not any(destination.iterdir())):
        return
    if not (destination / MANIFEST).is_file():
        raise CopyError(
            destination, "is there already, and is not a copy", "Name a directory of its own"
        )
    if not force and compare(destination).edited:
        raise CopyError(
            destination,
            "was edited since it was copied, and the edits would be lost",
            "`check` lists them; `copy --force` drops them",
        )


def _write(directory: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _swap(new: Path, destination: Path, *, aside: Path) -> None:
    if not destination.exists():
        new.rename(destination)
        return
    destination.rename(aside)
    try:
        new.rename(destination)
    except OSError:
        aside.rename(destination)
        raise
