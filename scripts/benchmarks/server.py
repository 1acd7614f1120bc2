"""A server that answers list requests as fast as Python can, so that it is not what is measured.

It knows one key, one endpoint and no errors but 429; the sandbox is the one that behaves like
Stripe. Data are given by their creation times; every object is rendered once, at the start.

    python -m scripts.benchmarks.server --payments 20000 --shape even --latency 0.12 --rate 25
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from bisect import bisect_left
from urllib.parse import parse_qs, urlsplit

YEAR = 365 * 86_400
START = 1_735_689_600
PAGE = 100


def creation_times(count: int, shape: str, seed: int) -> list[int]:
    """When each payment was created, over a year: evenly, mostly in bursts, or in few seconds."""
    draw = random.Random(seed)
    if shape == "even":
        return sorted(START + draw.randrange(YEAR) for _ in range(count))
    if shape == "bursts":  # 40 campaigns of two hours, some far larger than others
        centres = [draw.randrange(YEAR - 7200) for _ in range(40)]
        weights = [draw.paretovariate(1.0) for _ in centres]
        in_bursts = draw.choices(centres, weights, k=count * 9 // 10)
        times = [START + centre + int(draw.triangular(0, 7200, 1800)) for centre in in_bursts]
        times += [START + draw.randrange(YEAR) for _ in range(count - len(times))]
        return sorted(times)
    if shape == "seconds":  # three imports of ten seconds each
        bases = [draw.randrange(YEAR) for _ in range(3)]
        return sorted(START + draw.choice(bases) + draw.randrange(10) for _ in range(count))
    raise ValueError(f"shape {shape!r} is not even, bursts or seconds")


def payment_id(number: int) -> str:
    return f"inpay_1Benchmark{number:012d}"


def payment(number: int, created: int) -> dict[str, object]:
    """A payment as Stripe sends it."""
    return {
        "id": payment_id(number),
        "object": "invoice_payment",
        "amount_paid": 2000 + number % 5000,
        "amount_requested": 2000 + number % 5000,
        "created": created,
        "currency": "usd",
        "invoice": f"in_1Benchmark{number:012d}",
        "is_default": True,
        "livemode": False,
        "payment": {
            "type": "payment_intent",
            "payment_intent": f"pi_3Benchmark{number:012d}",
        },
        "status": "paid",
        "status_transitions": {"canceled_at": None, "paid_at": created},
    }


class Data:
    """The payments, oldest first, each as the text it is sent as."""

    def __init__(self, times: list[int]) -> None:
        self.times = times
        self.texts = [
            json.dumps(payment(number, created), indent=2).encode()
            for number, created in enumerate(times)
        ]

    def page(self, query: dict[str, list[str]]) -> bytes:
        """The page that `query` asks for."""
        stop, start = len(self.times), 0
        if "created[lt]" in query:
            stop = bisect_left(self.times, int(query["created[lt]"][0]))
        if "created[gte]" in query:
            start = bisect_left(self.times, int(query["created[gte]"][0]))
        if "starting_after" in query:
            stop = min(stop, int(query["starting_after"][0][-12:]))
        limit = int(query.get("limit", ["10"])[0])
        first = max(start, stop - limit)
        more = b"true" if first > start else b"false"
        objects = b",\n".join(reversed(self.texts[first:stop]))
        head = b'{"object": "list", "url": "/v1/invoice_payments", "has_more": ' + more
        return head + b', "data": [\n' + objects + b"\n]}"


class Connection(asyncio.Protocol):
    """One connection: GET requests without a body, kept alive."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - narrows the type
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, self._received = self._received.split(b"\r\n\r\n", 1)
            target = head.split(b" ", 2)[1].decode()
            status, body = self._server.answer(target)
            answer = (
                b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nRequest-Id: req_bench\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (status, len(body), body)
            )
            if self._server.latency:
                loop = asyncio.get_running_loop()
                loop.call_later(self._server.latency, self._transport.write, answer)
            else:
                self._transport.write(answer)


class Server:
    """Answers, counts and, if asked to, limits."""

    def __init__(self, data: Data, latency: float, rate: float | None) -> None:
        self.data = data
        self.latency = latency
        self._rate = rate
        # A bucket that refills evenly and holds what half a second lets through.
        self._tokens = self._size = max(1.0, (rate or 0) / 2)
        self._filled = time.monotonic()
        self.requests = self.refused = 0

    def answer(self, target: str) -> tuple[bytes, bytes]:
        parts = urlsplit(target)
        if parts.path == "/counters":
            counts = {"requests": self.requests, "refused": self.refused}
            self.requests = self.refused = 0
            return b"200 OK", json.dumps(counts).encode()
        self.requests += 1
        if not self._admits():
            self.refused += 1
            return b"429 Too Many Requests", b'{"error": {"type": "invalid_request_error"}}'
        if parts.path == "/v1/invoice_payments":
            return b"200 OK", self.data.page(parse_qs(parts.query))
        return b"200 OK", self.data.texts[int(parts.path[-12:])]

    def _admits(self) -> bool:
        if self._rate is None:
            return True
        now = time.monotonic()
        self._tokens = min(self._size, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


async def serve(server: Server) -> None:
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(lambda: Connection(server), "127.0.0.1", 0)
    print(listener.sockets[0].getsockname()[1], flush=True)
    stopped = loop.run_in_executor(None, sys.stdin.read)  # the benchmark closes it
    async with listener:
        await stopped


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--payments", type=int, default=20_000)
    parser.add_argument("--shape", choices=("even", "bursts", "seconds"), default="even")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds")
    parser.add_argument("--rate", type=float, help="requests a second that are answered")
    options = parser.parse_args()
    data = Data(creation_times(options.payments, options.shape, options.seed))
    asyncio.run(serve(Server(data, options.latency, options.rate)))


if __name__ == "__main__":
    main()
