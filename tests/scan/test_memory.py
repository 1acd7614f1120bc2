"""No more pages are held than docs/scan.md says."""

from __future__ import annotations

import time

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
                state = scan._setup.state
                for _ in range(3):
                    for _ in range(350):
                        next(scan)
                    held = 0
                    for _ in range(100):  # until the readers have got as far as they may
                        time.sleep(0.1)
                        held = sum(map(len, state._batches.values())) + state._under_way
                        assert held <= pages * workers
                        if held >= pages * workers / 2:
                            break
                    assert held >= pages * workers / 2
