"""The exit codes, and which error has which."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of `inpay`."""

    OK = 0
    BUG = 1
    USAGE = 2
    NOT_FOUND = 3
    KEY = 4
    UNAVAILABLE = 5
    STOPPED = 6
    DIFFERENCES = 7
    INTERRUPTED = 130


MEANINGS = {
    Exit.OK: "done",
    Exit.BUG: "a bug in inpay",
    Exit.USAGE: "invalid arguments",
    Exit.NOT_FOUND: "not found",
    Exit.KEY: "the API key is missing, invalid or lacks a permission",
    Exit.UNAVAILABLE: "Stripe or the network failed, try again",
    Exit.STOPPED: "export or sync stopped before the end, the same command continues",
    Exit.DIFFERENCES: "differences were found, or a signature does not match",
    Exit.INTERRUPTED: "interrupted by Ctrl-C",
}


# Arguments of the library, and how the program calls them.
_NAMES = {
    "accounts": "--accounts",
    "base_url": "--base-url",
    "payment_id": "--payment",
    "payments": "TARGET",
    "period": "PERIOD",
    "stripe_account": "--account",
    "stripe_version": "--api-version",
    "target": "TARGET",
    "to": "--output",
}
# What repeating a command does not change, unlike a full disk.
_LASTING = (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError)


class Failure(Exception):  # noqa: N818 - what it is to the program, not a bug
    """Ends the program with a message on stderr.

    Args:
        code: The exit code.
        message: What went wrong, and what to do.
    """

    def __init__(self, code: Exit, message: str) -> None:
        super().__init__(message)
        self.code = code


def code_of(error: BaseException) -> Exit | None:
    """The exit code for an error; None if it is a bug."""
    from .._errors import (
        AuthenticationError,
        InvalidRequestError,
        PermissionError,
        SignatureVerificationError,
        StripeError,
    )

    if isinstance(error, Failure):
        return error.code
    if isinstance(error, (AuthenticationError, PermissionError)):
        return Exit.KEY
    if isinstance(error, InvalidRequestError):
        is_missing = error.http_status == 404 or error.code == "resource_missing"
        return Exit.NOT_FOUND if is_missing else Exit.USAGE
    if isinstance(error, SignatureVerificationError):
        return Exit.DIFFERENCES
    from stripe_invoice_payments_api.models import InvalidObjectError

    is_unexpected = isinstance(error, (StripeError, InvalidObjectError))
    return Exit.UNAVAILABLE if is_unexpected else None


@contextmanager
def as_usage() -> Generator[None, None, None]:
    """Around a call of the library, whose `ValueError` is about an argument of the command."""
    try:
        yield
    except (ValueError, ImportError) as error:
        raise Failure(Exit.USAGE, _in_terms_of_the_program(str(error))) from error
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Failure(Exit.USAGE, _described(error)) from error


@contextmanager
def resumable() -> Generator[None, None, None]:
    """Around a call that continues where it stopped, when the command is repeated."""
    hint = "repeat the same command to continue"
    try:
        with as_usage():
            yield
    except KeyboardInterrupt:
        raise Failure(Exit.INTERRUPTED, f"interrupted; {hint}") from None
    except Failure as failure:
        from ..export.targets import TargetInUseError

        cause = failure.__cause__
        is_passing = isinstance(cause, OSError) and not isinstance(cause, _LASTING)
        if is_passing or isinstance(cause, TargetInUseError):
            raise Failure(Exit.STOPPED, f"{failure}; {hint}") from failure
        raise
    except Exception as error:
        if code_of(error) is Exit.UNAVAILABLE:
            raise Failure(Exit.STOPPED, f"{error}; {hint}") from error
        raise


def _in_terms_of_the_program(message: str) -> str:
    """A message of the library, which begins with the name of an argument."""
    first, space, rest = message.partition(" ")
    name = first.removesuffix(":")
    return f"{_NAMES.get(name, name)}{first[len(name) :]}{space}{rest}"


def _described(error: OSError) -> str:
    if error.filename is None or error.strerror is None:
        return str(error)
    return f"{error.filename}: {error.strerror}"
