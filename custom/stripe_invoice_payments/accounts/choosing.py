"""Which account a worker reads next."""

from __future__ import annotations


def is_urgent(most: float, total: float, account_rate: float, platform_rate: float) -> bool:
    """Whether the largest known account goes before accounts whose size is not known yet.

    Reading everything takes at least as long as the largest account takes alone. So if that is as
    long as everything together, the account must be read at its full rate from now on. Otherwise
    the first pages of other accounts, which have to be read in any case, show whether one of them
    is larger.

    Args:
        most: The pages left in the largest known account that can take another worker.
        total: The pages left in all accounts, as far as is known.
        account_rate: The requests a second of one account.
        platform_rate: The requests a second of all accounts together.
    """
    return most / account_rate >= total / platform_rate


def workers_per_account(rate: float, latency: float) -> int:
    """How many workers keep up with the rate of one account. More would only take others' places.

    Args:
        rate: The requests a second of one account.
        latency: Seconds that a response takes.
    """
    return int(rate * latency) + 1
