"""What can go wrong, and the mapping from a response to one of these.

    StripeError
    |-- APIError                        the API reports a failure that has no class of its own
    |   `-- UnexpectedResponseError     a response that is not what Stripe documents
    |       `-- PaginationError         pages that cannot be followed
    |-- APIConnectionError              no response: refused, broken, no such host
    |   |-- APITimeoutError             no response in time
    |   `-- TLSError                    no trustworthy connection
    |-- AuthenticationError             no key, a wrong key, an expired key
    |-- CardError                       the card or the payment failed
    |-- IdempotencyError                a key used again with other parameters
    |-- InvalidRequestError             a bad parameter, or no such object
    |-- PermissionError                 the key may not do this
    |-- RateLimitError                  too many requests, or a lock held by another request
    |-- ScanError                       a scan stopped; the cause is chained
    `-- SignatureVerificationError      a webhook that Stripe did not sign

The names are those of Stripe's official library.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from stripe_invoice_payments_api.models import ErrorDetails, JSONObject, JSONValue

# Characters of a message that `str` shows; the whole is in `message`.
_MAX_SHOWN = 500
# Characters of a response's body that stand in for the message it does not have.
_MAX_EXCERPT = 200
# Levels of JSON in an error; the API needs four.
_MAX_DEPTH = 50
# Characters of a body that an error keeps, and bytes of one that it reads as JSON.
MAX_BODY_KEPT = 100_000
_MAX_JSON = 4_000_000


class StripeError(Exception):
    """The base of every error of this package that is not a mistake in the call itself.

    Example:
        try:
            client.invoice_payments.retrieve("inpay_missing")
        except InvalidRequestError as error:
            print(error.http_status, error.code, error.param)
        except StripeError as error:
            print(error, error.request_id)

    Attributes:
        message: What went wrong, in Stripe's words if the response has any.
        http_status: The status of the response; None without a response.
        type: Stripe's kind of error, such as `invalid_request_error`.
        code: Stripe's code of the error, such as `resource_missing`.
        param: The parameter that the error is about.
        doc_url: Where Stripe documents the code.
        request_id: Stripe's id of the request, for Stripe's support.
        request_log_url: Where the account's owner sees the request in the Dashboard.
        headers: The headers of the response, with names in lower case.
        http_body: The first 100,000 characters of the response's body; None without a response.
        json_body: The response's body as JSON; None if it is no JSON object or is over 4 MB.
    """

    def __init__(
        self,
        message: str,
        *,
        http_status: int | None = None,
        headers: Mapping[str, str] | None = None,
        http_body: str | None = None,
        json_body: JSONObject | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.http_status = http_status
        self.headers: dict[str, str] = dict(headers or {})
        self.http_body = None if http_body is None else http_body[:MAX_BODY_KEPT]
        self.json_body = json_body
        self.request_id = self.headers.get("request-id")
        details = error_fields(json_body)
        self.type = _text(details, "type")
        self.code = _text(details, "code")
        self.param = _text(details, "param")
        self.doc_url = _text(details, "doc_url")
        self.request_log_url = _text(details, "request_log_url")

    @property
    def error(self) -> ErrorDetails | None:
        """Everything that Stripe says about the error; None if the response has no such object."""
        details = error_fields(self.json_body)
        if not details:
            return None
        from stripe_invoice_payments_api.models import ErrorDetails

        return ErrorDetails.from_dict_leniently(details)

    def __str__(self) -> str:
        # With defaults: a traceback may show the variables of a subclass that is still being made.
        facts = {
            "status": getattr(self, "http_status", None),
            "code": getattr(self, "code", None),
            "param": getattr(self, "param", None),
            "request": getattr(self, "request_id", None),
        }
        known = [f"{name} {one_line(str(fact), 100)}" for name, fact in facts.items() if fact]
        message = one_line(getattr(self, "message", ""), _MAX_SHOWN)
        return f"{message} ({', '.join(known)})" if known else message

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        # BaseException's own way would call __init__ with the message only.
        return _restore, (type(self), self.message), self.__dict__


def _restore(cls: type[StripeError], message: str) -> StripeError:
    error = cls.__new__(cls)
    Exception.__init__(error, message)
    return error


class APIError(StripeError):
    """Stripe reports a failure that has no class of its own: 409, 5xx, an unknown status."""


class UnexpectedResponseError(APIError):
    """The response is not what Stripe documents: not JSON, cut off, or without a required field."""


class PaginationError(UnexpectedResponseError):
    """Following the pages of a list would lose objects, repeat them, or never end."""


class APIConnectionError(StripeError):
    """There was no response: the connection was refused or broke. The cause is chained."""

    # Whether it is any use to try again.
    may_be_transient = True


class APITimeoutError(APIConnectionError):
    """There was no response in time."""


class TLSError(APIConnectionError):
    """The server's TLS certificate is not trusted, or the handshake failed."""

    may_be_transient = False


