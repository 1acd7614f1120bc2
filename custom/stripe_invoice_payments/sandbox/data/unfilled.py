"""The fields of each object for which the sandbox has no value: all null.

Separate from `shapes`, so that the fields with values are easy to find there.
"""

from __future__ import annotations

INVOICE = (
    "account_name",
    "account_tax_ids",
    "application",
    "automatically_finalizes_at",
    "confirmation_secret",
    "custom_fields",
    "customer_account",
    "customer_address",
    "customer_phone",
    "customer_shipping",
    "default_payment_method",
    "default_source",
    "description",
    "due_date",
    "footer",
    "from_invoice",
    "hosted_invoice_url",
    "invoice_pdf",
    "last_finalization_error",
    "latest_revision",
    "next_payment_attempt",
    "on_behalf_of",
    "parent",
    "receipt_number",
    "rendering",
    "shipping_cost",
    "shipping_details",
    "statement_descriptor",
    "test_clock",
    "webhooks_delivered_at",
)

PAYMENT_INTENT = (
    "application",
    "application_fee_amount",
    "automatic_payment_methods",
    "cancellation_reason",
    "client_secret",
    "customer_account",
    "description",
    "excluded_payment_method_types",
    "last_payment_error",
    "next_action",
    "on_behalf_of",
    "payment_method",
    "payment_method_configuration_details",
    "payment_method_options",
    "processing",
    "receipt_email",
    "review",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
)

CHARGE = (
    "application",
    "application_fee",
    "application_fee_amount",
    "balance_transaction",
    "calculated_statement_descriptor",
    "description",
    "failure_balance_transaction",
    "failure_code",
    "failure_message",
    "fraud_details",
    "on_behalf_of",
    "outcome",
    "payment_method",
    "payment_method_details",
    "receipt_email",
    "receipt_number",
    "receipt_url",
    "review",
    "shipping",
    "source_transfer",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
)

PAYMENT_RECORD = (
    "application",
    "customer_details",
    "customer_presence",
    "description",
    "latest_payment_attempt_record",
    "payment_method_details",
    "shipping_details",
)

LINE_ITEM = (
    "parent",
    "pricing",
    "subscription",
)
