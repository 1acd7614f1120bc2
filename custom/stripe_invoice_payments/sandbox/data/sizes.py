"""How many invoice payments each connected account holds."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from .checks import MAX_PAYMENTS

# The exponent of the tail. A smaller one makes the largest accounts larger; it must be above 1.
_TAIL = 1.2


def equal(mean: int, _seed: int) -> int:
    """The same number for every account."""
    return mean


def heavy_tail(mean: int, seed: int) -> int:
    """Few accounts hold most of the payments, and many hold hardly any, as on a platform.

    Drawn from a Lomax distribution, whose tail is that of a Pareto distribution, and which begins
    at 0. Half of the accounts have less than a sixth of the mean.
    """
    # Not `paretovariate`: only random() gives the same sequence in every Python version.
    draw = random.Random(seed).random()
    size = mean * (_TAIL - 1) * ((1 - draw) ** (-1 / _TAIL) - 1)
    return int(min(size, MAX_PAYMENTS))


SIZES: Mapping[str, Callable[[int, int], int]] = {"equal": equal, "heavy_tail": heavy_tail}
"""By the name of the option: from the mean, and the seed of an account, to its size."""
