"""JSON as compact UTF-8, written by orjson where the extra `speed` has brought it."""

from __future__ import annotations

import json
from collections.abc import Callable

from stripe_invoice_payments_api.models import JSONObject

from ..._json import orjson

# The check for cycles, which responses do not have, would take a tenth of the time.
_encoder = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))


def _encode(value: JSONObject) -> bytes:
    return _encoder.encode(value).encode()


encode: Callable[[JSONObject], bytes] = _encode if orjson is None else orjson.dumps
