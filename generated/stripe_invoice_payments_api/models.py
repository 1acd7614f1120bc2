# Generated from Stripe's OpenAPI document 2026-05-27.dahlia by `make regenerate`.
# Do not edit: change spec/ or templates/ and run that command.

"""The objects of the API. Attributes carry Stripe's own names; `None` means null or not sent.

Amounts are in the currency's minor unit, timestamps are Unix seconds. Enums list the values that
were known in 2026-05-27.dahlia and accept any other: what Stripe adds tomorrow is read as well.
"""

from __future__ import annotations

from sys import intern
from typing import TYPE_CHECKING, Any, Literal

from attrs import define

from ._model import (
    InvalidObjectError,
    JSONObject,
    JSONValue,
    ListObject,
    Model,
    NotExpandedError,
    chosen_id,
    expandable,
    list_object,
    object_id,
    to_datetime,
    to_money,
)

if TYPE_CHECKING:
    from datetime import datetime

    from typing_extensions import Self

    from .money import Money

__all__ = [
    "Account",
    "Charge",
    "DeletedInvoice",
    "ErrorDetails",
    "ErrorResponse",
    "Event",
    "EventData",
    "EventRequest",
    "InvalidObjectError",
    "Invoice",
    "InvoicePayment",
    "InvoicePaymentDetails",
    "InvoicePaymentStatusTransitions",
    "InvoiceStatusTransitions",
    "JSONObject",
    "JSONValue",
    "ListObject",
    "Model",
    "NotExpandedError",
    "PaymentIntent",
    "PaymentRecord",
    "PaymentRecordAmount",
]


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class Account(Model):
    """A business or person that can take payments or receive money: your own account, or one
    connected to your platform. Fields differ between API versions and kinds of account, so any
    attribute except `id` and `object` may be None.

    Source: https://docs.stripe.com/api/accounts/object
    """

    id: str
    """Id of this account; it starts with `acct_`."""

    object: Literal["account"]
    """Kind of object, always `account`."""

    business_profile: JSONObject | None = None
    """What the business sells, and how its customers can reach it."""

    business_type: (
        Literal["company", "government_entity", "individual", "non_profit"] | str | None
    ) = None
    """Legal form of the business."""

    capabilities: JSONObject | None = None
    """Which payment methods and features the account may use, and how far each is enabled."""

    charges_enabled: bool | None = None
    """True if the account can take payments."""

    company: JSONObject | None = None
    """Details of the company, for accounts of a business. None if there are none."""

    controller: JSONObject | None = None
    """Who controls the account: who pays Stripe's fees, covers losses, collects requirements, and
    which dashboard the account has."""

    country: str | None = None
    """Two-letter country code (ISO 3166-1) of the account."""

    created: int | None = None
    """Time at which the account was connected, Unix seconds (UTC)."""

    default_currency: str | None = None
    """ISO 4217 code of the currency that the account uses by default, in lower case."""

    details_submitted: bool | None = None
    """True once the details needed for onboarding have been submitted. Accounts with access to the
    Dashboard receive no payouts before that."""

    email: str | None = None
    """Email address of the account. It is not used to log in."""

    external_accounts: JSONObject | None = None
    """List of the bank accounts and cards that payouts can go to."""

    future_requirements: JSONObject | None = None
    """What will have to be submitted at a later date, and by when."""

    groups: JSONObject | None = None
    """Groups that the account belongs to, such as the one that sets its prices for payments."""

    individual: JSONObject | None = None
    """Details of the person behind the account, for accounts of an individual."""

    metadata: dict[str, str] | None = None
    """Your own key and value strings, kept with the account."""

    payouts_enabled: bool | None = None
    """True if money in the account can be paid out."""

    requirements: JSONObject | None = None
    """What has to be submitted, what is overdue, and why the account is restricted, if it is."""

    settings: JSONObject | None = None
    """Options for payments, payouts, branding and the Dashboard."""

    tos_acceptance: JSONObject | None = None
    """When and from where Stripe's services agreement was accepted."""

    type: Literal["custom", "express", "none", "standard"] | str | None = None
    """Type of a connected account. `none` is one whose properties `controller` describes."""

    @property
    def created_datetime(self) -> datetime | None:
        """`created` as an aware `datetime` in UTC."""
        return None if self.created is None else to_datetime(self.created)


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class Charge(Model):
    """One try at collecting money, normally made by confirming a PaymentIntent. Fields differ
    between API versions, so any attribute except `id` and `object` may be None.

    Source: https://docs.stripe.com/api/charges/object
    """

    id: str
    """Id of this charge; most start with `ch_` or `py_`."""

    object: Literal["charge"]
    """Kind of object, always `charge`."""

    amount: int | None = None
    """What the charge is meant to collect, in the currency's minor unit (for example cents)."""

    amount_captured: int | None = None
    """What was captured, in the currency's minor unit (for example cents). Below `amount` after a
    partial capture."""

    amount_refunded: int | None = None
    """What was given back, in the currency's minor unit (for example cents). Below `amount` after a
    partial refund."""

    application: str | JSONObject | None = None
    """Connect application behind the charge. Holds the id unless expanded; None without one."""

    application_fee: str | JSONObject | None = None
    """Fee that the Connect platform took from the charge. Holds the id unless expanded; None
    without one."""

    application_fee_amount: int | None = None
    """Fee that the Connect platform asked for with the charge, in the currency's minor unit (for
    example cents). None without a fee."""

    balance_transaction: str | JSONObject | None = None
    """Ledger entry for the charge's effect on your balance; refunds and disputes have their own.
    Holds the id unless expanded."""

    billing_details: JSONObject | None = None
    """Billing name, address and contact data that came with the payment method."""

    calculated_statement_descriptor: str | None = None
    """Complete statement text as the customer sees it, fixed and variable part joined. None unless
    paid by card."""

    captured: bool | None = None
    """True if the money has been captured, False while it is only authorized."""

    created: int | None = None
    """Creation time, Unix seconds (UTC)."""

    currency: str | None = None
    """ISO 4217 code of the currency, in lower case: `usd` or `eur`, for example."""

    customer: str | JSONObject | None = None
    """Customer who was charged. Holds the id unless expanded; None without one."""

    description: str | None = None
    """Free text kept with the charge, for example to show to users."""

    disputed: bool | None = None
    """True if a dispute was raised against the charge."""

    failure_balance_transaction: str | JSONObject | None = None
    """Ledger entry that takes the money back off your balance after a failed payment. Holds the id
    unless expanded; None without one."""

    failure_code: str | None = None
    """Error code that says why the charge failed. None if there is nothing to report."""

    failure_message: str | None = None
    """Readable explanation of the failure. None if there is nothing to report."""

    fraud_details: JSONObject | None = None
    """Fraud verdicts on the charge, given by Stripe or by you."""

    livemode: bool | None = None
    """True for live data, False for data from a test environment."""

    metadata: dict[str, str] | None = None
    """Your own key and value strings, kept with the charge."""

    on_behalf_of: str | Account | JSONObject | None = None
    """Connected account that the charge was made for, with no automatic transfer to it. Holds the
    id unless expanded; None without one."""

    outcome: JSONObject | None = None
    """Verdict on the payment, such as authorized, declined or blocked, with reason and risk
    rating."""

    paid: bool | None = None
    """True after a success; an authorization that still awaits its capture counts too."""

    payment_intent: str | PaymentIntent | JSONObject | None = None
    """PaymentIntent that made the charge. Holds the id unless expanded; None without one."""

    payment_method: str | None = None
    """What was charged, as the id of a payment method."""

    payment_method_details: JSONObject | None = None
    """Snapshot of the payment method as it was when charged."""

    presentment_details: JSONObject | None = None
    """Amount, in the currency's minor unit (for example cents), and currency that the customer was
    shown."""

    radar_options: JSONObject | None = None
    """Input for Radar's fraud checks, such as the Radar session."""

    receipt_email: str | None = None
    """Address to which the receipt was mailed. None if there is none."""

    receipt_number: str | None = None
    """Transaction number on the emailed receipt. None until a receipt is sent."""

    receipt_url: str | None = None
    """Web page with the receipt, kept current as refunds are made. Looks like an invoice receipt if
    the charge paid an invoice."""

    refunded: bool | None = None
    """True only if the whole amount was given back."""

    refunds: JSONObject | None = None
    """List of the charge's refunds."""

    review: str | JSONObject | None = None
    """Radar review of the charge. Holds the id unless expanded; None without one."""

    shipping: JSONObject | None = None
    """Recipient and address that the goods go to."""

    source_transfer: str | JSONObject | None = None
    """Transfer from another Stripe account that gave rise to the charge. Holds the id unless
    expanded; None for all other charges."""

    statement_descriptor: str | None = None
    """Statement text of a charge not made by card. On a card charge it only stands in for a missing
    `statement_descriptor_suffix`."""

    statement_descriptor_suffix: str | None = None
    """Variable end of a card charge's statement text; it follows the account's prefix or, without a
    prefix, the account's descriptor."""

    status: Literal["failed", "pending", "succeeded"] | str | None = None
    """Result of the charge; `pending` means that it is not known yet."""

    transfer: str | JSONObject | None = None
    """Transfer to the connected account of a destination charge. Holds the id unless expanded; None
    for other charges."""

    transfer_data: JSONObject | None = None
    """For a destination charge: the account that receives the money, and how much, in the
    currency's minor unit (for example cents)."""

    transfer_group: str | None = None
    """Label shared by charges and transfers that belong together."""

    @property
    def amount_money(self) -> Money | None:
        """`amount` as exact `Money`."""
        return to_money(self.amount, self.currency)

    @property
    def captured_money(self) -> Money | None:
        """`amount_captured` as exact `Money`."""
        return to_money(self.amount_captured, self.currency)

    @property
    def refunded_money(self) -> Money | None:
        """`amount_refunded` as exact `Money`."""
        return to_money(self.amount_refunded, self.currency)

    @property
    def application_id(self) -> str | None:
        """The id of `application`, expanded or not."""
        return None if self.application is None else object_id(self.application)

    @property
    def application_fee_id(self) -> str | None:
        """The id of `application_fee`, expanded or not."""
        return None if self.application_fee is None else object_id(self.application_fee)

    @property
    def balance_transaction_id(self) -> str | None:
        """The id of `balance_transaction`, expanded or not."""
        return None if self.balance_transaction is None else object_id(self.balance_transaction)

    @property
    def created_datetime(self) -> datetime | None:
        """`created` as an aware `datetime` in UTC."""
        return None if self.created is None else to_datetime(self.created)

    @property
    def customer_id(self) -> str | None:
        """The id of `customer`, expanded or not."""
        return None if self.customer is None else object_id(self.customer)

    @property
    def failure_balance_transaction_id(self) -> str | None:
        """The id of `failure_balance_transaction`, expanded or not."""
        return (
            None
            if self.failure_balance_transaction is None
            else object_id(self.failure_balance_transaction)
        )

    @property
    def on_behalf_of_id(self) -> str | None:
        """The id of `on_behalf_of`, expanded or not."""
        return None if self.on_behalf_of is None else object_id(self.on_behalf_of)

    def expanded_on_behalf_of(self) -> Account:
        """The object in `on_behalf_of`; `NotExpandedError` says how to ask for it."""
        if isinstance(self.on_behalf_of, Account):
            return self.on_behalf_of
        raise NotExpandedError("Charge", "on_behalf_of", self.on_behalf_of)

    @property
    def payment_intent_id(self) -> str | None:
        """The id of `payment_intent`, expanded or not."""
        return None if self.payment_intent is None else object_id(self.payment_intent)

    def expanded_payment_intent(self) -> PaymentIntent:
        """The object in `payment_intent`; `NotExpandedError` says how to ask for it."""
        if isinstance(self.payment_intent, PaymentIntent):
            return self.payment_intent
        raise NotExpandedError("Charge", "payment_intent", self.payment_intent)

    @property
    def review_id(self) -> str | None:
        """The id of `review`, expanded or not."""
        return None if self.review is None else object_id(self.review)

    @property
    def source_transfer_id(self) -> str | None:
        """The id of `source_transfer`, expanded or not."""
        return None if self.source_transfer is None else object_id(self.source_transfer)

    @property
    def transfer_id(self) -> str | None:
        """The id of `transfer`, expanded or not."""
        return None if self.transfer is None else object_id(self.transfer)


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class DeletedInvoice(Model):
    """What remains of a deleted invoice: its id and the mark that it is gone.

    Source: https://docs.stripe.com/api/invoices/delete
    """

    id: str
    """Id that the invoice had."""

    object: Literal["invoice"]
    """Kind of object, always `invoice`; look at `deleted` to see that it is gone."""

    deleted: Literal[True]
    """Always True; tells this object from an `Invoice`."""


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class ErrorDetails(Model):
    """Details of a failure. Only the fields that fit the kind of failure are filled; the others are
    None.

    Source: https://docs.stripe.com/api/errors
    """

    advice_code: str | None = None
    """Short code from the card issuer on what to do after a decline. None if it gave no advice."""

    charge: str | None = None
    """Id of the charge that failed, for card errors."""

    code: str | None = None
    """Short code for programs to act on, such as `resource_missing`. None if the failure has no
    code."""

    decline_code: str | None = None
    """Short code from the card issuer that says why it declined. None if it gave no reason."""

    doc_url: str | None = None
    """Web page that explains the code."""

    message: str | None = None
    """Explanation for people. That of a card error is fit to be shown to the customer."""

    network_advice_code: str | None = None
    """Two-digit advice from the card network on what to do after a decline."""

    network_decline_code: str | None = None
    """Letters and digits with which the card network says why the payment failed."""

    param: str | None = None
    """Request parameter at fault, such as `limit`. None if the failure is not about one."""

    payment_intent: str | PaymentIntent | JSONObject | None = None
    """PaymentIntent whose payment failed, in full, for failures of a payment."""

    payment_method_type: str | None = None
    """Payment method type that caused trouble; filled only for failures that concern invoices."""

    request_log_url: str | None = None
    """Dashboard page with the log of this request."""

    type: (
        Literal["api_error", "card_error", "idempotency_error", "invalid_request_error"]
        | str
        | None
    ) = None
    """Kind of failure. `api_error` is on Stripe's side, `idempotency_error` is a key reused for
    another request; further values than those listed do occur."""

    def expanded_payment_intent(self) -> PaymentIntent:
        """The object in `payment_intent`; `NotExpandedError` says how to ask for it."""
        if isinstance(self.payment_intent, PaymentIntent):
            return self.payment_intent
        raise NotExpandedError("ErrorDetails", "payment_intent", self.payment_intent)


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class ErrorResponse(Model):
    """JSON body of a response that reports a failure.

    Source: https://docs.stripe.com/api/errors
    """

    error: ErrorDetails | None = None
    """What went wrong."""


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class Event(Model):
    """Tells that something happened in an account, with the affected object as it was at that
    moment. Delivered to webhook endpoints; the API keeps it for 30 days.

    Source: https://docs.stripe.com/api/events/object
    """

    id: str
    """Id of this event; it starts with `evt_`."""

    object: Literal["event"]
    """Kind of object, always `event`."""

    account: str | None = None
    """Id of the connected account where it happened. None for your own account."""

    api_version: str | None = None
    """API version that `data` was written in, which may differ from the one of this SDK and never
    changes. None for events older than 31 October 2014."""

    context: str | None = None
    """Tells in which context to authenticate when fetching the event or what it is about."""

    created: int
    """Creation time, Unix seconds (UTC)."""

    data: EventData
    """Affected object and, after an update, its former values."""

    livemode: bool
    """True for live data, False for data from a test environment."""

    pending_webhooks: int
    """How many of your webhook endpoints have not accepted the event yet."""

    request: EventRequest | None = None
    """The API call behind the event, where there was one."""

    type: str
    """What happened, as resource and action: `invoice_payment.paid`, for example."""

    @property
    def created_datetime(self) -> datetime:
        """`created` as an aware `datetime` in UTC."""
        return to_datetime(self.created)

    @classmethod
    def from_dict(cls, data: JSONObject) -> Self:
        raw: Any = data
        try:
            found = 9
            id_ = raw["id"]
            object_ = raw["object"]
            api_version = raw["api_version"]
            created = raw["created"]
            data_ = _read_event_data(raw["data"])
            livemode = raw["livemode"]
            pending_webhooks = raw["pending_webhooks"]
            request = raw["request"]
            if request is not None:
                request = cls._layout.readers["request"](request)
            type_ = raw["type"]
            account = raw.get("account")
            if account is not None:
                found += 1
            context = raw.get("context")
            if context is not None:
                found += 1
            if (
                len(raw) == found
                and id_ is not None
                and object_ == "event"
                and created is not None
                and livemode is not None
                and pending_webhooks is not None
                and type_ is not None
            ):
                self = _new(cls)
                self.id = id_
                self.object = "event"
                self.account = account
                self.api_version = api_version
                self.context = context
                self.created = created
                self.data = data_
                self.livemode = livemode
                self.pending_webhooks = pending_webhooks
                self.request = request
                self.type = type_
                self._irregularities = None
                return self
        except (AttributeError, KeyError, TypeError, InvalidObjectError):
            pass  # irregular; nothing is lost, it is read again below
        return super().from_dict(data)


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class EventData(Model):
    """Payload of an event.

    Source: https://docs.stripe.com/api/events/object#event_object-data
    """

    object: JSONObject
    """The affected object in full, for `invoice_payment.paid` an invoice payment. Its shape follows
    the event's `api_version`."""

    previous_attributes: JSONObject | None = None
    """Former values of what changed, only on `*.updated` events. A changed list is given whole,
    except up to API version 2017-04-06, where only its changed entries are."""

    @classmethod
    def from_dict(cls, data: JSONObject) -> Self:
        raw: Any = data
        try:
            found = 1
            object_ = raw["object"]
            previous_attributes = raw.get("previous_attributes")
            if previous_attributes is not None:
                found += 1
            if len(raw) == found and object_ is not None:
                self = _new(cls)
                self.object = object_
                self.previous_attributes = previous_attributes
                self._irregularities = None
                return self
        except (AttributeError, KeyError, TypeError, InvalidObjectError):
            pass  # irregular; nothing is lost, it is read again below
        return super().from_dict(data)


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class EventRequest(Model):
    """The API call behind an event.

    Source: https://docs.stripe.com/api/events/object#event_object-request
    """

    id: str | None = None
    """Id of the API call, to look up in the Dashboard's logs. None if Stripe acted on its own, for
    example to renew a subscription."""

    idempotency_key: str | None = None
    """Idempotency key given by the caller, if any; not recorded before 23 May 2017."""


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class Invoice(Model):
    """A bill for one customer, either one-off or issued by a subscription. Fields differ between
    API versions, so any attribute except `id` and `object` may be None.

    Source: https://docs.stripe.com/api/invoices/object
    """

    id: str
    """Id of this invoice; it starts with `in_`, or with `upcoming_in` for a preview."""

    object: Literal["invoice"]
    """Kind of object, always `invoice`."""

    account_country: str | None = None
    """Country of the business behind the invoice, as a rule the one that issued it."""

    account_name: str | None = None
    """Public name of the business behind the invoice, as a rule the one that issued it."""

    account_tax_ids: list[str | JSONObject] | None = None
    """Your account's tax ids as shown on the invoice; fixed once it leaves draft. Each entry holds
    the id unless expanded."""

    amount_due: int | None = None
    """What has to be paid now, in the currency's minor unit (for example cents). Includes a
    positive `starting_balance`; can be 0, for example when credit covers the total or the total is
    below the minimum charge."""

    amount_overpaid: int | None = None
    """What was paid in excess, in the currency's minor unit (for example cents). The excess becomes
    credit of the customer."""

    amount_paid: int | None = None
    """What has been paid on the invoice so far, in the currency's minor unit (for example
    cents)."""

    amount_paid_off_stripe: int | None = None
    """What was paid through channels other than Stripe, in the currency's minor unit (for example
    cents)."""

    amount_remaining: int | None = None
    """What is still to be paid, in the currency's minor unit (for example cents): `amount_due` less
    `amount_paid`."""

    amount_shipping: int | None = None
    """Shipping costs added together, in the currency's minor unit (for example cents)."""

    application: str | JSONObject | None = None
    """Connect application behind the invoice. Holds the id unless expanded; None without one."""

    attempt_count: int | None = None
    """Collection attempts as the retry schedule counts them: the first attempt of any kind, then
    automatic retries only. Rises even if a retry is skipped for lack of a new payment method."""

    attempted: bool | None = None
    """True once a payment attempt was made. The first automatic one comes an hour after the
    `invoice.created` webhook, so False alone does not mean that the customer failed to pay."""

    auto_advance: bool | None = None
    """True if Stripe collects the invoice automatically. If False, it stays in its state until you
    act on it."""

    automatic_tax: JSONObject | None = None
    """Settings and latest result of automatic tax calculation for this invoice."""

    automatically_finalizes_at: int | None = None
    """When the draft is due to be finalized, Unix seconds (UTC). None if nothing is scheduled or it
    is no longer a draft; see `status_transitions.finalized_at` then."""

    billing_reason: (
        Literal[
            "automatic_pending_invoice_item_invoice",
            "manual",
            "quote_accept",
            "subscription",
            "subscription_create",
            "subscription_cycle",
            "subscription_threshold",
            "subscription_update",
            "upcoming",
        ]
        | str
        | None
    ) = None
    """Why the invoice exists. `manual` has no subscription behind it, `upcoming` marks a preview,
    `subscription_cycle` a new period; `subscription` occurs only on data from before May 2018."""

    collection_method: Literal["charge_automatically", "send_invoice"] | str | None = None
    """With `charge_automatically` Stripe debits the customer's default source; with `send_invoice`
    the customer gets an email that says how to pay."""

    confirmation_secret: JSONObject | None = None
    """Holds the client secret of the PaymentIntent that comes with finalization. Do not log it."""

    created: int | None = None
    """Creation time, Unix seconds (UTC)."""

    currency: str | None = None
    """ISO 4217 code of the currency, in lower case: `usd` or `eur`, for example."""

    custom_fields: list[JSONObject] | None = None
    """Name and value pairs of your own that are printed on the invoice."""

    customer: str | JSONObject | None = None
    """Customer who is billed. Holds the id unless expanded."""

    customer_account: str | None = None
    """For a customer represented by an account, the id of that account."""

    customer_address: JSONObject | None = None
    """Address of the customer. Follows the customer object while the invoice is a draft and is
    frozen at finalization."""

    customer_email: str | None = None
    """Email address of the customer. Follows the customer object while the invoice is a draft and
    is frozen at finalization."""

    customer_name: str | None = None
    """Name of the customer. Follows the customer object while the invoice is a draft and is frozen
    at finalization."""

    customer_phone: str | None = None
    """Phone number of the customer. Follows the customer object while the invoice is a draft and is
    frozen at finalization."""

    customer_shipping: JSONObject | None = None
    """Shipping address and recipient of the customer. Follows the customer object while the invoice
    is a draft and is frozen at finalization."""

    customer_tax_exempt: Literal["exempt", "none", "reverse"] | str | None = None
    """Whether the customer is exempt from tax; `reverse` stands for the reverse charge. Follows the
    customer object while the invoice is a draft and is frozen at finalization."""

    customer_tax_ids: list[JSONObject] | None = None
    """Tax ids of the customer. Follows the customer object while the invoice is a draft and is
    frozen at finalization."""

    default_payment_method: str | JSONObject | None = None
    """Payment method of the customer that this invoice prefers. Holds the id unless expanded; if
    None, the default of the subscription or else of the customer's invoice settings is used."""

    default_source: str | JSONObject | None = None
    """Chargeable source of the customer that this invoice prefers. Holds the id unless expanded; if
    None, the default of the subscription or else of the customer is used."""

    default_tax_rates: list[JSONObject] | None = None
    """Tax rates set on the invoice itself; an empty list if there are none."""

    description: str | None = None
    """Free text for the reader of the invoice; the Dashboard calls it memo."""

    discounts: list[str | JSONObject] | None = None
    """Discounts on the invoice as a whole, which come after those on single lines. Each entry holds
    the id unless expanded."""

    due_date: int | None = None
    """Payment deadline, Unix seconds (UTC). None for invoices that are charged automatically."""

    effective_at: int | None = None
    """When the invoice takes effect, Unix seconds (UTC); equals the finalization time unless
    overridden. PDF and receipt then show it as the issue date."""

    ending_balance: int | None = None
    """Customer balance that remains after finalization, in the currency's minor unit (for example
    cents). None until finalized."""

    footer: str | None = None
    """Text at the bottom of the invoice."""

    from_invoice: JSONObject | None = None
    """Invoice that this one was cloned from, and how the two relate. None if it is not a clone."""

    hosted_invoice_url: str | None = None
    """Web page where the customer can see and settle the invoice. None until finalized."""

    invoice_pdf: str | None = None
    """Download address of the invoice as a PDF. None until finalized."""

    issuer: JSONObject | None = None
    """Account that issues the invoice: your own or a connected one."""

    last_finalization_error: ErrorDetails | None = None
    """Why the latest try at finalizing failed. None once the invoice is finalized."""

    latest_revision: str | Invoice | JSONObject | None = None
    """Newest revision of this invoice, drafts not counted. Holds the id unless expanded; None
    without one."""

    lines: JSONObject | None = None
    """List of line items: pending items, newest first, then subscription items, newest first, then
    items added after the invoice was created, oldest first."""

    livemode: bool | None = None
    """True for live data, False for data from a test environment."""

    metadata: dict[str, str] | None = None
    """Your own key and value strings, kept with the invoice."""

    next_payment_attempt: int | None = None
    """When Stripe will next try to collect, Unix seconds (UTC). None for invoices that are sent to
    the customer."""

    number: str | None = None
    """Human-readable invoice number, as used in emails to the customer. The customer's own prefix
    comes first, where one is set."""

    on_behalf_of: str | Account | JSONObject | None = None
    """Connected account that the money is meant for and whose branding the invoice carries. Holds
    the id unless expanded; None without one."""

    parent: JSONObject | None = None
    """Quote or subscription that gave rise to the invoice, if any."""

    payment_settings: JSONObject | None = None
    """How the invoice may be paid: payment method types, their options and the mandate."""

    payments: ListObject[InvoicePayment] | None = None
    """List of the invoice's payments, each an `InvoicePayment`. Left out unless expanded."""

    period_end: int | None = None
    """End of the time span whose invoice items can go on this invoice, Unix seconds (UTC). For the
    service period of a price see its line item."""

    period_start: int | None = None
    """Start of the time span whose invoice items can go on this invoice, Unix seconds (UTC). For
    the service period of a price see its line item."""

    post_payment_credit_notes_amount: int | None = None
    """Sum of the credit notes issued after payment, in the currency's minor unit (for example
    cents)."""

    pre_payment_credit_notes_amount: int | None = None
    """Sum of the credit notes issued before payment, in the currency's minor unit (for example
    cents)."""

    receipt_number: str | None = None
    """Transaction number printed on emailed receipts."""

    rendering: JSONObject | None = None
    """How the PDF and the hosted page present the invoice, for example the template used."""

    shipping_cost: JSONObject | None = None
    """Cost of shipping before and after tax, with the shipping rate behind it."""

    shipping_details: JSONObject | None = None
    """Recipient and address for shipping. If None, the PDF shows the customer's own shipping
    address."""

    starting_balance: int | None = None
    """Customer balance before finalization, in the currency's minor unit (for example cents); on a
    draft, the present balance. A revision also counts balance that the original invoice used up."""

    statement_descriptor: str | None = None
    """What to add to the text on the customer's card statement."""

    status: Literal["draft", "open", "paid", "uncollectible", "void"] | str | None = None
    """Stage of the invoice. `uncollectible` is treated as bad debt; `void` is canceled and no
    longer owed."""

    status_transitions: InvoiceStatusTransitions | None = None
    """When the invoice was finalized, paid, voided or marked uncollectible."""

    subtotal: int | None = None
    """Sum of all lines before invoice-level discounts and exclusive tax, in the currency's minor
    unit (for example cents). Discounts on single lines are already deducted."""

    subtotal_excluding_tax: int | None = None
    """Sum of all lines before invoice-level discounts and without any tax, in the currency's minor
    unit (for example cents). Discounts on single lines are already deducted."""

    test_clock: str | JSONObject | None = None
    """Test clock that drives this invoice. Holds the id unless expanded; None without one."""

    threshold_reason: JSONObject | None = None
    """Billing threshold that triggered the invoice, if one did."""

    total: int | None = None
    """What the invoice comes to with discounts and taxes, in the currency's minor unit (for example
    cents)."""

    total_discount_amounts: list[JSONObject] | None = None
    """What each discount takes off over all lines, in the currency's minor unit (for example
    cents)."""

    total_excluding_tax: int | None = None
    """What the invoice comes to with discounts but without tax, in the currency's minor unit (for
    example cents)."""

    total_pretax_credit_amounts: list[JSONObject] | None = None
    """Credits applied before tax, such as discounts and credit grants, gathered from all lines."""

    total_taxes: list[JSONObject] | None = None
    """Taxes of all lines, added up for each tax."""

    webhooks_delivered_at: int | None = None
    """When the invoice's webhooks had arrived, Unix seconds (UTC); set during creation if there
    were none to send. Automatic payment or sending follows an hour later."""

    @property
    def due(self) -> Money | None:
        """`amount_due` as exact `Money`."""
        return to_money(self.amount_due, self.currency)

    @property
    def overpaid(self) -> Money | None:
        """`amount_overpaid` as exact `Money`."""
        return to_money(self.amount_overpaid, self.currency)

    @property
    def paid(self) -> Money | None:
        """`amount_paid` as exact `Money`."""
        return to_money(self.amount_paid, self.currency)

    @property
    def paid_off_stripe(self) -> Money | None:
        """`amount_paid_off_stripe` as exact `Money`."""
        return to_money(self.amount_paid_off_stripe, self.currency)

    @property
    def remaining(self) -> Money | None:
        """`amount_remaining` as exact `Money`."""
        return to_money(self.amount_remaining, self.currency)

    @property
    def shipping(self) -> Money | None:
        """`amount_shipping` as exact `Money`."""
        return to_money(self.amount_shipping, self.currency)

    @property
    def application_id(self) -> str | None:
        """The id of `application`, expanded or not."""
        return None if self.application is None else object_id(self.application)

    @property
    def automatically_finalizes_at_datetime(self) -> datetime | None:
        """`automatically_finalizes_at` as an aware `datetime` in UTC."""
        return (
            None
            if self.automatically_finalizes_at is None
            else to_datetime(self.automatically_finalizes_at)
        )

    @property
    def created_datetime(self) -> datetime | None:
        """`created` as an aware `datetime` in UTC."""
        return None if self.created is None else to_datetime(self.created)

    @property
    def customer_id(self) -> str | None:
        """The id of `customer`, expanded or not."""
        return None if self.customer is None else object_id(self.customer)

    @property
    def default_payment_method_id(self) -> str | None:
        """The id of `default_payment_method`, expanded or not."""
        return (
            None if self.default_payment_method is None else object_id(self.default_payment_method)
        )

    @property
    def default_source_id(self) -> str | None:
        """The id of `default_source`, expanded or not."""
        return None if self.default_source is None else object_id(self.default_source)

    @property
    def due_date_datetime(self) -> datetime | None:
        """`due_date` as an aware `datetime` in UTC."""
        return None if self.due_date is None else to_datetime(self.due_date)

    @property
    def effective_at_datetime(self) -> datetime | None:
        """`effective_at` as an aware `datetime` in UTC."""
        return None if self.effective_at is None else to_datetime(self.effective_at)

    @property
    def latest_revision_id(self) -> str | None:
        """The id of `latest_revision`, expanded or not."""
        return None if self.latest_revision is None else object_id(self.latest_revision)

    def expanded_latest_revision(self) -> Invoice:
        """The object in `latest_revision`; `NotExpandedError` says how to ask for it."""
        if isinstance(self.latest_revision, Invoice):
            return self.latest_revision
        raise NotExpandedError("Invoice", "latest_revision", self.latest_revision)

    @property
    def next_payment_attempt_datetime(self) -> datetime | None:
        """`next_payment_attempt` as an aware `datetime` in UTC."""
        return None if self.next_payment_attempt is None else to_datetime(self.next_payment_attempt)

    @property
    def on_behalf_of_id(self) -> str | None:
        """The id of `on_behalf_of`, expanded or not."""
        return None if self.on_behalf_of is None else object_id(self.on_behalf_of)

    def expanded_on_behalf_of(self) -> Account:
        """The object in `on_behalf_of`; `NotExpandedError` says how to ask for it."""
        if isinstance(self.on_behalf_of, Account):
            return self.on_behalf_of
        raise NotExpandedError("Invoice", "on_behalf_of", self.on_behalf_of)

    @property
    def period_end_datetime(self) -> datetime | None:
        """`period_end` as an aware `datetime` in UTC."""
        return None if self.period_end is None else to_datetime(self.period_end)

    @property
    def period_start_datetime(self) -> datetime | None:
        """`period_start` as an aware `datetime` in UTC."""
        return None if self.period_start is None else to_datetime(self.period_start)

    @property
    def subtotal_money(self) -> Money | None:
        """`subtotal` as exact `Money`."""
        return to_money(self.subtotal, self.currency)

    @property
    def test_clock_id(self) -> str | None:
        """The id of `test_clock`, expanded or not."""
        return None if self.test_clock is None else object_id(self.test_clock)

    @property
    def total_money(self) -> Money | None:
        """`total` as exact `Money`."""
        return to_money(self.total, self.currency)

    @property
    def webhooks_delivered_at_datetime(self) -> datetime | None:
        """`webhooks_delivered_at` as an aware `datetime` in UTC."""
        return (
            None if self.webhooks_delivered_at is None else to_datetime(self.webhooks_delivered_at)
        )


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class InvoicePayment(Model):
    """Ties one payment to one invoice and says how much of the invoice it covers. The paying
    object, named by `payment`, is a PaymentIntent, a Charge or a PaymentRecord.

    Source: https://docs.stripe.com/api/invoice-payment/object
    """

    id: str
    """Id of this invoice payment; it starts with `inpay_`."""

    object: Literal["invoice_payment"]
    """Kind of object, always `invoice_payment`."""

    amount_paid: int | None = None
    """What this payment has brought in for the invoice, in the currency's minor unit (for example
    cents). None until paid; below `amount_requested` if the PaymentIntent received too little for
    all its invoices."""

    amount_requested: int
    """What this payment is meant to bring in for the invoice, in the currency's minor unit (for
    example cents)."""

    created: int
    """Creation time, Unix seconds (UTC)."""

    currency: str
    """ISO 4217 code of the currency, in lower case: `usd` or `eur`, for example."""

    invoice: str | Invoice | DeletedInvoice | JSONObject
    """Invoice that this payment counts toward. Holds the id unless expanded; once the invoice is
    deleted, expanding gives a `DeletedInvoice`."""

    is_default: bool
    """True for the payment that Stripe adds by itself at finalization and adjusts to the invoice's
    `amount_remaining`. Its PaymentIntent is not open to direct edits or cancellation."""

    livemode: bool
    """True for live data, False for data from a test environment."""

    payment: InvoicePaymentDetails
    """Tells which PaymentIntent, Charge or PaymentRecord pays."""

    status: Literal["open", "paid", "canceled"] | str
    """State of the payment. `open` is incomplete and not credited yet, `paid` is credited to the
    invoice, `canceled` never will be."""

    status_transitions: InvoicePaymentStatusTransitions
    """When the payment was paid or canceled."""

    @property
    def paid(self) -> Money | None:
        """`amount_paid` as exact `Money`."""
        return to_money(self.amount_paid, self.currency)

    @property
    def requested(self) -> Money:
        """`amount_requested` as exact `Money`."""
        return to_money(self.amount_requested, self.currency)

    @property
    def created_datetime(self) -> datetime:
        """`created` as an aware `datetime` in UTC."""
        return to_datetime(self.created)

    @property
    def invoice_id(self) -> str:
        """The id of `invoice`, expanded or not."""
        return object_id(self.invoice)

    def expanded_invoice(self) -> Invoice | DeletedInvoice:
        """The object in `invoice`; `NotExpandedError` says how to ask for it."""
        if isinstance(self.invoice, (Invoice, DeletedInvoice)):
            return self.invoice
        raise NotExpandedError("InvoicePayment", "invoice", self.invoice)

    @classmethod
    def from_dict(cls, data: JSONObject) -> Self:
        raw: Any = data
        try:
            id_ = raw["id"]
            object_ = raw["object"]
            amount_paid = raw["amount_paid"]
            amount_requested = raw["amount_requested"]
            created = raw["created"]
            currency = intern(raw["currency"])
            invoice = raw["invoice"]
            if type(invoice) is not str:
                invoice = cls._layout.readers["invoice"](invoice)
            is_default = raw["is_default"]
            livemode = raw["livemode"]
            payment = _read_invoice_payment_details(raw["payment"])
            status = intern(raw["status"])
            status_transitions = _read_invoice_payment_status_transitions(raw["status_transitions"])
            if (
                len(raw) == 12
                and id_ is not None
                and object_ == "invoice_payment"
                and amount_requested is not None
                and created is not None
                and invoice is not None
                and is_default is not None
                and livemode is not None
            ):
                self = _new(cls)
                self.id = id_
                self.object = "invoice_payment"
                self.amount_paid = amount_paid
                self.amount_requested = amount_requested
                self.created = created
                self.currency = currency
                self.invoice = invoice
                self.is_default = is_default
                self.livemode = livemode
                self.payment = payment
                self.status = status
                self.status_transitions = status_transitions
                self._irregularities = None
                return self
        except (AttributeError, KeyError, TypeError, InvalidObjectError):
            pass  # irregular; nothing is lost, it is read again below
        return super().from_dict(data)


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class InvoicePaymentDetails(Model):
    """Names the object behind an invoice payment. `type` tells which of the other three fields is
    filled.

    Source: https://docs.stripe.com/api/invoice-payment/object#invoice_payment_object-payment
    """

    charge: str | Charge | JSONObject | None = None
    """The successful charge, if `type` is `charge`. Used only for a charge without a PaymentIntent;
    otherwise the PaymentIntent is given. Holds the id unless expanded."""

    payment_intent: str | PaymentIntent | JSONObject | None = None
    """The PaymentIntent, if `type` is `payment_intent`; missing on invoices finalized before 15
    March 2019. Holds the id unless expanded."""

    payment_record: str | PaymentRecord | JSONObject | None = None
    """The PaymentRecord, if `type` is `payment_record`. Holds the id unless expanded."""

    type: Literal["charge", "payment_intent", "payment_record"] | str
    """Tells what kind of object pays, and so which of the other fields to read."""

    @property
    def charge_id(self) -> str | None:
        """The id of `charge`, expanded or not."""
        return None if self.charge is None else object_id(self.charge)

    def expanded_charge(self) -> Charge:
        """The object in `charge`; `NotExpandedError` says how to ask for it."""
        if isinstance(self.charge, Charge):
            return self.charge
        raise NotExpandedError("InvoicePaymentDetails", "payment.charge", self.charge)

    @property
    def payment_intent_id(self) -> str | None:
        """The id of `payment_intent`, expanded or not."""
        return None if self.payment_intent is None else object_id(self.payment_intent)

    def expanded_payment_intent(self) -> PaymentIntent:
        """The object in `payment_intent`; `NotExpandedError` says how to ask for it."""
        if isinstance(self.payment_intent, PaymentIntent):
            return self.payment_intent
        raise NotExpandedError(
            "InvoicePaymentDetails", "payment.payment_intent", self.payment_intent
        )

    @property
    def payment_record_id(self) -> str | None:
        """The id of `payment_record`, expanded or not."""
        return None if self.payment_record is None else object_id(self.payment_record)

    def expanded_payment_record(self) -> PaymentRecord:
        """The object in `payment_record`; `NotExpandedError` says how to ask for it."""
        if isinstance(self.payment_record, PaymentRecord):
            return self.payment_record
        raise NotExpandedError(
            "InvoicePaymentDetails", "payment.payment_record", self.payment_record
        )

    @property
    def id(self) -> str | None:
        """The id in the field that `type` names, expanded or not, even if the kind is unknown."""
        return chosen_id(
            self,
            self.type,
            charge=self.charge,
            payment_intent=self.payment_intent,
            payment_record=self.payment_record,
        )

    @classmethod
    def from_dict(cls, data: JSONObject) -> Self:
        raw: Any = data
        try:
            found = 1
            type_ = intern(raw["type"])
            charge = raw.get("charge")
            if charge is not None:
                found += 1
                if type(charge) is not str:
                    charge = cls._layout.readers["charge"](charge)
            payment_intent = raw.get("payment_intent")
            if payment_intent is not None:
                found += 1
                if type(payment_intent) is not str:
                    payment_intent = cls._layout.readers["payment_intent"](payment_intent)
            payment_record = raw.get("payment_record")
            if payment_record is not None:
                found += 1
                if type(payment_record) is not str:
                    payment_record = cls._layout.readers["payment_record"](payment_record)
            if len(raw) == found:
                self = _new(cls)
                self.charge = charge
                self.payment_intent = payment_intent
                self.payment_record = payment_record
                self.type = type_
                self._irregularities = None
                return self
        except (AttributeError, KeyError, TypeError, InvalidObjectError):
            pass  # irregular; nothing is lost, it is read again below
        return super().from_dict(data)


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class InvoicePaymentStatusTransitions(Model):
    """Times at which an invoice payment was paid or canceled.

    Source:
    https://docs.stripe.com/api/invoice-payment/object#invoice_payment_object-status_transitions
    """

    canceled_at: int | None = None
    """Cancellation time, Unix seconds (UTC). None if not canceled."""

    paid_at: int | None = None
    """Time of success, Unix seconds (UTC). None until paid."""

    @property
    def canceled_at_datetime(self) -> datetime | None:
        """`canceled_at` as an aware `datetime` in UTC."""
        return None if self.canceled_at is None else to_datetime(self.canceled_at)

    @property
    def paid_at_datetime(self) -> datetime | None:
        """`paid_at` as an aware `datetime` in UTC."""
        return None if self.paid_at is None else to_datetime(self.paid_at)

    @classmethod
    def from_dict(cls, data: JSONObject) -> Self:
        raw: Any = data
        try:
            canceled_at = raw["canceled_at"]
            paid_at = raw["paid_at"]
            if len(raw) == 2:
                self = _new(cls)
                self.canceled_at = canceled_at
                self.paid_at = paid_at
                self._irregularities = None
                return self
        except (AttributeError, KeyError, TypeError, InvalidObjectError):
            pass  # irregular; nothing is lost, it is read again below
        return super().from_dict(data)


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class InvoiceStatusTransitions(Model):
    """Times at which an invoice moved on to another status.

    Source: https://docs.stripe.com/api/invoices/object#invoice_object-status_transitions
    """

    finalized_at: int | None = None
    """When the invoice left draft, Unix seconds (UTC). None until finalized."""

    marked_uncollectible_at: int | None = None
    """When the invoice was written off as uncollectible, Unix seconds (UTC). None if that has not
    happened."""

    paid_at: int | None = None
    """When the invoice became paid, Unix seconds (UTC). None until paid."""

    voided_at: int | None = None
    """When the invoice was declared void, Unix seconds (UTC). None if that has not happened."""

    @property
    def finalized_at_datetime(self) -> datetime | None:
        """`finalized_at` as an aware `datetime` in UTC."""
        return None if self.finalized_at is None else to_datetime(self.finalized_at)

    @property
    def marked_uncollectible_at_datetime(self) -> datetime | None:
        """`marked_uncollectible_at` as an aware `datetime` in UTC."""
        return (
            None
            if self.marked_uncollectible_at is None
            else to_datetime(self.marked_uncollectible_at)
        )

    @property
    def paid_at_datetime(self) -> datetime | None:
        """`paid_at` as an aware `datetime` in UTC."""
        return None if self.paid_at is None else to_datetime(self.paid_at)

    @property
    def voided_at_datetime(self) -> datetime | None:
        """`voided_at` as an aware `datetime` in UTC."""
        return None if self.voided_at is None else to_datetime(self.voided_at)

    @classmethod
    def from_dict(cls, data: JSONObject) -> Self:
        raw: Any = data
        try:
            finalized_at = raw["finalized_at"]
            marked_uncollectible_at = raw["marked_uncollectible_at"]
            paid_at = raw["paid_at"]
            voided_at = raw["voided_at"]
            if len(raw) == 4:
                self = _new(cls)
                self.finalized_at = finalized_at
                self.marked_uncollectible_at = marked_uncollectible_at
                self.paid_at = paid_at
                self.voided_at = voided_at
                self._irregularities = None
                return self
        except (AttributeError, KeyError, TypeError, InvalidObjectError):
            pass  # irregular; nothing is lost, it is read again below
        return super().from_dict(data)


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class PaymentIntent(Model):
    """Follows one payment from its setup to success or cancellation, with at most one successful
    charge. Fields differ between API versions, so any attribute except `id` and `object` may be
    None.

    Source: https://docs.stripe.com/api/payment_intents/object
    """

    id: str
    """Id of this PaymentIntent; it starts with `pi_`."""

    object: Literal["payment_intent"]
    """Kind of object, always `payment_intent`."""

    amount: int | None = None
    """What the payment is meant to collect, in the currency's minor unit (for example cents)."""

    amount_capturable: int | None = None
    """What is authorized and can be captured now, in the currency's minor unit (for example
    cents)."""

    amount_details: JSONObject | None = None
    """Breakdown of the amount, such as shipping, tax, discount, tip and line items."""

    amount_received: int | None = None
    """What has come in so far, in the currency's minor unit (for example cents)."""

    application: str | JSONObject | None = None
    """Connect application behind the payment. Holds the id unless expanded; None without one."""

    application_fee_amount: int | None = None
    """Fee that the Connect platform takes from the payment, in the currency's minor unit (for
    example cents); never more than what is captured. None without a fee."""

    automatic_payment_methods: JSONObject | None = None
    """Whether payment methods come from the Dashboard settings, and whether ones with a redirect
    are allowed."""

    canceled_at: int | None = None
    """Cancellation time, Unix seconds (UTC). None if not canceled."""

    cancellation_reason: (
        Literal[
            "abandoned",
            "automatic",
            "duplicate",
            "expired",
            "failed_invoice",
            "fraudulent",
            "requested_by_customer",
            "void_invoice",
        ]
        | str
        | None
    ) = None
    """Why the payment came to be canceled; None if it was not. `failed_invoice`, `void_invoice`,
    `automatic` and `expired` come from Stripe, the rest from whoever canceled."""

    capture_method: Literal["automatic", "automatic_async", "manual"] | str | None = None
    """When the money is captured. `manual` waits for a capture call; `automatic_async` captures in
    the background after authorization."""

    client_secret: str | None = None
    """Lets a web page or app with a publishable key complete this payment. It is a secret: do not
    log it or keep it, and pass it to nobody but the paying customer."""

    confirmation_method: Literal["automatic", "manual"] | str | None = None
    """Who may confirm the payment: with `automatic` a publishable key is enough, with `manual`
    every attempt needs the secret key."""

    created: int | None = None
    """Creation time, Unix seconds (UTC)."""

    currency: str | None = None
    """ISO 4217 code of the currency, in lower case: `usd` or `eur`, for example."""

    customer: str | JSONObject | None = None
    """Customer who pays; payment methods of other customers are refused. Holds the id unless
    expanded; None without one."""

    customer_account: str | None = None
    """For a paying customer represented by an account, the id of that account."""

    description: str | None = None
    """Free text kept with the payment, for example to show to users."""

    excluded_payment_method_types: (
        list[
            Literal[
                "acss_debit",
                "affirm",
                "afterpay_clearpay",
                "alipay",
                "alma",
                "amazon_pay",
                "au_becs_debit",
                "bacs_debit",
                "bancontact",
                "billie",
                "bizum",
                "blik",
                "boleto",
                "card",
                "cashapp",
                "crypto",
                "customer_balance",
                "eps",
                "fpx",
                "giropay",
                "grabpay",
                "ideal",
                "kakao_pay",
                "klarna",
                "konbini",
                "kr_card",
                "mb_way",
                "mobilepay",
                "multibanco",
                "naver_pay",
                "nz_bank_account",
                "oxxo",
                "p24",
                "pay_by_bank",
                "payco",
                "paynow",
                "paypal",
                "payto",
                "pix",
                "promptpay",
                "revolut_pay",
                "samsung_pay",
                "satispay",
                "scalapay",
                "sepa_debit",
                "sofort",
                "sunbit",
                "swish",
                "twint",
                "upi",
                "us_bank_account",
                "wechat_pay",
                "zip",
            ]
            | str
        ]
        | None
    ) = None
    """Payment method types that must not be used here."""

    hooks: JSONObject | None = None
    """Automated steps attached to the payment, with their inputs."""

    last_payment_error: ErrorDetails | None = None
    """What went wrong in the latest confirmation. None if nothing did, or if the PaymentIntent was
    updated since."""

    latest_charge: str | Charge | JSONObject | None = None
    """Newest charge made for this payment. Holds the id unless expanded; None until a first
    confirmation is tried."""

    livemode: bool | None = None
    """True for live data, False for data from a test environment."""

    managed_payments: JSONObject | None = None
    """Settings for Stripe as merchant of record (Managed Payments)."""

    metadata: dict[str, str] | None = None
    """Your own key and value strings, kept with the PaymentIntent."""

    next_action: JSONObject | None = None
    """What the customer has to do next, such as authenticate. None if nothing is left to do."""

    on_behalf_of: str | Account | JSONObject | None = None
    """Connected account that is the settlement merchant. Holds the id unless expanded; None without
    one."""

    payment_details: JSONObject | None = None
    """References that go with the payment, such as yours for the order or the customer."""

    payment_method: str | JSONObject | None = None
    """Payment method in use. Holds the id unless expanded; None without one."""

    payment_method_configuration_details: JSONObject | None = None
    """Which payment method configuration applies, and its parent."""

    payment_method_options: JSONObject | None = None
    """Settings that apply to single payment method types."""

    payment_method_types: list[str] | None = None
    """Payment method types that may be used here, such as `card`."""

    presentment_details: JSONObject | None = None
    """Amount, in the currency's minor unit (for example cents), and currency that the customer was
    shown."""

    processing: JSONObject | None = None
    """Details on a payment that is still being processed."""

    receipt_email: str | None = None
    """Address to mail the receipt to. A live payment then gets one whatever the account's email
    settings say."""

    review: str | JSONObject | None = None
    """Radar review of the payment. Holds the id unless expanded; None without one."""

    setup_future_usage: Literal["off_session", "on_session"] | str | None = None
    """Whether the payment method will be used again, with the customer taking part (`on_session`)
    or not (`off_session`). None if that is not planned."""

    shipping: JSONObject | None = None
    """Recipient and address that the goods go to."""

    statement_descriptor: str | None = None
    """Statement text of a payment not made by card; card payments go by
    `statement_descriptor_suffix`."""

    statement_descriptor_suffix: str | None = None
    """Variable end of a card payment's statement text; it follows the account's prefix."""

    status: (
        Literal[
            "canceled",
            "processing",
            "requires_action",
            "requires_capture",
            "requires_confirmation",
            "requires_payment_method",
            "succeeded",
        ]
        | str
        | None
    ) = None
    """Stage of the payment. `requires_payment_method` is the start and follows a failed attempt;
    `requires_action` waits for the customer, `requires_capture` for a capture."""

    transfer_data: JSONObject | None = None
    """Transfer to a connected account that is made once the payment succeeds."""

    transfer_group: str | None = None
    """Label shared by payments and transfers that belong together."""

    @property
    def amount_money(self) -> Money | None:
        """`amount` as exact `Money`."""
        return to_money(self.amount, self.currency)

    @property
    def capturable(self) -> Money | None:
        """`amount_capturable` as exact `Money`."""
        return to_money(self.amount_capturable, self.currency)

    @property
    def received(self) -> Money | None:
        """`amount_received` as exact `Money`."""
        return to_money(self.amount_received, self.currency)

    @property
    def application_id(self) -> str | None:
        """The id of `application`, expanded or not."""
        return None if self.application is None else object_id(self.application)

    @property
    def canceled_at_datetime(self) -> datetime | None:
        """`canceled_at` as an aware `datetime` in UTC."""
        return None if self.canceled_at is None else to_datetime(self.canceled_at)

    @property
    def created_datetime(self) -> datetime | None:
        """`created` as an aware `datetime` in UTC."""
        return None if self.created is None else to_datetime(self.created)

    @property
    def customer_id(self) -> str | None:
        """The id of `customer`, expanded or not."""
        return None if self.customer is None else object_id(self.customer)

    @property
    def latest_charge_id(self) -> str | None:
        """The id of `latest_charge`, expanded or not."""
        return None if self.latest_charge is None else object_id(self.latest_charge)

    def expanded_latest_charge(self) -> Charge:
        """The object in `latest_charge`; `NotExpandedError` says how to ask for it."""
        if isinstance(self.latest_charge, Charge):
            return self.latest_charge
        raise NotExpandedError("PaymentIntent", "latest_charge", self.latest_charge)

    @property
    def on_behalf_of_id(self) -> str | None:
        """The id of `on_behalf_of`, expanded or not."""
        return None if self.on_behalf_of is None else object_id(self.on_behalf_of)

    def expanded_on_behalf_of(self) -> Account:
        """The object in `on_behalf_of`; `NotExpandedError` says how to ask for it."""
        if isinstance(self.on_behalf_of, Account):
            return self.on_behalf_of
        raise NotExpandedError("PaymentIntent", "on_behalf_of", self.on_behalf_of)

    @property
    def payment_method_id(self) -> str | None:
        """The id of `payment_method`, expanded or not."""
        return None if self.payment_method is None else object_id(self.payment_method)

    @property
    def review_id(self) -> str | None:
        """The id of `review`, expanded or not."""
        return None if self.review is None else object_id(self.review)


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class PaymentRecord(Model):
    """A payment made through Stripe or elsewhere; one reported from elsewhere can settle an
    invoice. Fields differ between API versions, so any attribute except `id` and `object` may be
    None.

    Source: https://docs.stripe.com/api/payment-record/object
    """

    id: str
    """Id of this payment record; it starts with `pr_`."""

    object: Literal["payment_record"]
    """Kind of object, always `payment_record`."""

    amount: PaymentRecordAmount | None = None
    """Amount of the payment, with its currency."""

    amount_authorized: PaymentRecordAmount | None = None
    """Part of the payment that is authorized."""

    amount_canceled: PaymentRecordAmount | None = None
    """Part of the payment that was canceled."""

    amount_failed: PaymentRecordAmount | None = None
    """Part of the payment that failed."""

    amount_guaranteed: PaymentRecordAmount | None = None
    """Part of the payment that is guaranteed to arrive."""

    amount_refunded: PaymentRecordAmount | None = None
    """Part of the payment that was given back."""

    amount_requested: PaymentRecordAmount | None = None
    """What was asked of the customer."""

    application: str | None = None
    """Connect application behind the record, as an id. None without one."""

    created: int | None = None
    """Creation time, Unix seconds (UTC)."""

    customer_details: JSONObject | None = None
    """Who paid: customer id, name, email address and phone number, as far as known."""

    customer_presence: Literal["off_session", "on_session"] | str | None = None
    """Whether the customer took part in the checkout (`on_session`) or not (`off_session`)."""

    description: str | None = None
    """Free text kept with the record, for example to show to users."""

    latest_payment_attempt_record: str | None = None
    """Newest attempt at this payment, as an id. None without one."""

    livemode: bool | None = None
    """True for live data, False for data from a test environment."""

    metadata: dict[str, str] | None = None
    """Your own key and value strings, kept with the record."""

    payment_method_details: JSONObject | None = None
    """What the payment was made with."""

    processor_details: JSONObject | None = None
    """Processor that handled the payment, with its own references."""

    reported_by: Literal["self", "stripe"] | str | None = None
    """Source of the record: `self` means that you reported it, `stripe` that Stripe did."""

    shipping_details: JSONObject | None = None
    """Recipient and address that the goods go to."""

    @property
    def created_datetime(self) -> datetime | None:
        """`created` as an aware `datetime` in UTC."""
        return None if self.created is None else to_datetime(self.created)


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class PaymentRecordAmount(Model):
    """A sum of money with its currency.

    Source: https://docs.stripe.com/api/payment-record/object#payment_record_object-amount
    """

    currency: str | None = None
    """ISO 4217 code of the currency, in lower case: `usd` or `eur`, for example."""

    value: int | None = None
    """The sum, a whole number in the currency's minor unit (for example cents)."""

    @property
    def money(self) -> Money | None:
        """`value` as exact `Money`."""
        return to_money(self.value, self.currency)