class AuthenticationError(StripeError):
    """The API key is missing, invalid, expired or revoked."""


class CardError(StripeError):
    """The card or the payment failed. `error.decline_code` may say why."""


class IdempotencyError(StripeError):
    """An idempotency key was used again with other parameters."""


class InvalidRequestError(StripeError):
    """A parameter is missing or wrong, or there is no such object."""


class PermissionError(StripeError):
    """The key lacks the permission for this."""


class RateLimitError(StripeError):
    """Too many requests, or another request holds the lock on the object."""


class ScanError(StripeError):
    """A scan stopped because a request failed permanently. The cause is chained.

    It is an instance of the cause's class as well: `except AuthenticationError` catches a scan that
    stopped because its key expired.

    Example:
        try:
            for payment in client.invoice_payments.scan():
                print(payment.id)
        except ScanError as error:
            print("stopped in", error.window, "because of", error.__cause__)

    Attributes:
        window: The period that was being read, in Unix seconds: its first second, and the one after
            its last.
        checkpoint: The file to continue from; None without a checkpoint.
        account: The connected account that was being read; None for the key's own.
    """

    window: tuple[int, int] | None = None
    checkpoint: str | None = None
    account: str | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        # The class may be one of `scan_error_class`, which no module holds by its name.
        cause = type(self).__mro__[2] if type(self) is not ScanError else StripeError
        return _restore_scan_error, (cause, self.message), self.__dict__


_SCAN_ERRORS: dict[type[StripeError], type[ScanError]] = {StripeError: ScanError}


def scan_error_class(cause: type[StripeError]) -> type[ScanError]:
    """The class of a scan's error that is also caught as `cause`: always the same one."""
    if cause not in _SCAN_ERRORS:
        facts = {"__module__": __name__, "__doc__": f"A scan stopped because of: {cause.__doc__}"}
        _SCAN_ERRORS.setdefault(cause, type(f"Scan{cause.__name__}", (ScanError, cause), facts))
    return _SCAN_ERRORS[cause]


def scan_error(
    cause: StripeError,
    window: tuple[int, int],
    checkpoint: str | None,
    detail: str = "",
    account: str | None = None,
) -> ScanError:
    """The error of a scan that `cause` has stopped, with everything that the cause knows."""
    hint = f" (the remaining work is in {checkpoint})" if checkpoint else ""
    error_class = scan_error_class(type(cause))
    error = error_class.__new__(error_class)
    place = f" in account {account}" if account else ""
    StripeError.__init__(error, f"the scan stopped{place}{detail}: {cause.message}{hint}")
    error.__dict__.update({**cause.__dict__, "message": error.message})
    error.window, error.checkpoint, error.account = window, checkpoint, account
    error.__cause__ = cause
    return error


def _restore_scan_error(cause: type[StripeError], message: str) -> StripeError:
    return _restore(scan_error_class(cause), message)


