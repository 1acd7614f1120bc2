"""What importing the generated package costs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

# An import cannot be faster than it is, only slowed down by what else the machine does: the best
# of some attempts is its cost. Where that is too much, there are more, for a machine that is busy.
FEW, MANY = 5, 40
MOST = 1.6


def seconds(module: str, bytecode: Path) -> float:
    code = f"import time; t = time.process_time(); import {module}; print(time.process_time() - t)"
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(bytecode)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # installed packages come with theirs
    environment.pop("COVERAGE_PROCESS_CONFIG", None)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    return float(done.stdout)


@pytest.mark.skipif(sys.gettrace() is not None, reason="tracing slows down our imports only")
def test_importing_the_models_costs_little_more_than_attrs_alone(tmp_path):
    seconds("stripe_invoice_payments_api.models", tmp_path)  # writes the bytecode
    attrs, models = float("inf"), float("inf")
    for attempt in range(MANY):
        attrs = min(attrs, seconds("attrs", tmp_path))
        models = min(models, seconds("stripe_invoice_payments_api.models", tmp_path))
        if attempt >= FEW and models < MOST * attrs:
            break
    assert models < MOST * attrs
