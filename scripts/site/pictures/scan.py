"""How a scan divides a period: which stretch of it each request has read, and when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from .svg import WIDTH, figure, line, rect, text

FILE = Path(__file__).with_name("scan.json")

_LEFT = 22
_TOP = 24
_DENSITY = 40
_ROW = 14
_SIX_HOURS = 6 * 3600


def scan(name: str, _words: str, _above: str, _below: str) -> str:
    run: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    requests = run["requests"]
    rounds = max(request["time"] for request in requests)
    payments = sum(request["payments"] for request in requests)
    title = f"A scan by {run['workers']} workers, recorded; each row is the time of one request"
    description = (
        f"{len(requests)} requests read {payments:,} payments of two days in the time of "
        f"{rounds} requests. In the first, each worker reads its own quarter of the period. A "
        "quarter without payments takes one request; then its worker takes a part of a quarter "
        "with many. The stretches that the requests read cover the period without a gap, and none "
        "is read twice."
    )
    return figure(name, title, description, list(_shapes(run, rounds)), _bottom(rounds) + 24)


def _bottom(rounds: int) -> int:
    return _TOP + _DENSITY + 26 + rounds * _ROW


def _shapes(run: dict[str, Any], rounds: int) -> Iterator[str]:
    start: int = run["start"]
    end: int = run["end"]
    requests = run["requests"]
    scale = (WIDTH - _LEFT) / (end - start)
    bottom = _bottom(rounds)

    def x(second: int) -> float:
        return _LEFT + (second - start) * scale

    for second in range(start, end + 1, _SIX_HOURS):
        yield line([(x(second), _TOP), (x(second), bottom)], "grid")
    yield text(_LEFT, _TOP - 10, "payments per minute")
    densities = [r["payments"] / (r["until"] - r["from"]) for r in requests]
    for request, density in zip(requests, densities, strict=True):
        height = _DENSITY * density / max(densities)
        width = (request["until"] - request["from"]) * scale
        yield rect(x(request["from"]), _TOP + _DENSITY - height, width, height, "muted")
    below = _TOP + _DENSITY + 20
    yield text(_LEFT, below, "what each request read, by worker:")
    for worker in range(run["workers"]):
        left = _LEFT + 240 + worker * 32
        yield rect(left, below - 9, 10, 10, f"worker-{worker}")
        yield text(left + 13, below, str(worker + 1))
    for number in range(rounds):
        yield text(_LEFT - 6, bottom - (rounds - number) * _ROW + 11, f"{number + 1}", end=True)
    for request in requests:
        top = bottom - (rounds - request["time"] + 1) * _ROW + 2
        width = (request["until"] - request["from"]) * scale
        yield rect(x(request["from"]), top, width, _ROW - 3, f"worker-{request['worker']}")
    for number in count():
        second = start + number * 2 * _SIX_HOURS
        if second > end:
            break
        moment = datetime.fromtimestamp(second, UTC)
        label = f"{moment.day} {moment:%b}" if moment.hour == 0 else f"{moment:%H:%M}"
        yield text(x(second), bottom + 16, label, end=second == end)
