"""Plain copies of this package in another repository, where `pip install` is not wanted.

On the command line, `python -m stripe_invoice_payments.vendor`. It needs Python and nothing else,
so it runs straight from a wheel that is not installed, too: `PYTHONPATH=<the wheel> python -m ...`.
"""
