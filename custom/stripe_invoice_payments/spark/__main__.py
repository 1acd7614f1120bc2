"""Says whether what Spark requires is present: `python -m stripe_invoice_payments.spark`."""

from __future__ import annotations

import sys

from .requirements import missing

if __name__ == "__main__":
    problem = missing()
    print(problem or "pyspark and Java are present", file=sys.stderr if problem else sys.stdout)
    sys.exit(1 if problem else 0)
