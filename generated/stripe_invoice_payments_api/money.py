# Generated from Stripe's OpenAPI document 2026-05-27.dahlia by `make regenerate`.
# Do not edit: change spec/ or templates/ and run that command.

"""Amounts of money: whole numbers of a currency's minor unit, and what they are worth exactly."""

from __future__ import annotations

from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation, Overflow

from attrs import define, field

_TWO_DECIMALS = (
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad "
    "cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl "
    "hrk htg huf idr ils inr jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop "
    "mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar "
    "sbd scr sek sgd shp sle sll sos srd std svc szl thb tjs top try ttd twd tzs uah usd uyu uzs "
    "wst xcd xcg yer zar zmw"
)

# How Stripe writes amounts, which is not ISO 4217's way: the digits after the decimal point, the
# step in minor units of what can be charged, and the currencies that this is true of. ISK and UGX
# have no minor unit any more, but two decimals that are always 00. HUF and TWD are whole numbers in
# payouts only. Amounts with three decimals end in 0. Sources: https://docs.stripe.com/currencies,
# its lists of presentment currencies and zero-decimal currencies, and its special cases; the
# three-decimal currencies, and HRK, SLL and SVC, are in its earlier editions.
_TABLE = (
    (0, 1, "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"),
    (2, 1, _TWO_DECIMALS),
    (2, 100, "isk ugx"),
    (3, 10, "bhd jod kwd omr tnd"),
)

CURRENCIES = {
    currency: (exponent, step)
    for exponent, step, currencies in _TABLE
    for currency in currencies.split()
}
"""The currencies by code in lower case: digits after the decimal point, and the step of charges."""

# More digits than any amount has. What does not fit is refused, never rounded.
_EXACT = Context(prec=60, Emax=60, traps=[Inexact, InvalidOperation, Overflow])


def _minor(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"minor must be an integer, got {type(value).__name__}")
    return value


def _currency(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"currency must be a string, got {type(value).__name__}")
    if value.lower() not in CURRENCIES:
        raise ValueError(f"currency must be one whose decimals are known, got {value[:20]!r}")
    return value.lower()


@define(frozen=True, repr=False)
class Money:
    """An exact amount in one currency.

    Amounts of one currency can be compared, added, subtracted and summed up; with those of another
    that is a `ValueError`. An amount of zero is false.

    Example:
        paid = Money(4000, "usd")
        print(paid, paid.decimal, paid + Money.from_decimal("2.50", "usd"), f"{paid:,.2f}")

    Attributes:
        minor: The amount in the currency's minor unit, as Stripe has it: cents for `usd`.
        currency: The code of the currency, in upper or lower case.

    Raises:
        TypeError: `minor` is no integer, or `currency` no string.
        ValueError: The currency is unknown: how many decimals it has would be a guess.
    """

    minor: int = field(converter=_minor)
    currency: str = field(converter=_currency)

    @classmethod
    def from_decimal(cls, amount: Decimal | str | int, currency: str) -> Money:
        """What can be charged, from an amount such as `Decimal("12.50")`; never rounded.

        Raises:
            TypeError: `amount` is a `float`, which is not exact, or something else.
            ValueError: It is no number, or has more decimals than can be charged in the currency.
        """
        if isinstance(amount, bool) or not isinstance(amount, (Decimal, str, int)):  # pyright: ignore[reportUnnecessaryIsInstance] - not all callers type-check
            raise TypeError(f"amount must be a Decimal, str or int, got {type(amount).__name__}")
        currency = _currency(currency)
        exponent, step = CURRENCIES[currency]
        unit = cls(step, currency)
        try:
            minor = _EXACT.to_integral_exact(_EXACT.scaleb(_EXACT.create_decimal(amount), exponent))
            if int(minor) % step == 0:
                return cls(int(minor), currency)
        except (DecimalException, ValueError, OverflowError):  # infinite, not a number, too long
            pass
        raise ValueError(f"amount must be a multiple of {unit}, got {str(amount)[:40]!r}")

    @property
    def decimal(self) -> Decimal:
        """The amount in the currency's main unit, exactly: 40.00 for 4,000 cents."""
        return Decimal(f"{self.minor}E-{CURRENCIES[self.currency][0]}")

    def __str__(self) -> str:
        return format(self, "")

    def __format__(self, spec: str) -> str:
        """The amount by `spec`, as for a `Decimal`, then the currency: `40.00 USD`."""
        return f"{format(self.decimal, spec or 'f')} {self.currency.upper()}"

    def __repr__(self) -> str:
        if not hasattr(self, "currency"):  # seen in the traceback of a mistake in its arguments
            return "<Money that is being made>"
        return f"Money({self.minor}, {self.currency!r})"

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._minor_of(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._minor_of(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._minor_of(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._minor_of(other)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._minor_of(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._minor_of(other), self.currency)

    def __radd__(self, other: int) -> Money:
        """For `sum`, which begins with a 0."""
        return self if type(other) is int and other == 0 else NotImplemented

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def _minor_of(self, other: object) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"only Money goes with Money, got {type(other).__name__}")
        if self.currency != other.currency:
            raise ValueError(f"currencies must be equal, got {self} and {other}")
        return other.minor
