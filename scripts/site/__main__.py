"""Build the site into build/site/html: `make docs`. Or show it while you write: `make docs-serve`.

All is made in a folder of its own, next to a copy of mkdocs.yml: Zensical empties the folder
`.cache` next to the configuration that it reads, and this project's has other things.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from ..errors import SiteError
from .copies import write_copies
from .pages import ROOT, sources, stage

SITE = ROOT / "build" / "site"

BUILDERS = {
    "zensical": ["zensical", "build", "--strict"],
    "mkdocs": ["mkdocs", "build", "--strict", "--quiet"],
}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.site", description=__doc__)
    parser.add_argument("--with", dest="builder", choices=BUILDERS, default="zensical")
    parser.add_argument("--to", type=Path, default=SITE, help="the folder; build/site by default")
    parser.add_argument("--serve", action="store_true", help="show it, and follow changes")
    parser.add_argument("--address", default="127.0.0.1:8000", help="of --serve")
    options = parser.parse_args(arguments)
    try:
        forget(options.to)
        prepare(options.to)
        if options.serve:
            return serve(options.to, options.address)
        build(options.to, options.builder)
    except SiteError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"The site is in {options.to / 'html'}: open index.html, or serve the folder.")
    return 0


def forget(directory: Path) -> None:
    """Remove what Zensical remembers of its last build, if that may be old.

    It renders again only the pages that have changed, which takes a quarter of the time. It does
    not see that what the reference is read from has changed, or what reads it.
    """
    file = directory / "fingerprint"
    now = fingerprint(ROOT)
    if not file.exists() or file.read_text("utf-8") != now:
        shutil.rmtree(directory / ".cache", ignore_errors=True)
        directory.mkdir(parents=True, exist_ok=True)
        file.write_text(now, "utf-8")


def fingerprint(root: Path) -> str:
    folders = ("custom", "generated", "scripts/site")
    files = [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    digest = hashlib.sha256()
    for path in (*files, root / "requirements" / "docs.txt"):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(root)} {content}\n".encode())
    return digest.hexdigest()


def prepare(directory: Path) -> None:
    """Stage what the builder reads."""
    directory.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / "mkdocs.yml", directory / "mkdocs.yml")
    stage(directory / "pages")


def build(directory: Path, builder: str) -> None:
    """Build the site, strictly.

    Raises:
        SiteError: The builder reports a mistake, such as a broken link.
    """
    shutil.rmtree(directory / "html", ignore_errors=True)
    if run(directory, BUILDERS[builder]).returncode != 0:
        raise SiteError("docs", "the site was not built", "The lines above say why")
    write_copies(directory / "pages", directory / "html", ROOT, versions())


def serve(directory: Path, address: str) -> int:
    """Show the site until Ctrl+C, and stage again what was changed."""
    command = ["zensical", "serve", "--dev-addr", address]
    with subprocess.Popen(
        [sys.executable, "-m", *command], cwd=directory, env=environment()
    ) as server:
        seen = times()
        try:
            while server.poll() is None:
                time.sleep(0.5)
                if (now := times()) != seen:
                    seen = now
                    prepare(directory)
        except KeyboardInterrupt:
            server.terminate()
    return 0


def times() -> dict[Path, float]:
    return {path: path.stat().st_mtime for path in (ROOT / "mkdocs.yml", *sources())}


def run(directory: Path, command: list[str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=directory, env=environment(), check=False
    )


def environment() -> dict[str, str]:
    """What makes two builds of the same sources the same, and tells the version."""
    return {
        **os.environ,
        "DOCS_VERSION": versions(),
        "NO_COLOR": "1",
        "NO_MKDOCS_2_WARNING": "1",  # that Material will end, which is why Zensical comes first
        "PYTHONPATH": os.pathsep.join(
            str(ROOT / folder) for folder in ("custom", "generated", ".")
        ),
        "SOURCE_DATE_EPOCH": "0",
    }


def versions() -> str:
    """The line at the end of every page."""
    version = constant("custom/stripe_invoice_payments/_version.py", "__version__")
    api = constant("generated/stripe_invoice_payments_api/__init__.py", "API_VERSION")
    return f"stripe-invoice-payments {version}, for Stripe's API version {api}"


def constant(module: str, name: str) -> str:
    text = (ROOT / module).read_text("utf-8")
    (value,) = re.findall(rf'^{name} = "(.*)"$', text, re.MULTILINE)
    return str(value)


if __name__ == "__main__":
    sys.exit(main())
