"""Receive webhooks on this machine, verify them, and sign bodies for tests."""

from __future__ import annotations

import argparse
import errno
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..arguments import OUTPUT, add_output, count
from ..exits import Exit, Failure, as_usage, code_of
from ..keys import SECRET_VARIABLE, webhook_secret
from ..messages import say
from ..output import Output
from ..rows import Row, utc

if TYPE_CHECKING:
    from email.message import Message
    from http.server import HTTPServer

    from stripe_invoice_payments_api.models import Event

_FIELDS = ("created", "type", "id", "object", "account", "livemode", "api_version")
_PORT = 4242
_MAX_PORT = 65535
# Stripe's events are far smaller.
_MAX_BODY = 4_000_000
_READ_SECONDS = 10
_UNUSED = {"amounts": "events are listed without amounts"}
_UNUSED_BY_SIGN: dict[str, str] = dict.fromkeys(OUTPUT, "a signature is a line of text")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listen = actions.add_parser(
        "listen",
        help="an endpoint on this machine that verifies, and prints a line an event",
    )
    listen.add_argument("--port", type=_port, default=_PORT, help=f"default {_PORT}; 0: a free one")
    listen.add_argument("--count", type=count, help="end after this many events")
    listen.set_defaults(action=_listen)
    verify = actions.add_parser("verify", help="whether a body has a valid signature")
    verify.add_argument("body", metavar="FILE", help="the body as it was received; -: stdin")
    verify.add_argument(
        "--signature", required=True, metavar="t=...,v1=...", help="the Stripe-Signature header"
    )
    verify.add_argument("--any-age", action="store_true", help="even if it was signed long ago")
    verify.set_defaults(action=_verify)
    sign = actions.add_parser(
        "sign", help="print the value of the Stripe-Signature header for a body"
    )
    sign.add_argument("body", metavar="FILE", help="the body; -: stdin")
    sign.set_defaults(action=_sign)
    for each in (listen, verify, sign):
        each.add_argument(
            "--secret-file",
            metavar="PATH",
            help="a file that only you can read, with the endpoint's signing secret; default: the "
            f"environment variable {SECRET_VARIABLE}",
        )
        add_output(each, without=_UNUSED_BY_SIGN if each is sign else _UNUSED)


def run(options: argparse.Namespace) -> int:
    result: int = options.action(options, Output(options), webhook_secret(options))
    return result


def _port(text: str) -> int:
    if count(text) > _MAX_PORT:
        raise argparse.ArgumentTypeError(f"must be at most {_MAX_PORT}, got {text!r}")
    return int(text)


def _listen(options: argparse.Namespace, output: Output, secret: str) -> int:
    output.stream(_received(options.port, options.count, secret), _FIELDS)
    return Exit.OK


def _verify(options: argparse.Namespace, output: Output, secret: str) -> int:
    from ..._config.defaults import WEBHOOK_TOLERANCE
    from ..._webhooks import Webhook

    body, tolerance = _body(options.body), None if options.any_age else WEBHOOK_TOLERANCE
    with as_usage():
        event = Webhook.construct_event(body, options.signature, secret, tolerance)
    output.rows([_row(event)], _FIELDS, _FIELDS)
    return Exit.OK


def _sign(options: argparse.Namespace, _output: Output, secret: str) -> int:
    from ..._webhooks import Webhook

    with as_usage():
        sys.stdout.write(f"{Webhook.generate_test_header(_body(options.body), secret)}\n")
    return Exit.OK


def _body(path: str) -> bytes:
    with as_usage():
        if path == "-":
            return sys.stdin.buffer.read()
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib is slow to import
            return file.read()


def _received(port: int, wanted: int | None, secret: str) -> Iterator[Row]:
    """The events that are posted to an endpoint on this machine, from now on."""
    from itertools import repeat
    from queue import SimpleQueue
    from threading import Thread

    received: SimpleQueue[Event | BaseException] = SimpleQueue()
    with _server(port, secret, received.put) as server:
        say(f"listening on http://127.0.0.1:{server.server_port}")
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            for _ in repeat(None) if wanted is None else repeat(None, wanted):
                event = received.get()
                if not isinstance(event, BaseException):
                    yield _row(event)
                else:  # a bug
                    raise event
        finally:
            server.shutdown()


def _server(
    port: int, secret: str, receive: Callable[[Event | BaseException], object]
) -> HTTPServer:
    """The endpoint. A slow client keeps no other waiting, as each has a thread."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    from ..._webhooks import Webhook

    class Endpoint(BaseHTTPRequestHandler):
        timeout = _READ_SECONDS

        def do_POST(self) -> None:
            body = self.rfile.read(_length(self.headers))
            try:
                event = Webhook.construct_event(body, self.headers["Stripe-Signature"], secret)
            except Exception as error:
                if code_of(error) is None:
                    raise
                say(f"refused: {error}")
                self.send_error(400)
            else:
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                receive(event)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing: each event is a line already."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - of the base class
            error = sys.exc_info()[1]
            if isinstance(error, OSError):
                say(f"disconnected: {error}")
            elif error is not None:
                receive(error)

    with as_usage(), _named(port):
        Webhook.generate_test_header(b"", secret)  # refuses what cannot be a secret
        return Server(("127.0.0.1", port), Endpoint)


@contextmanager
def _named(port: int) -> Generator[None, None, None]:
    """Say which port is in use, and what to do."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise Failure(
            Exit.USAGE,
            f"port {port} of this machine is in use; --port selects another one, and --port 0 one "
            "that is free",
        ) from error


def _length(headers: Message) -> int:
    text = headers.get("Content-Length", "0")
    return min(int(text), _MAX_BODY) if text.isascii() and text.isdigit() else 0


def _row(event: Event) -> Row:
    held = event.data.object
    identifier = held.get("id")
    return {
        "created": utc(event.created),  # not what Stripe signs if it is no time
        "type": event.type,
        "id": event.id,
        "object": identifier if isinstance(identifier, str) else None,
        "account": event.account,
        "livemode": event.livemode,
        "api_version": event.api_version,
    }
