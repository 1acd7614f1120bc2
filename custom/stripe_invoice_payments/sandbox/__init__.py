"""A sandbox: a server that behaves like Stripe for invoice payments, to test and to try against.

It needs the extra `sandbox`. In code, `with Sandbox() as sandbox:`; on the command line,
`python -m stripe_invoice_payments.sandbox`.

A map of its modules, for those who change it:

- `server`: the sandbox as a whole, in a `background` thread; `core` is what its parts share.
- `data`: what the accounts hold: a seeded `world`, and the `changes` to it.
- `api`: what Stripe documents: `app` has the routes, `endpoints` what each operation does.
- `faults`: what can go wrong on demand: the `gateway` applies the `rules`, `table` has all faults.
- `control`: what a test can do: `methods` in Python, and `http` from another process.
"""

from __future__ import annotations

try:
    from .control.traffic import RecordedRequest, Traffic
    from .control.webhooks import WebhookDelivery, WebhookRequest
    from .server import Sandbox
except ModuleNotFoundError as error:
    missing = (error.name or "").partition(".")[0]
    if missing not in {"starlette", "uvicorn"}:
        raise
    raise ModuleNotFoundError(
        f"The sandbox needs {missing}; install stripe-invoice-payments with its extra `sandbox`",
        name=error.name,
    ) from error

__all__ = ["RecordedRequest", "Sandbox", "Traffic", "WebhookDelivery", "WebhookRequest"]
