"""A successful response as it was received."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from attrs import define, field

from stripe_invoice_payments_api._model import InvalidObjectError

from .. import _json
from .._errors import UnexpectedResponseError, body_text, json_object
from .._repr import shows_incomplete

T_co = TypeVar("T_co", covariant=True)


@shows_incomplete
@define(frozen=True, kw_only=True)
class RawResponse(Generic[T_co]):
    """A successful response as it was received, and the means to read it.

    Example:
        response = client.invoice_payments.with_raw_response.retrieve("inpay_...")
        print(response.status, response.request_id, response.attempts)
        payment = response.parse()

    Attributes:
        status: The HTTP status.
        headers: The headers, with names in lower case.
        content: The body.
        elapsed: Seconds from sending the last attempt to the end of its response.
        attempts: The number of attempts.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=lambda content: f"<{len(content)} bytes>")
    elapsed: float
    attempts: int
    _read: Callable[[Any], T_co] = field(alias="read", repr=False, eq=False)

    @property
    def request_id(self) -> str | None:
        """Stripe's id of the request, for Stripe's support."""
        return self.headers.get("request-id")

    def parse(self) -> T_co:
        """The object that the call itself would return.

        Raises:
            UnexpectedResponseError: The body is not the JSON that Stripe documents for this call.
        """
        try:
            return self._read(_json.loads(self.content))
        except InvalidObjectError as error:
            # Without the frames of the reader: the objects in them are half read.
            raise self._unexpected(str(error)) from error.with_traceback(None)
        except (ValueError, RecursionError) as error:
            too_deep = isinstance(error, RecursionError)
            problem = "it is nested too deeply" if too_deep else str(error)
            raise self._unexpected(f"the response is not JSON: {problem}") from error

    def _unexpected(self, problem: str) -> UnexpectedResponseError:
        return UnexpectedResponseError(
            problem,
            http_status=self.status,
            headers=self.headers,
            http_body=body_text(self.content),
            json_body=json_object(self.content),
        )

    def __copy__(self) -> RawResponse[T_co]:
        return self  # nothing about it can change

    def __deepcopy__(self, memo: object) -> RawResponse[T_co]:
        return self

    def __reduce__(self) -> Any:
        # What reads a list holds the client, and so its key: what has been read goes along instead.
        facts = {
            "status": self.status,
            "headers": self.headers,
            "content": self.content,
            "elapsed": self.elapsed,
            "attempts": self.attempts,
        }
        try:
            return _with_known_outcome, (facts, self.parse(), None)
        except UnexpectedResponseError as error:
            return _with_known_outcome, (facts, None, error)


def _with_known_outcome(facts: dict[str, Any], result: Any, error: Exception | None) -> Any:
    def read(_: object) -> Any:
        if error is not None:
            raise error
        return result

    return RawResponse[Any](**facts, read=read)
