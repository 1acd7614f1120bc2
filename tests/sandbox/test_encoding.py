"""A response is the same bytes with and without orjson."""

import json
import subprocess
import sys

SCRIPT = """
import sys
{before}
from stripe_invoice_payments.sandbox.api.encoding import encode
value = {value!r}
sys.stdout.buffer.write(encode(value))
"""
VALUE = {
    "name": "Łucja Wójcik, 株式会社さくら \u2028 \U0001f600",
    "quoted": '"\\\x00\x1f\x7f/',
    "amount": 999_999_999_999,
    "nothing": None,
    "list": [True, False, {}, [], ""],
}


def encoded(before: str) -> bytes:
    code = SCRIPT.format(before=before, value=VALUE)
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout


def test_orjson_changes_no_byte():
    with_it, without_it = encoded(""), encoded("sys.modules['orjson'] = None")

    assert with_it == without_it
    assert json.loads(without_it) == VALUE
