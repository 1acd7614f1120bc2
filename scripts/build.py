"""Build the wheel and the sdist into dist/: `make build`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from .errors import ReleaseError
from .release.distributions import build, sha256

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    directory = ROOT / "dist"
    shutil.rmtree(directory, ignore_errors=True)
    try:
        built = build(ROOT, directory)
    except ReleaseError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for path in built:
        print(f"{sha256(path)}  {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
