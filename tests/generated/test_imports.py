"""What importing the generated models costs: modules, and the classes that attrs compiles.

Both are counted, as times depend on the machine. `python -m scripts.benchmarks` has the times.
"""

from __future__ import annotations

import json
import subprocess
import sys

import attrs

from stripe_invoice_payments_api import models

PACKAGE = "stripe_invoice_payments_api"
# attrs compiles the methods of a class when the class is made: most of what an import takes.
PROGRAM = """
import json, sys
import attrs
before = {*sys.modules}
compiled = []
def note(event, arguments):
    if event == "compile" and str(arguments[1]).startswith("<attrs generated"):
        compiled.append(str(arguments[1]).rpartition(".")[2].rstrip(">"))
sys.addaudithook(note)
import stripe_invoice_payments_api.models
print(json.dumps([sorted({*sys.modules} - before), sorted(compiled)]))
"""


def test_importing_the_models_imports_attrs_and_little_else():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    imported, compiled = json.loads(done.stdout)
    own = {name for name in imported if name.partition(".")[0] == PACKAGE}
    assert own == {PACKAGE, f"{PACKAGE}._model", f"{PACKAGE}.models"}
    assert {*imported} - own <= {"_contextvars", "contextvars"}
    classes = {name for name, value in vars(models).items() if attrs.has(value)}
    assert compiled == sorted({*classes, "Irregularities", "Layout"})  # each of them once
