"""What must not be in a cassette: how it is taken out, and how anything left over is found.

The two halves know nothing of each other, except for what stands in the place of a secret. So
what the first overlooks, the second does not overlook for the same reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeGuard
from urllib.parse import unquote_plus

# What a secret is replaced by. An account keeps a number, so that two are still two.
SCRUBBED = "scrubbed"
SCRUBBED_EMAIL = f"{SCRUBBED}@example.com"

# --- Taking out -----------------------------------------------------------------------------------

# Fields whose value is replaced whatever it is: who has one of these links sees the invoice.
SECRET_FIELDS = frozenset(
    {
        "client_secret",
        "hosted_invoice_url",
        "hosted_regulatory_receipt_url",
        "invoice_pdf",
        "phone",
        "customer_phone",
        "receipt_url",
    }
)

_REPLACEMENTS = (
    # Keys, also starred out as Stripe shows them: the last characters would still be there.
    (re.compile(r"([a-z]{2}(?:_org)?_(?:test|live)_)[\w*]+"), rf"\1{SCRUBBED}"),
    (re.compile(r"(whsec_)\w+"), rf"\1{SCRUBBED}"),
    (re.compile(r"(_secret_)\w+"), rf"\1{SCRUBBED}"),
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), SCRUBBED_EMAIL),
    (re.compile(r"(?i)\b(bearer|basic) +[\w.~+/-]{16,}=*"), rf"\1 {SCRUBBED}"),
    (re.compile(r"(https://(?:invoice|pay|checkout)\.stripe\.com)/[^\s'\"<>]+"), rf"\1/{SCRUBBED}"),
)
_ACCOUNT = re.compile(r"acct_\w+")
_REQUEST_ID = re.compile(r"\breq_\w+")


class Scrubber:
    """Takes secrets out of one cassette.

    Accounts and requests are numbered in the order in which they turn up. For an account that is
    scrubbing; a request's id is no secret, but differs each time.

    Args:
        secrets: Texts that are secret whatever they look like, such as the key in use.
    """

    def __init__(self, *secrets: str) -> None:
        self._secrets = [secret for secret in secrets if secret]
        self._accounts: dict[str, str] = {}
        self._requests: dict[str, str] = {}

    def text(self, text: str) -> str:
        """`text` without secrets; scrubbing it again changes nothing."""
        for secret in self._secrets:
            text = text.replace(secret, SCRUBBED)
        for pattern, replacement in _REPLACEMENTS:
            text = pattern.sub(replacement, text)
        text = _ACCOUNT.sub(lambda found: _numbered(found[0], "acct_", self._accounts), text)
        return _REQUEST_ID.sub(lambda found: _numbered(found[0], "req_", self._requests), text)

    def value(self, value: Any, name: str = "") -> Any:
        """A JSON value without secrets; `name` is the field that it stands in."""
        if isinstance(value, str):
            # What looks like a secret stays recognisable: `pi_1_secret_scrubbed`.
            scrubbed = self.text(value)
            return scrubbed if name not in SECRET_FIELDS or SCRUBBED in scrubbed else SCRUBBED
        if _is_object(value):
            return {self.text(key): self.value(field, key) for key, field in value.items()}
        if _is_array(value):
            return [self.value(item, name) for item in value]
        return value

    def body(self, body: str) -> str:
        """The body of an answer without secrets, whether it is JSON or not."""
        try:
            value = json.loads(body)
        except ValueError:
            return self.text(body)
        scrubbed = self.value(value)
        if scrubbed == value:
            return body
        return json.dumps(scrubbed, ensure_ascii=False, separators=(",", ":"))


def _numbered(found: str, prefix: str, numbers: dict[str, str]) -> str:
    if re.fullmatch(rf"{prefix}{SCRUBBED}\d+", found):
        return found
    return numbers.setdefault(found, f"{prefix}{SCRUBBED}{len(numbers) + 1}")


# --- Finding what is left -------------------------------------------------------------------------


class Finding(NamedTuple):
    """Something that looks like a secret. Where, not what: this is printed."""

    kind: str
    where: str

    def __str__(self) -> str:
        return f"{self.kind} at {self.where}"


_SUSPICIOUS: Mapping[str, re.Pattern[str]] = {
    "an API key": re.compile(r"(?i)[a-z]{2}_(?:org_)?(?:test|live)_(?!scrubbed\b)[\w*]"),
    "a webhook secret": re.compile(r"(?i)whsec_(?!scrubbed\b)\w"),
    "an account id": re.compile(r"(?i)acct_(?!scrubbed\d+\b)\w"),
    "a client secret": re.compile(r"_secret_(?!scrubbed\b)\w"),
    "an email": re.compile(r"(?!\bscrubbed@example\.com\b)\b[\w.+-]*\w@\w[\w-]*\.\w"),
    "credentials": re.compile(r"(?i)\b(?:bearer|basic)\s+(?!scrubbed\b)[\w.~+/=-]{16,}"),
    "a key in base64": re.compile(r"(?:c2|cm)tf(?:dGVzdF|bGl2ZV)|a190ZXN0X|a19saXZlX"),
    "a JSON web token": re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "a link that opens an invoice": re.compile(
        r"https?://(?:invoice|pay|checkout)\.stripe\.com/(?!scrubbed\b)\S"
    ),
    "encoded data": re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{80,}={0,2}(?![\w+/])"),
}
_SECRET_NAMES = re.compile(
    r"(?i)^(proxy-)?authorization$|^(set-)?cookie$|^(x-)?api[-_]?key$|password|(^|_)secret$|_token$"
    r"|_(pdf|invoice_url|receipt_url)$|^receipt_url$|phone$"
)
_CARD_NUMBER = re.compile(r"(?<!\w)[3-6]\d{3}([ -]?)\d{4}\1\d{4}\1\d{2,4}(?!\w)")


def find_secrets(document: str) -> list[Finding]:
    """Everything in the JSON text `document` that looks like a secret."""
    findings = [Finding(kind, "the text itself") for kind in _kinds(document)]
    return [*findings, *_search(json.loads(document), "$", "")]


def _search(value: Any, where: str, name: str) -> Iterator[Finding]:
    """The findings in a JSON value that stands at `where` in a field called `name`."""
    if _is_object(value):
        for key, field in value.items():
            yield from (Finding(kind, f"a name in {where}") for kind in _kinds(key))
            yield from _search(field, f"{where}.{key}", key)
    elif _is_array(value):
        for index, item in enumerate(value):
            yield from _search(item, f"{where}[{index}]", name)
    elif isinstance(value, str):
        yield from (Finding(kind, where) for kind in _kinds(value))
        if value and SCRUBBED not in value and _SECRET_NAMES.search(name):
            yield Finding(f"a value for {name}", where)
    elif name == "livemode" and value is True:
        yield Finding("live data", where)


def _kinds(text: str) -> Iterator[str]:
    """What `text` looks like, as it is or percent-decoded."""
    forms = {text, unquote_plus(text)}
    for kind, pattern in _SUSPICIOUS.items():
        if any(pattern.search(form) for form in forms):
            yield kind
    if any(_has_check_digit(found[0]) for form in forms for found in _CARD_NUMBER.finditer(form)):
        yield "a card number"


def _has_check_digit(number: str) -> bool:
    """Luhn's test, which every card number passes and one in ten others."""
    digits = [int(digit) for digit in number if digit.isdigit()][::-1]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _is_array(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)
