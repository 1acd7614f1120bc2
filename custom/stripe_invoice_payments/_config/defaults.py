"""Every default of the client, in one place."""

from __future__ import annotations

from stripe_invoice_payments_api import API_VERSION as API_VERSION, BASE_URL as BASE_URL

API_KEY_VARIABLE = "STRIPE_API_KEY"
# The sandbox's keys start with this. They are no secrets.
SANDBOX_KEY = "sk_test_sandbox"

# Seconds. Connecting takes milliseconds or fails; Stripe may take over a minute to respond.
CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 80.0

# A page of 100 expanded payments is smaller than 2 MB.
MAX_RESPONSE_BYTES = 64 * 1024 * 1024

MAX_RETRIES = 2
# Seconds before the first retry; each further one waits twice as long, up to the maximum.
INITIAL_RETRY_DELAY = 0.5
MAX_RETRY_DELAY = 8.0
# Seconds that a Retry-After header is believed. Stripe sends none; a proxy may send anything.
MAX_RETRY_AFTER = 60.0

# Connections kept to the API: as many as a fast parallel reader has use for.
MAX_CONNECTIONS = 64
KEEPALIVE_SECONDS = 30.0

# Requests a second of a scan whose client has no limit of its own: below Stripe's 25 an endpoint.
SCAN_RATE_LIMIT = 20.0
# Seconds that a response is expected to take, until the first one has been measured.
SCAN_LATENCY = 0.12
# How often each of its requests may be refused as too many before that counts as failing.
SCAN_FORGIVEN_REFUSALS = 10

# Payments in each batch of a scan: about 2 MB, and a second at the default rate. A commit
# takes about a millisecond of CPU time, which is then less than 2% of the scan's.
SCAN_BATCH_SIZE = 2000

# Seconds for which each of its requests is repeated while the API cannot be reached.
SCAN_MAX_OUTAGE = 300.0

# Requests a second of a scan of many accounts: of each account, and of all together. Stripe allows
# 100 with a live key, and 25 with a test key.
ACCOUNT_RATE = 20.0
PLATFORM_RATE = 80.0
PLATFORM_TEST_RATE = 20.0

# Seconds that a webhook's timestamp may lie in the past or the future.
WEBHOOK_TOLERANCE = 300

LOGGER = "stripe_invoice_payments"
