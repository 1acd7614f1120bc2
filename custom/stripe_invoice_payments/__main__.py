"""`python -m stripe_invoice_payments`: the same program as `inpay`."""

from __future__ import annotations

import sys

from .cli.program import main

if __name__ == "__main__":
    sys.exit(main())
