"""Amounts of money, exactly, and the amounts of objects as money."""

from __future__ import annotations

import copy
import pickle
from decimal import Decimal, localcontext

import pytest
from hypothesis import given, strategies as st

from stripe_invoice_payments import (
    Charge,
    InvalidObjectError,
    Invoice,
    InvoicePayment,
    InvoicePaymentDetails,
    JSONValue,
    Money,
    PaymentIntent,
    PaymentRecord,
)
from stripe_invoice_payments_api.money import CURRENCIES

from .samples import payment

minors = st.integers(min_value=-(10**20), max_value=10**20)
currencies = st.sampled_from(sorted(CURRENCIES))
moneys = st.builds(Money, minors, currencies)
dollars = st.builds(Money, minors, st.just("usd"))


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (4000, "usd", "40.00 USD"),
        (5, "eur", "0.05 EUR"),
        (-5, "eur", "-0.05 EUR"),
        (0, "eur", "0.00 EUR"),
        (500, "jpy", "500 JPY"),
        (5120, "kwd", "5.120 KWD"),
        (1, "bhd", "0.001 BHD"),
        # ISO 4217 gives the first two no decimals, and Stripe's payouts the others.
        (500, "isk", "5.00 ISK"),
        (500, "ugx", "5.00 UGX"),
        (1045, "huf", "10.45 HUF"),
        (80045, "twd", "800.45 TWD"),
        (999_999_999_999, "idr", "9999999999.99 IDR"),
        (10**40, "usd", f"{10**38}.00 USD"),
    ],
)
def test_the_decimals_are_stripes_own(minor, currency, text):
    money = Money(minor, currency)
    assert str(money) == f"{money}" == text
    assert str(money.decimal) == text.split()[0]


@pytest.mark.parametrize("currency", ["xyz", "", "us", "usdc", "USD ", "ＵＳＤ", "x" * 5000])
def test_an_unknown_currency_is_refused(currency):
    with pytest.raises(ValueError, match="^currency must be one whose decimals are known, got") as e:
        Money(100, currency)
    assert len(str(e.value)) < 100


@pytest.mark.parametrize(("minor", "currency"), [(1.0, "usd"), (True, "usd"), ("1", "usd"), (1, 1)])
def test_other_types_are_refused(minor, currency):
    with pytest.raises(TypeError, match=r"^(minor|currency) must be"):
        Money(minor, currency)


def test_the_code_may_be_in_upper_case():
    assert Money(1, "USD") == Money(1, "usd")
    assert Money(1, "USD").currency == "usd"


def test_a_format_is_that_of_the_number():
    assert f"{Money(123_456_789, 'usd'):,}" == "1,234,567.89 USD"
    assert f"{Money(100, 'usd'):>8}" == "    1.00 USD"
    assert f"{Money(100, 'jpy'):.2f}" == "100.00 JPY"


@given(moneys)
def test_a_decimal_leads_back_to_the_money(money):
    exponent, step = CURRENCIES[money.currency]
    assert money.decimal * 10**exponent == money.minor or abs(money.minor) > 10**25
    with localcontext() as context:
        context.prec = 3
        if money.minor % step == 0:
            assert Money.from_decimal(money.decimal, money.currency) == money
            assert Money.from_decimal(str(money.decimal), money.currency.upper()) == money
        else:
            with pytest.raises(ValueError, match="multiple"):
                Money.from_decimal(money.decimal, money.currency)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.5", "usd", 1250),
        (Decimal("12.500"), "usd", 1250),
        (12, "usd", 1200),
        ("1e3", "jpy", 1000),
        ("5.120", "kwd", 5120),
        ("5.00", "isk", 500),
        ("-0.01", "usd", -1),
    ],
)
def test_from_a_decimal(amount, currency, minor):
    assert Money.from_decimal(amount, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "unit"),
    [
        ("0.005", "usd", "0.01 USD"),
        ("0.5", "jpy", "1 JPY"),
        ("5.124", "kwd", "0.010 KWD"),
        ("5.5", "isk", "1.00 ISK"),
        ("5.5", "ugx", "1.00 UGX"),
        ("NaN", "usd", "0.01 USD"),
        ("sNaN", "usd", "0.01 USD"),
        ("inf", "usd", "0.01 USD"),
        ("forty", "usd", "0.01 USD"),
        ("", "usd", "0.01 USD"),
        ("1e999999", "usd", "0.01 USD"),
        ("1e-999999999", "usd", "0.01 USD"),
        ("9" * 5000, "usd", "0.01 USD"),
    ],
)
def test_what_is_not_exact_is_refused(amount, currency, unit):
    with pytest.raises(ValueError, match=f"^amount must be a multiple of {unit}, got") as e:
        Money.from_decimal(amount, currency)
    assert len(str(e.value)) < 120


