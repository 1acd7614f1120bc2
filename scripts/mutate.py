"""Mutation testing: are there changes to the client that no test notices? `make mutate` runs this.

mutmut wants to find the code in `src/` and works in its directory, so it is given a copy.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPY = ROOT / ".cache" / "mutation"
PACKAGES = ("custom/stripe_invoice_payments", "generated/stripe_invoice_payments_api")
# Some tests read these. `custom` is not imported from here.
ALSO = ("custom", "docs", "scripts", "spec", "tests", "README.md", "pyproject.toml")


def copy_checkout() -> None:
    """Bring the copy up to date; what mutmut knows of unchanged code stays."""
    COPY.mkdir(parents=True, exist_ok=True)
    ignore = shutil.ignore_patterns("__pycache__", ".*_cache", "node_modules")
    for source, target in [
        *((ROOT / package, COPY / "src" / Path(package).name) for package in PACKAGES),
        *((ROOT / name, COPY / name) for name in ALSO),
    ]:
        if source.is_file():
            shutil.copy2(source, target)
        else:
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, ignore=ignore)


def main(arguments: list[str]) -> int:
    """Run mutmut with `arguments`: `run`, unless there are others."""
    copy_checkout()
    (COPY / "mutants" / "src").mkdir(parents=True, exist_ok=True)  # Python asks only once
    environment = {
        **os.environ,
        "PYTHONPATH": str(COPY / "mutants" / "src"),
        "HYPOTHESIS_PROFILE": "default",
    }
    mutmut = [sys.executable, "-m", "mutmut"]
    for command in [arguments or ["run"], ["results"]]:
        finished = subprocess.run([*mutmut, *command], cwd=COPY, env=environment, check=False)
        if finished.returncode != 0 or arguments:
            return finished.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
