# Generated from Stripe's OpenAPI document 2026-05-27.dahlia by `make regenerate`.
# Do not edit: change spec/ or templates/ and run that command.

"""Stripe's InvoicePayment API as types, request builders and readers of responses.

This package is generated and knows nothing of any HTTP client. Import `models`, `params` and
`operations` from it, or use the client in `stripe_invoice_payments`, which is built on it.
"""

from __future__ import annotations

API_VERSION = "2026-05-27.dahlia"
"""The version of Stripe's API that these types were generated for."""

BASE_URL = "https://api.stripe.com"
"""Where Stripe serves the API."""
