"""A fork by the thread that holds a lock, as under gevent when an import starts a process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

# Where the library forks under gevent with trio: while a client is opened, with the lock held.
WHILE_OPENING = """
import os, warnings
from stripe_invoice_payments import Client
from stripe_invoice_payments._http import own_client

warnings.simplefilter("ignore", DeprecationWarning)
original = own_client.open_client

def open_client(origin):
    if not os.fork():
        os._exit(0)
    os.wait()
    return original(origin)

own_client.open_client = open_client
with Client("sk_test_x", base_url="http://127.0.0.1:9", max_retries=0) as client:
    try:
        client.invoice_payments.list()
    except Exception as error:
        print(type(error).__name__)
"""

# The child goes on in the locked block, and lets go of the lock that it has inherited.
IN_THE_BLOCK = """
import os, warnings
from stripe_invoice_payments._locks import ForkSafeLock

warnings.simplefilter("ignore", DeprecationWarning)
lock = ForkSafeLock()
with lock:
    child = os.fork()
with lock:
    pass
if not child:
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.parametrize(
    ("program", "expected"),
    [(WHILE_OPENING, "APIConnectionError\n"), (IN_THE_BLOCK, "7\n")],
    ids=["while a client is opened", "in the locked block"],
)
def test_a_fork_by_the_thread_that_holds_the_lock(program, expected):
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr) == (expected, "")
