"""What the pages and the docstrings show in Python passes `mypy --strict`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

from tests.docs.docstrings import EXAMPLES, is_async

ROOT = Path(__file__).parents[2]
PAGES = [
    "README.md",
    "docs/adopt/api-versions.md",
    "docs/adopt/comparison.md",
    "docs/configure/errors.md",
    "docs/configure/logging.md",
    "docs/configure/options.md",
    "docs/configure/proxies.md",
    "docs/configure/retries.md",
    "docs/configure/typing.md",
    "docs/index.md",
    "docs/use/accounts.md",
    "docs/use/export.md",
    "docs/use/find.md",
    "docs/use/money.md",
    "docs/use/reading.md",
    "docs/use/reconcile.md",
    "docs/use/sandbox.md",
    "docs/use/scan.md",
    "docs/use/sync.md",
    "docs/use/tests.md",
    *(path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs/reference").glob("*.md"))),
]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# A loop over one page, which ends after Stripe's ten, without an error, where nothing says so.
CUT_OFF = re.compile(
    r"\bfor \w+ in (?:await )?\w+\.\w+\.(?:list|for_payment)\((?!.*(?:limit=|auto_paging_iter\())"
)

# What a block may use that it does not make.
GIVEN = """
from stripe_invoice_payments import Client, InvoicePayment, Page
from stripe_invoice_payments.sandbox import Sandbox

client: Client
page: Page[InvoicePayment]
sandbox: Sandbox
"""
# In a docstring, every public name is at hand as well.
GIVEN_IN_DOCSTRINGS = f"""
from datetime import datetime as datetime, timezone as timezone
from stripe_invoice_payments import *
from stripe_invoice_payments.sandbox import Sandbox as Sandbox, WebhookRequest
{GIVEN}
async_client: AsyncClient
webhook: WebhookRequest
"""
# A mistake, which shows that mistakes are found.
WRONG = "from given import *\nclient.invoice_payments.list(limt=3)\n"


def write_blocks(directory: Path) -> None:
    """Write each block into a file, with the line numbers that it has on the page."""
    for page in PAGES:
        text = (ROOT / page).read_text("utf-8")
        for block in BLOCK.finditer(text):
            lines_before = text.count("\n", 0, block.start(1))
            module = f"{'_'.join(Path(page).with_suffix('').parts)}_{lines_before}.py"
            padding = "\n" * (lines_before - 1)
            (directory / module).write_text(f"from given import *\n{padding}{block[1]}", "utf-8")


def write_examples(directory: Path) -> None:
    """Write each example of a docstring into a file."""
    for name, example in EXAMPLES.items():
        code = example
        if is_async(code):
            code = "async def main() -> None:\n" + textwrap.indent(code, "    ")
        module = f"docstring_{name.replace('.', '_')}.py"
        (directory / module).write_text(f"from given_in_docstrings import *\n{code}", "utf-8")


def test_mypy_accepts_every_block(tmp_path):
    (tmp_path / "given.pyi").write_text(GIVEN, "utf-8")
    (tmp_path / "given_in_docstrings.pyi").write_text(GIVEN_IN_DOCSTRINGS, "utf-8")
    (tmp_path / "wrong.py").write_text(WRONG, "utf-8")
    write_blocks(tmp_path)
    write_examples(tmp_path)
    config = tmp_path / "mypy.ini"
    config.write_text("[mypy]\nstrict = true\n", "utf-8")
    modules = sorted(tmp_path.glob("*.py"))
    packages = [tmp_path, ROOT / "custom", ROOT / "generated"]

    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", config, "--no-error-summary", *modules],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": os.pathsep.join(map(str, packages))},
    )

    assert len(modules) > 15 + len(EXAMPLES)
    assert done.stderr == ""
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert len(errors) == 1, done.stdout
    assert 'Unexpected keyword argument "limt"' in errors[0]


def test_no_example_ends_after_one_page_unsaid():
    blocks = [
        block[1] for page in PAGES for block in BLOCK.finditer((ROOT / page).read_text("utf-8"))
    ]
    found = [line for code in (*blocks, *EXAMPLES.values()) for line in code.splitlines()]
    assert [line for line in found if CUT_OFF.search(line)] == []
