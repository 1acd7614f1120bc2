"""What a checkpoint says is left, at moments that are hard to hit from outside."""

from __future__ import annotations

from typing import Any

from stripe_invoice_payments import InvoicePayment, ListObject
from stripe_invoice_payments._scan.plan import ScanPlan, Window
from stripe_invoice_payments._scan.state import ScanState


def payment(number: int) -> InvoicePayment:
    data: Any = {"id": f"inpay_{number}", "created": number}
    return InvoicePayment.from_dict_leniently(data)


def test_a_window_that_was_begun_before_keeps_its_place_until_it_is_read_on():
    begun = Window(start=50, end=100, cursor="inpay_70", position=70)
    plan = ScanPlan([begun, Window(start=0, end=50)], 100)
    state = ScanState(plan, start=0, pages_per_worker=2, workers=2)
    first, second = state.take(), state.take()
    assert first is begun
    assert second is not None
    assert state.reserve(second)
    page = ListObject(data=[payment(40)], has_more=False, url="/v1/invoice_payments")
    state.accept(second, page)
    batch = state.next_page()
    assert batch is not None
    state.hand_over(batch, 1)
    assert [(w.start, w.end, w.cursor, w.position) for w in state.left()] == [
        (50, 100, "inpay_70", 70)
    ]
