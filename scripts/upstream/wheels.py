"""The wheels of the `stripe` package on the index, as files that are read and never run."""

from __future__ import annotations

import ast
import io
import re
import zipfile
import zlib
from collections.abc import Mapping

from attrs import define, evolve

from ..pipeline.errors import PipelineError
from ..pipeline.inputs.fetching import MAX_BYTES, download_wheel

DISTRIBUTION = "stripe"
_API_VERSION = "stripe/_api_version.py"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError)


@define(frozen=True)
class Wheel:
    """A release of the package.

    Attributes:
        version: Of the package.
        api_version: Of Stripe's API, which this release pins.
        modules: The text of each, by its path in the wheel.
    """

    version: str
    api_version: str
    modules: Mapping[str, str]

    def __str__(self) -> str:
        return f"{DISTRIBUTION} {self.version}"

    def tree(self, path: str) -> ast.Module:
        """A module, parsed.

        Raises:
            PipelineError: the wheel lacks it, or it is not Python.
        """
        try:
            return ast.parse(self.modules[path])
        except (KeyError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise other_layout(str(self), f"{path} cannot be read ({error!r})") from error


def newest_wheel(older_than: str | None = None) -> Wheel:
    """The newest release on the index, or the newest before another.

    Raises:
        PipelineError: there is none, the index is down, or the wheel is not as it always was.
    """
    requirement = f"{DISTRIBUTION}<{older_than}" if older_than else DISTRIBUTION
    return read_wheel(download_wheel(requirement), requirement)


def wheel_that_pins(api_version: str, newest: Wheel) -> Wheel:
    """The newest release that pins an API version, searched for from `newest` back.

    Raises:
        PipelineError: no release on the index does.
    """
    newer, found = newest, newest
    while found.api_version > api_version:  # both begin with the day
        newer, found = found, newest_wheel(older_than=found.version)
    if found.api_version != api_version:
        raise PipelineError(
            DISTRIBUTION,
            f"no release on the index pins {api_version}: {found.version} pins "
            f"{found.api_version}, and the next, {newer.version}, pins {newer.api_version}",
            "Compare the documents instead, by `make update-spec`",
        )
    return found


def read_wheel(data: bytes, where: str) -> Wheel:
    """The parts of a wheel that matter here.

    Raises:
        PipelineError: it cannot be read, or does not say which API version it pins.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_BYTES:
                raise PipelineError(
                    where, f"the wheel unpacks to over {MAX_BYTES} bytes", "Check the index"
                )
            names = archive.namelist()
            modules = {name: archive.read(name).decode() for name in names if name.endswith(".py")}
    except _UNREADABLE as error:
        raise PipelineError(
            where, f"the wheel cannot be read ({error})", "Check the index, or download it again"
        ) from error
    infos = (re.fullmatch(r"stripe-([^/-]+)\.dist-info/METADATA", name) for name in names)
    version = next((info[1] for info in infos if info), None)
    if version is None:
        raise other_layout(where, "it has no metadata of a version")
    wheel = Wheel(version, "", modules)
    return evolve(wheel, api_version=_api_version(wheel))


def other_layout(where: str, problem: str) -> PipelineError:
    """What is raised where a wheel is not laid out as the releases known to us are."""
    return PipelineError(
        where,
        f"this wheel has another layout than scripts/upstream reads: {problem}",
        "Teach scripts/upstream the new layout, or compare by `make update-spec`",
    )


def _api_version(wheel: Wheel) -> str:
    for node in ast.walk(wheel.tree(_API_VERSION)):
        match node:
            case ast.Assign(
                targets=[ast.Name("CURRENT")], value=ast.Constant(str() as version)
            ) if _DAY.match(version):
                return version
            case _:
                pass
    raise other_layout(str(wheel), f'{_API_VERSION} has no CURRENT = "<day>.<name>"')