# Bound once: looking them up for each object takes a tenth of the time of reading it.
_new = object.__new__
_read_event_data = EventData.from_dict
_read_invoice_payment_details = InvoicePaymentDetails.from_dict
_read_invoice_payment_status_transitions = InvoicePaymentStatusTransitions.from_dict

# How each model travels.
Account.define_layout(
    required="id object", nullable="business_profile business_type email groups settings"
)
Charge.define_layout(
    required="id object",
    nullable=(
        "application application_fee application_fee_amount balance_transaction "
        "calculated_statement_descriptor customer description failure_balance_transaction "
        "failure_code failure_message fraud_details on_behalf_of outcome payment_intent "
        "payment_method payment_method_details receipt_email receipt_number receipt_url refunds "
        "review shipping source_transfer statement_descriptor statement_descriptor_suffix "
        "transfer_data transfer_group"
    ),
    readers={
        "on_behalf_of": expandable({"account": Account}),
        "payment_intent": expandable({"payment_intent": PaymentIntent}),
    },
)
DeletedInvoice.define_layout(required="id object deleted")
ErrorDetails.define_layout(
    readers={"payment_intent": expandable({"payment_intent": PaymentIntent})}
)
ErrorResponse.define_layout(readers={"error": ErrorDetails.from_dict})
Event.define_layout(
    required="id object created data livemode pending_webhooks type",
    nullable="api_version request",
    readers={"data": EventData.from_dict, "request": EventRequest.from_dict},
)
EventData.define_layout(required="object")
EventRequest.define_layout(nullable="id idempotency_key")
Invoice.define_layout(
    required="id object",
    nullable=(
        "account_country account_name account_tax_ids application automatically_finalizes_at "
        "billing_reason confirmation_secret custom_fields customer_account customer_address "
        "customer_email customer_name customer_phone customer_shipping customer_tax_exempt "
        "customer_tax_ids default_payment_method default_source description due_date effective_at "
        "ending_balance footer from_invoice hosted_invoice_url invoice_pdf "
        "last_finalization_error latest_revision metadata next_payment_attempt number "
        "on_behalf_of parent receipt_number rendering shipping_cost shipping_details "
        "statement_descriptor status subtotal_excluding_tax test_clock total_discount_amounts "
        "total_excluding_tax total_pretax_credit_amounts total_taxes webhooks_delivered_at"
    ),
    readers={
        "last_finalization_error": ErrorDetails.from_dict,
        "latest_revision": expandable({"invoice": Invoice}),
        "on_behalf_of": expandable({"account": Account}),
        "payments": list_object(InvoicePayment.from_dict),
        "status_transitions": InvoiceStatusTransitions.from_dict,
    },
)
InvoicePayment.define_layout(
    required=(
        "id object amount_requested created currency invoice is_default livemode payment status "
        "status_transitions"
    ),
    nullable="amount_paid",
    readers={
        "invoice": expandable({"invoice": Invoice}, deleted={"invoice": DeletedInvoice}),
        "payment": InvoicePaymentDetails.from_dict,
        "status_transitions": InvoicePaymentStatusTransitions.from_dict,
    },
)
InvoicePaymentDetails.define_layout(
    required="type",
    readers={
        "charge": expandable({"charge": Charge}),
        "payment_intent": expandable({"payment_intent": PaymentIntent}),
        "payment_record": expandable({"payment_record": PaymentRecord}),
    },
)
InvoicePaymentStatusTransitions.define_layout(nullable="canceled_at paid_at")
InvoiceStatusTransitions.define_layout(
    nullable="finalized_at marked_uncollectible_at paid_at voided_at"
)
PaymentIntent.define_layout(
    required="id object",
    nullable=(
        "application application_fee_amount automatic_payment_methods canceled_at "
        "cancellation_reason client_secret customer customer_account description "
        "excluded_payment_method_types last_payment_error latest_charge managed_payments "
        "next_action on_behalf_of payment_method payment_method_configuration_details "
        "payment_method_options processing receipt_email review setup_future_usage shipping "
        "statement_descriptor statement_descriptor_suffix transfer_data transfer_group"
    ),
    secret="client_secret",
    readers={
        "last_payment_error": ErrorDetails.from_dict,
        "latest_charge": expandable({"charge": Charge}),
        "on_behalf_of": expandable({"account": Account}),
    },
)
PaymentRecord.define_layout(
    required="id object",
    nullable=(
        "application customer_details customer_presence description latest_payment_attempt_record "
        "payment_method_details shipping_details"
    ),
    readers={
        "amount": PaymentRecordAmount.from_dict,
        "amount_authorized": PaymentRecordAmount.from_dict,
        "amount_canceled": PaymentRecordAmount.from_dict,
        "amount_failed": PaymentRecordAmount.from_dict,
        "amount_guaranteed": PaymentRecordAmount.from_dict,
        "amount_refunded": PaymentRecordAmount.from_dict,
        "amount_requested": PaymentRecordAmount.from_dict,
    },
)
PaymentRecordAmount.define_layout()
