"""Stripe's error envelope, and its common errors."""

from __future__ import annotations

from collections.abc import Mapping

from stripe_invoice_payments_api.models import JSONObject

FORCED_ERROR = "stripe_forced_error"
"""The key in the ASGI scope of an error that replaces what an operation does."""


class ApiError(Exception):
    """A response that is an error: raised anywhere below a route, serialized by the app."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        type: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
        logged: bool = True,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.type = type
        self.code = code
        self.param = param
        self.headers = headers
        self.logged = logged
        """Whether the request is in the account's request log, and so has a URL there."""

    def body(self, request_id: str, *, livemode: bool = False) -> JSONObject:
        """The JSON of the response. Fields that do not apply are left out, not null."""
        error: JSONObject = {"type": self.type, "message": self.message}
        if self.code is not None:
            page = self.code.replace("_", "-")
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{page}"
        if self.param is not None:
            error["param"] = self.param
        if self.logged:
            logs = "logs" if livemode else "test/logs"
            error["request_log_url"] = f"https://dashboard.stripe.com/{logs}/{request_id}"
        return {"error": error}


def missing_api_key() -> ApiError:
    """No key at all."""
    return unauthorized(
        "No API key came with this request. Send your secret key in the Authorization header: "
        "as 'Authorization: Bearer YOUR_SECRET_KEY', or as the user name of HTTP Basic auth "
        "with an empty password."
    )


def unknown_api_key(masked_key: str) -> ApiError:
    """An unknown key. Takes the masked key, never the key itself."""
    return unauthorized(f"Invalid API key: {masked_key}")


def unauthorized(message: str, code: str | None = None) -> ApiError:
    """Any response to an invalid key."""
    # The request belongs to no account, so it is in no account's log.
    headers = {"WWW-Authenticate": 'Bearer realm="Stripe"'}
    return ApiError(401, message, code=code, headers=headers, logged=False)


def no_such_url(method: str, path: str) -> ApiError:
    """A path that the API does not have, or not for this method: a 404 in both cases."""
    return ApiError(
        404, f"Unrecognized request URL ({method}: {path}). Check the method and the path."
    )


def no_such_object(kind: str, value: str, param: str, status: int) -> ApiError:
    """An unknown id: 404 for one in the path, 400 for one in a parameter."""
    return ApiError(status, f"No such {kind}: '{value}'", code="resource_missing", param=param)


def invalid_integer(param: str, value: str) -> ApiError:
    """A value that is not a whole number."""
    return ApiError(400, f"Invalid integer: {value}", code="parameter_invalid_integer", param=param)


def unknown_parameter(param: str) -> ApiError:
    """A parameter that this endpoint does not have."""
    return ApiError(
        400, f"Received unknown parameter: {param}", code="parameter_unknown", param=param
    )


def missing_parameter(param: str) -> ApiError:
    """A required parameter left out."""
    return ApiError(
        400, f"Missing required parameter: {param}", code="parameter_missing", param=param
    )


def both_cursors() -> ApiError:
    """`starting_after` with `ending_before`: public reports show neither a code nor a param."""
    return ApiError(
        400, "Received both starting_after and ending_before parameters. Send only one of them."
    )


def not_an_array(param: str) -> ApiError:
    """A scalar in place of an array."""
    return ApiError(400, f"Invalid array: write {param}[]=... for each value", param=param)


def cannot_expand(path: str, reason: str) -> ApiError:
    """An invalid path in `expand`: public reports show neither a code nor a param."""
    return ApiError(400, f"This property cannot be expanded ({path}): {reason}.")


def internal_error() -> ApiError:
    """A bug in the sandbox itself."""
    return ApiError(500, "A bug in the sandbox: see its log.", type="api_error")
