"""What a program pays before its first answer, each in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator

from .measure import Figure, processes_side_by_side, running_server

ROUNDS = 15

# Where click and rich are, as in this project's environment, httpx imports its command line with
# them; where only its own dependencies are, it does not.
_TIMED = """
import sys, time
sys.modules["click"] = None
started = time.perf_counter()
{}
print(time.perf_counter() - started)
"""

_OURS = "from stripe_invoice_payments import Client"
_READY = f"{_OURS}\nclient = Client('sk_test_benchmark')\nclient.invoice_payments"


def importing() -> Iterator[Figure]:
    """Import, ready client, first answer."""
    with running_server(payments=10) as base_url:
        seconds = processes_side_by_side(
            {
                "attrs": _TIMED.format("import attrs"),
                "ours": _TIMED.format("import stripe_invoice_payments"),
                "models": _TIMED.format("import stripe_invoice_payments_api.models"),
                "ready": _TIMED.format(_READY),
                "stripe": _TIMED.format("import stripe"),
                "ours, first answer": _TIMED.format(
                    f"{_OURS}\n"
                    "client = Client('sk_test_benchmark', base_url=sys.argv[1])\n"
                    "client.invoice_payments.list(limit=10)"
                ),
                "stripe, first answer": _TIMED.format(
                    "import stripe\n"
                    "client = stripe.StripeClient('sk_test_benchmark', "
                    "base_addresses={'api': sys.argv[1]})\n"
                    "client.v1.invoice_payments.list({'limit': 10})"
                ),
            },
            rounds=ROUNDS,
            arguments=(base_url,),
        )
    ms = {name: f"{value * 1e3:.0f} ms" for name, value in seconds.items()}

    def ratio(name: str, other: str, bound: float, said: str) -> Figure:
        note = f"{ms[name]} against {ms[other]}"
        value = seconds[name] / seconds[other]
        return Figure(target=3, name=said, value=value, bound=bound, note=note)

    yield ratio("ours", "attrs", 1.3, "import stripe_invoice_payments / import attrs")
    yield ratio("models", "attrs", 1.6, "import of the generated models / import attrs")
    yield ratio("ready", "stripe", 1.0, "import to a ready client / import stripe")
    yield ratio(
        "ours, first answer",
        "stripe, first answer",
        0.75,
        "cold process to first answer / stripe-python's",
    )
