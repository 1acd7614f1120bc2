"""No more pages are held than docs/use/scan.md says."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest

from stripe_invoice_payments import Client

from .server import BASE, ListServer, by_second


@pytest.mark.parametrize("workers", [1, 2, 4, 8])
@pytest.mark.parametrize(("ordered", "pages"), [(False, 2), (True, 16)])
def test_no_more_pages_are_held_than_documented(workers, ordered, pages):
    with ListServer(by_second(list(range(20_000)))) as server:
        with Client("sk_test_memory", base_url=server.url) as client:
            with client.invoice_payments.scan(
                created={"gte": BASE, "lt": BASE + 20_000},
                workers=workers,
                ordered=ordered,
                rate_limit=5000,
            ) as scan:
                # Not by counting requests: pages of which nothing belongs to a window are not held.
                state: Any = scan._reader._source
                for _ in range(3):
                    for _ in range(350):
                        next(scan)
                    held = 0
                    for _ in range(100):  # until the readers have got as far as they may
                        time.sleep(0.1)
                        held = sum(map(len, state._pages.values())) + state._under_way
                        assert held <= pages * workers
                        if held >= pages * workers / 2:
                            break
                    assert held >= pages * workers / 2


def test_a_scan_in_order_goes_on_when_the_consumer_has_made_room(tmp_path):
    """All pages that may be held are of an old window; the newest one is read by the last worker.

    It has to be woken when the window before its own has been handed over.
    """
    path = tmp_path / "payments.scan"
    old_window_is_read = threading.Event()

    def spoil(page: Any, query: dict[str, str], _: int) -> None:
        if not page["has_more"]:
            old_window_is_read.set()
        elif int(query["created[lt]"]) > BASE + 3000:
            old_window_is_read.wait(20)
            time.sleep(0.1)

    options: Any = {
        "created": {"gte": BASE, "lt": BASE + 5000},
        "ordered": True,
        "workers": 2,
        "rate_limit": 5000,
        "checkpoint": path,
    }
    with ListServer(by_second(list(range(5000))), spoil) as server:
        with Client("sk_test_memory", base_url=server.url) as client:
            with client.invoice_payments.scan(**options) as scan:
                scan.commit()
            content = json.loads(path.read_text())
            # 30 pages: with the one that is under way, as many as may be held behind the newest.
            windows = [(BASE + 3000, BASE + 5000), (BASE, BASE + 3000)]
            content["windows"] = [[start, end, None, end] for start, end in windows]
            path.write_text(json.dumps(content))
            scan = client.invoice_payments.scan(**options)
            closing = threading.Timer(20, scan.close)
            closing.start()
            with scan:
                found = []
                for payment in scan:
                    found.append(payment.id)
                    if len(found) % 100 == 50:
                        time.sleep(0.02)  # the workers are faster
            closing.cancel()
        assert found == server.ids