@pytest.mark.parametrize("amount", [0.1, True, None, b"1"])
def test_what_is_no_decimal_is_refused(amount):
    with pytest.raises(TypeError, match="^amount must be a Decimal, str or int, got"):
        Money.from_decimal(amount, "usd")


@given(dollars, dollars)
def test_equal_currencies_are_reckoned_with_like_integers(one, other):
    assert (one + other).minor == one.minor + other.minor
    assert (one - other).minor == one.minor - other.minor
    assert (one < other, one <= other) == (one.minor < other.minor, one.minor <= other.minor)
    assert (one > other, one >= other) == (one.minor > other.minor, one.minor >= other.minor)
    assert (one == other) == (one.minor == other.minor)
    assert bool(one) == bool(one.minor)
    assert -one + one == Money(0, "usd")


@given(st.lists(dollars, min_size=1))
def test_a_sum(amounts):
    assert sum(amounts) == Money(sum(amount.minor for amount in amounts), "usd")


@pytest.mark.parametrize(
    "reckon",
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a < b,
        lambda a, b: a <= b,
        lambda a, b: a > b,
        lambda a, b: a >= b,
        lambda a, b: sum([a, b]),
        lambda a, b: max(a, b),
    ],
)
def test_unequal_currencies_are_refused(reckon):
    one, other = Money(1, "usd"), Money(1, "eur")
    assert one != other
    with pytest.raises(ValueError, match=r"^currencies must be equal, got 0\.01 \w+ and 0\.01 \w+"):
        reckon(one, other)
    for wrong in (1, Decimal(1), None):
        assert one != wrong
        with pytest.raises(TypeError):
            reckon(one, wrong)


@given(moneys)
def test_money_is_a_value(money):
    for other in (
        pickle.loads(pickle.dumps(money)),
        copy.copy(money),
        copy.deepcopy(money),
        eval(repr(money), {"Money": Money}),  # noqa: S307 - what a repr promises
    ):
        assert other == money
        assert hash(other) == hash(money)
    with pytest.raises(AttributeError):
        money.minor = 1


def test_money_of_a_payment():
    read = InvoicePayment.from_dict(payment(amount_paid=None, amount_requested=500, currency="jpy"))
    assert read.requested == Money(500, "jpy")
    assert read.paid is None
    read = InvoicePayment.from_dict(payment(amount_paid=450, amount_requested=500, currency="usd"))
    assert str(read.paid) == "4.50 USD"
    assert read.amount_paid == 450


def test_money_of_the_other_objects():
    invoice = Invoice(
        id="in_1", object="invoice", currency="usd", total=900, amount_due=800, amount_remaining=0
    )
    assert invoice.total_money == Money(900, "usd")
    assert invoice.due == Money(800, "usd")
    assert not invoice.remaining
    assert invoice.paid_off_stripe is None
    charge = Charge(id="ch_1", object="charge", currency="usd", amount=3, amount_refunded=2)
    assert charge.refunded is None
    assert (charge.amount_money, charge.refunded_money) == (Money(3, "usd"), Money(2, "usd"))
    intent = PaymentIntent(id="pi_1", object="payment_intent", amount_received=7)
    assert intent.received is None  # without a currency
    record = PaymentRecord.from_dict(
        {"id": "pr_1", "object": "payment_record", "amount": {"currency": "eur", "value": 5}}
    )
    assert record.amount is not None
    assert record.amount.money == Money(5, "eur")


@pytest.mark.parametrize("amount", [1.5, "1", True])
def test_money_of_an_unknown_kind_is_refused_where_it_is_asked_for(amount):
    read = InvoicePayment.from_dict(payment(currency="xyz", amount_paid=amount))
    with pytest.raises(InvalidObjectError, match="'xyz'"):
        assert read.requested
    read.currency = "usd"
    with pytest.raises(InvalidObjectError, match="minor must be an integer"):
        assert read.paid


@pytest.mark.parametrize("kind", ["payment_intent", "charge", "payment_record"])
def test_the_id_of_whatever_paid(kind):
    values: list[JSONValue] = ["x_1"]
    values += [{"id": "x_1", "object": kind}, {"id": "x_1", "object": "cat"}]
    for value in values:
        read = InvoicePaymentDetails.from_dict({"type": kind, kind: value})
        assert read.id == "x_1"
        assert InvoicePaymentDetails.from_dict({"type": kind}).id is None


def test_the_id_of_a_kind_that_is_not_known_yet():
    assert InvoicePaymentDetails.from_dict({"type": "shell", "shell": "sh_1"}).id == "sh_1"
    assert InvoicePaymentDetails.from_dict({"type": "shell"}).id is None
    # What `type` does not name does not count.
    assert InvoicePaymentDetails.from_dict({"type": "shell", "charge": "ch_1"}).id is None
    details = InvoicePaymentDetails.from_dict({"type": "charge", "charge": {"object": "cat"}})
    with pytest.raises(InvalidObjectError):
        assert details.id
