"""Which account a worker reads next."""

from __future__ import annotations


def is_urgent(pages: float, workers: int, enough: int, rate: float, others: float) -> bool:
    """Whether an account would be the last to be finished if nothing changed.

    Reading everything takes at least as long as its largest account. So an account goes first if it
    would take as long as everything together; it is then read at its full rate. If it would not, it
    is better left to the workers that it has, since dividing it costs requests.

    Args:
        pages: The pages left in the account.
        workers: How many workers it has, or would have.
        enough: How many workers keep up with its rate.
        rate: The requests a second of one account.
        others: Seconds that everything takes that is left to be read, in all accounts.
    """
    return pages >= others * rate * min(1.0, workers / enough)