class SignatureVerificationError(StripeError):
    """The payload was not signed with this secret, was changed, or is too old.

    Attributes:
        sig_header: The `Stripe-Signature` header as it was received; None if there was none.
    """

    def __init__(self, message: str, sig_header: str | None, http_body: str) -> None:
        super().__init__(message, http_body=http_body)
        self.sig_header = sig_header


def error_from_response(status: int, headers: Mapping[str, str], body: bytes) -> StripeError:
    """The error that an unsuccessful response stands for, whatever the response looks like."""
    text = body_text(body)
    json_body = json_object(body)
    details = error_fields(json_body)
    error_class = _class_for(status, _text(details, "type"), _text(details, "code"))
    message = _text(details, "message") or _message_without_details(
        status, headers, text, json_body
    )
    return error_class(
        message, http_status=status, headers=headers, http_body=text, json_body=json_body
    )


def _class_for(status: int, kind: str | None, code: str | None) -> type[StripeError]:
    if status == 429 or (status == 400 and code == "rate_limit"):
        return RateLimitError
    if status in (400, 404, 409) and kind == "idempotency_error":
        return IdempotencyError
    return _CLASSES.get(status, APIError)


_CLASSES: dict[int, type[StripeError]] = {
    400: InvalidRequestError,
    401: AuthenticationError,
    402: CardError,
    403: PermissionError,
    404: InvalidRequestError,
}


def _message_without_details(
    status: int, headers: Mapping[str, str], text: str, json_body: JSONObject | None
) -> str:
    if 300 <= status < 400 and "location" in headers:
        return (
            "the API responded with a redirect, which is not followed: the key would be sent along"
        )
    error = (json_body or {}).get("error")
    if isinstance(error, str) and error:  # as OAuth endpoints respond
        description = _text(json_body or {}, "error_description")
        return f"{error}: {description}" if description else error
    excerpt = one_line(text, _MAX_EXCERPT)
    if not excerpt:
        return "the API responded with an error and an empty body"
    kind = headers.get("content-type", "no content type")
    return f"the API responded with an error that is not its usual JSON ({kind}): {excerpt}"


def error_fields(json_body: JSONObject | None) -> JSONObject:
    """The `error` object of a body; empty if there is none."""
    error = (json_body or {}).get("error")
    return error if isinstance(error, dict) else {}


def body_text(body: bytes) -> str:
    """As much of a body as an error keeps."""
    # No character has more than four bytes.
    return body[: 4 * MAX_BODY_KEPT].decode("utf-8", errors="replace")[:MAX_BODY_KEPT]


def json_object(body: bytes) -> JSONObject | None:
    """`body` as a JSON object; None if it is anything else, or very long."""
    if len(body) > _MAX_JSON:
        return None
    # As bytes first: that way UTF-16 and byte order marks are understood. Decoded leniently it
    # may still be read where the encoding is broken in the middle of some text.
    for candidate in (body, body.decode("utf-8", errors="replace")):
        try:
            value = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        if not isinstance(value, dict) or _is_too_deep(cast("JSONObject", value)):
            return None
        return cast("JSONObject", value)
    return None


def _is_too_deep(value: JSONObject) -> bool:
    """Whether it is nested so deeply that an error with it could not be pickled or logged."""
    level: list[JSONObject | list[JSONValue]] = [value]
    for _ in range(_MAX_DEPTH):
        level = [
            member
            for container in level
            for member in (container.values() if isinstance(container, dict) else container)
            if isinstance(member, (dict, list))
        ]
        if not level:
            return False
    return True


def one_line(text: str, limit: int) -> str:
    """`text` on one line, without control characters, cut where it exceeds the limit."""
    head = "".join(char if char.isprintable() else " " for char in text[: 2 * limit])
    line = " ".join(head.split())
    cut = len(line) > limit or len(text) > 2 * limit
    return f"{line[:limit]}..." if cut else line


def _text(details: JSONObject, key: str) -> str | None:
    value = details.get(key)
    return value if isinstance(value, str) else None
