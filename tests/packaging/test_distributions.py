"""The wheel and the sdist: what is in them, and that they are the same every time."""

import os
import re
import tarfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from scripts.errors import ReleaseError
from scripts.release.distributions import run_tool
from scripts.site.pages import page_of, sources
from tests.packaging.support import ROOT, build_distributions, copy_project, substitute

PACKAGES = ("custom/stripe_invoice_payments", "generated/stripe_invoice_payments_api")

CODE = r"(stripe_invoice_payments|stripe_invoice_payments_api)/([a-z_]+/)*([a-z_]+\.py|py\.typed)"
DIST_INFO = r"stripe_invoice_payments-[^/]+\.dist-info"
WHEEL_CONTENTS = (
    CODE,
    rf"{DIST_INFO}/(METADATA|RECORD|WHEEL|entry_points\.txt|licenses/LICENSE)",
)
SDIST_CONTENTS = (
    rf"(custom|generated)/{CODE}",
    r"PKG-INFO|LICENSE|README\.md|CHANGELOG\.md",
    r"pyproject\.toml|hatch_build\.py|\.gitignore",  # what building the wheel takes
)


def modules(project: Path) -> set[str]:
    return {
        str(path.relative_to((project / package).parent))
        for package in PACKAGES
        for path in (project / package).rglob("*.py")
    }


def wheel_names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def metadata_of(wheel: Path) -> str:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        return archive.read(name).decode()


def sdist_names(sdist: Path) -> list[str]:
    with tarfile.open(sdist) as archive:
        return [member.name.partition("/")[2] for member in archive.getmembers()]


def litter(project: Path) -> None:
    """What lies about in a tree that people work in."""
    for package in PACKAGES:
        (project / package / "__pycache__").mkdir()
        (project / package / "__pycache__" / "left.cpython-311.pyc").write_bytes(b"left")
        (project / package / ".DS_Store").write_bytes(b"left")
    for directory in ("tests", "spec", "dist", "tests/cassettes"):
        (project / directory).mkdir()
        (project / directory / "left.py").write_text("left = 1\n", "utf-8")
    (project / "custom" / "left.py").write_text("left = 1\n", "utf-8")


def test_two_builds_are_identical_to_the_byte(project, distributions, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("LC_ALL", "C")
    umask = os.umask(0o077)
    try:
        clone = copy_project(project, tmp_path / "elsewhere" / "deeper" / "project")
        for path in clone.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)
            os.utime(path, (1_000_000_000, 1_000_000_000))
        litter(clone)
        again = build_distributions(clone, tmp_path / "dist")
    finally:
        os.umask(umask)

    assert again.wheel.name == distributions.wheel.name
    assert again.wheel.read_bytes() == distributions.wheel.read_bytes()
    assert again.sdist.name == distributions.sdist.name
    assert again.sdist.read_bytes() == distributions.sdist.read_bytes()


@pytest.mark.parametrize("source", ["sdist", "tree"])
def test_the_sdist_and_the_tree_build_the_same_wheel(project, distributions, tmp_path, source):
    if source == "sdist":
        with tarfile.open(distributions.sdist) as archive:
            options: Any = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # 3.11.4
            archive.extractall(tmp_path, **options)  # noqa: S202 - our own sdist
        project = tmp_path / distributions.sdist.name.removesuffix(".tar.gz")

    run_tool(project, "build", "--no-isolation", "--wheel", "--outdir", str(tmp_path / "dist"), ".")

    (wheel,) = (tmp_path / "dist").iterdir()
    assert wheel.name == distributions.wheel.name
    assert wheel.read_bytes() == distributions.wheel.read_bytes()


def test_the_wheel_holds_the_two_packages_and_metadata_only(project, distributions):
    names = wheel_names(distributions.wheel)

    assert [name for name in names if not matches(name, WHEEL_CONTENTS)] == []
    assert {name for name in names if name.endswith(".py")} == modules(project)
    for marker in ("stripe_invoice_payments/py.typed", "stripe_invoice_payments_api/py.typed"):
        assert marker in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_sdist_holds_what_builds_the_wheel_only(project, distributions):
    names = sdist_names(distributions.sdist)

    assert [name for name in names if not matches(name, SDIST_CONTENTS)] == []
    code = {name.partition("/")[2] for name in names if name.endswith(".py") and "/" in name}
    assert code == modules(project)
    assert {"pyproject.toml", "PKG-INFO", "LICENSE", "README.md"} <= set(names)


def test_the_metadata_keeps_it_off_the_public_index(distributions):
    metadata = metadata_of(distributions.wheel)

    assert "\nClassifier: Private :: Do Not Upload\n" in metadata
    assert "\nLicense-Expression: MIT\n" in metadata
    assert re.findall(r"^Requires-Dist: ([a-z-]+)[^;\n]*$", metadata, re.MULTILINE) == [
        "attrs",
        "httpx",
    ]


LINK = re.compile(r"\[([^\[\]]*)\]\(([^)\s]+)\)")


def test_without_a_site_the_description_links_to_no_file_of_the_repository(distributions):
    description = metadata_of(distributions.wheel)

    targets = [target for _, target in LINK.findall(description)]
    assert targets == ["https://docs.stripe.com/api/invoice-payment"]
    assert "start in five minutes | Start |" in description


def test_the_description_links_to_pages_of_the_site(project, tmp_path):
    clone = copy_project(project, tmp_path / "clone")
    site = "https://docs.example.com/payments"
    substitute(clone / "pyproject.toml", "^# (Documentation = ).*$", rf'\1"{site}/"')

    description = metadata_of(build_distributions(clone, tmp_path / "dist").wheel)

    assert f"\nProject-URL: Documentation, {site}/\n" in description
    readme = (clone / "README.md").read_text("utf-8")
    places = {page_of(source): source for source in sources()}
    files = {
        place.with_suffix(".html") if place.suffix == ".md" else place: source
        for place, source in places.items()
    }
    found = {target for _, target in LINK.findall(description)}
    linked = {target for _, target in LINK.findall(readme) if target.partition("#")[0] != "LICENSE"}
    assert len(found) == len(linked)
    for target in found - linked:
        address, _, anchor = target.partition("#")
        name = PurePosixPath(address.removeprefix(f"{site}/"))
        source = files[name].relative_to(ROOT).as_posix()
        assert (f"{source}#{anchor}" if anchor else source) in linked


def test_metadata_that_an_index_would_refuse_fails_the_build(project, tmp_path, capsys):
    clone = copy_project(project, tmp_path / "clone")
    substitute(clone / "pyproject.toml", r"^\[tool\.hatch\.metadata\.hooks\.custom\]$", "")

    with pytest.raises(ReleaseError, match=r"^twine check: failed, as shown above\."):
        build_distributions(clone, tmp_path / "dist")

    assert "`long_description` missing" in capsys.readouterr().err


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(re.fullmatch(pattern, name) for pattern in patterns)
