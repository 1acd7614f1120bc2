"""How many lists the sandbox answers in a second: `python -m tests.sandbox.benchmark`.

The sandbox runs in a process of its own, with a million payments. Requests come over eight
connections, which a single loop over plain sockets keeps busy, so that it takes little of the
machine. Each asks for a page of 100 payments, either always the same page or one that nobody asked
for before. Besides what the machine managed in those seconds, the time that the sandbox itself took
from the processor tells what it could do on one that does nothing else.
"""

# ruff: noqa: T201 - a command line prints

from __future__ import annotations

import argparse
import os
import platform
import re
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

COMMAND = [sys.executable, "-m", "stripe_invoice_payments.sandbox", "--payments", "1000000"]
FIRST_SECOND = 1_735_689_600
# Nine blocks of six minutes hold the hundred payments of a page and a few more.
PAGE_SECONDS = 9 * 360
PAGES = 9000


def same_page() -> Iterator[str]:
    while True:
        yield "limit=100"


def new_pages() -> Iterator[str]:
    # The blocks that are remembered were made long ago when the first page comes round again.
    while True:
        for page in range(PAGES):
            yield f"limit=100&created[lt]={FIRST_SECOND + PAGE_SECONDS * (page + 2)}"


def measure(url: str, key: str, queries: Iterator[str], seconds: float, connections: int) -> float:
    """Answers a second."""
    address = urlsplit(url)

    def request() -> bytes:
        return (
            f"GET /v1/invoice_payments?{next(queries)} HTTP/1.1\r\nHost: sandbox\r\n"
            f"Authorization: Bearer {key}\r\n\r\n"
        ).encode()

    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            connection = socket.create_connection((address.hostname, address.port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(connection, selectors.EVENT_READ, bytearray())
            connection.sendall(request())
        answers, started = 0, time.perf_counter()
        while time.perf_counter() < started + seconds:
            for ready, _ in selector.select(timeout=1):
                answer: bytearray = ready.data
                answer += ready.fileobj.recv(1 << 18)  # type: ignore[union-attr]
                if is_whole(answer):
                    answers += 1
                    answer.clear()
                    ready.fileobj.sendall(request())  # type: ignore[union-attr]
        elapsed = time.perf_counter() - started
        for registered in list(selector.get_map().values()):
            registered.fileobj.close()  # type: ignore[union-attr]
    return answers / elapsed


def is_whole(answer: bytearray) -> bool:
    head_end = answer.find(b"\r\n\r\n")
    if head_end < 0:
        return False
    if not answer.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"not a good answer: {bytes(answer[:200])!r}")
    length = re.search(rb"content-length: (\d+)", answer[:head_end], re.IGNORECASE)
    assert length
    return len(answer) == head_end + 4 + int(length[1])


def processor_seconds(process: int) -> float:
    """What a process has taken from the processors so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def processor_name() -> str:
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return found[1] if found else platform.processor()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3, help="of each run")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--connections", type=int, default=8)
    options = parser.parse_args()
    kinds: dict[str, Callable[[], Iterator[str]]] = {"same page": same_page, "new pages": new_pages}
    print(f"Python {platform.python_version()}, {os.cpu_count()} x {processor_name()}")
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True) as sandbox:
        try:
            assert sandbox.stdout
            line = sandbox.stdout.readline()
            url, key = re.search(r"http://\S+", line), re.search(r"sk_test_\w+", line)
            assert url
            assert key
            queries = {name: make() for name, make in kinds.items()}
            for _ in range(options.runs):
                for name, of_kind in queries.items():
                    before = processor_seconds(sandbox.pid)
                    started = time.perf_counter()
                    rate = measure(url[0], key[0], of_kind, options.seconds, options.connections)
                    share = processor_seconds(sandbox.pid) - before
                    elapsed = time.perf_counter() - started
                    alone = rate * elapsed / share
                    print(f"{name}: {rate:5.0f} a second; {alone:5.0f} on a processor of its own")
        finally:
            sandbox.terminate()


if __name__ == "__main__":
    main()
