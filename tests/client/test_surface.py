"""What the package offers, and what importing it costs."""

from __future__ import annotations

import ast
import compileall
import inspect
import pydoc
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import stripe_invoice_payments
import stripe_invoice_payments_api
from stripe_invoice_payments import (
    AsyncClient,
    Client,
    ListInvoicePaymentsParams,
    RequestOptions,
    ScanBatchOptions,
    ScanOptions,
    Timeout,
    sandbox,
)
from stripe_invoice_payments.sandbox import Sandbox

PUBLIC = [
    "API_VERSION",
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "Account",
    "AppInfo",
    "AsyncClient",
    "AsyncPage",
    "AsyncScan",
    "AsyncScanBatches",
    "AttachPaymentToInvoiceParams",
    "AuthenticationError",
    "CardError",
    "Charge",
    "Client",
    "CreatedFilter",
    "DeletedInvoice",
    "DueDateFilter",
    "ErrorDetails",
    "Event",
    "EventData",
    "EventRequest",
    "IdempotencyError",
    "InvalidObjectError",
    "InvalidRequestError",
    "Invoice",
    "InvoicePayment",
    "InvoicePaymentDetails",
    "InvoicePaymentPaidEvent",
    "InvoicePaymentStatusTransitions",
    "InvoiceStatusTransitions",
    "JSONObject",
    "JSONValue",
    "ListAccountsParams",
    "ListEventsParams",
    "ListInvoicePaymentsParams",
    "ListInvoicesParams",
    "ListObject",
    "Money",
    "NotExpandedError",
    "Page",
    "PaginationError",
    "PaymentFilter",
    "PaymentIntent",
    "PaymentRecord",
    "PaymentRecordAmount",
    "PermissionError",
    "RateLimitError",
    "RawResponse",
    "RequestEvent",
    "RequestOptions",
    "ResponseEvent",
    "RetrieveChargeParams",
    "RetrieveInvoiceParams",
    "RetrieveInvoicePaymentParams",
    "RetrievePaymentIntentParams",
    "RetrievePaymentRecordParams",
    "RetryEvent",
    "Scan",
    "ScanBatch",
    "ScanBatchOptions",
    "ScanBatches",
    "ScanError",
    "ScanOptions",
    "ScanProgress",
    "SharedOptions",
    "SignatureVerificationError",
    "StripeError",
    "StripeNoticeWarning",
    "TLSError",
    "Timeout",
    "UnexpectedResponseError",
    "Webhook",
    "__version__",
]


IGNORED = shutil.ignore_patterns("__pycache__", "sandbox", "vendor")


def test_the_public_names_are_these():
    assert dir(stripe_invoice_payments) == sorted(PUBLIC)


def test_type_checkers_see_the_same_names():
    source = ast.parse(Path(stripe_invoice_payments.__file__).read_text("utf-8"))
    (block,) = (
        node
        for node in source.body
        if isinstance(node, ast.If) and ast.unparse(node.test).startswith("TYPE_CHECKING")
    )
    imported = [
        alias.asname or alias.name
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert sorted([*imported, "__version__"]) == sorted(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_name_can_be_had(name):
    value = getattr(stripe_invoice_payments, name)
    assert value is getattr(stripe_invoice_payments, name)
    if isinstance(value, type) and not name.startswith("JSON"):
        assert value.__name__ == name
        assert value.__doc__


def test_everything_can_be_imported_at_once():
    names: dict[str, object] = {}
    exec("from stripe_invoice_payments import *", names)  # noqa: S102 - that is what it is about
    assert set(PUBLIC) <= names.keys()


def test_the_names_are_there_where_python_keeps_no_source(tmp_path):
    for package in (stripe_invoice_payments, stripe_invoice_payments_api):
        source = Path(str(package.__file__)).parent
        copy = shutil.copytree(source, tmp_path / source.name, ignore=IGNORED)
        compileall.compile_dir(copy, legacy=True, quiet=1)
        for path in copy.rglob("*.py"):
            path.unlink()
    code = "import stripe_invoice_payments as sip; print(sip.__file__, sip.Client.__module__)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    file, module = done.stdout.split()
    assert Path(file) == tmp_path / "stripe_invoice_payments" / "__init__.pyc"
    assert module == "stripe_invoice_payments._client"


@pytest.mark.parametrize("name", ["Clients", "InvoicePayments", "stripe", "_models", "Model"])
def test_any_other_name_is_unknown(name):
    with pytest.raises(
        AttributeError, match=f"module 'stripe_invoice_payments' has no .* '{name}'"
    ):
        getattr(stripe_invoice_payments, name)
    with pytest.raises(ImportError, match=name):
        exec(f"from stripe_invoice_payments import {name}", {})  # noqa: S102 - the same


def test_the_package_says_that_it_is_typed():
    assert Path(stripe_invoice_payments.__file__).with_name("py.typed").exists()


# --- In a REPL ------------------------------------------------------------------------------------

LIST = {*ListInvoicePaymentsParams.__annotations__, *RequestOptions.__annotations__}
SCAN = LIST - {"limit", "starting_after", "ending_before"} | {*ScanOptions.__annotations__}
RETRIEVE = {"expand", *RequestOptions.__annotations__}
KEYWORDS = {
    ("invoice_payments", "list"): LIST,
    ("invoice_payments", "for_payment"): LIST - {"payment"} | {"payment_id"},
    ("invoice_payments", "scan"): SCAN,
    ("invoice_payments", "scan_batches"): SCAN | {*ScanBatchOptions.__annotations__},
    ("invoice_payments", "retrieve"): {"invoice_payment", *RETRIEVE},
    ("invoices", "retrieve"): {"invoice", *RETRIEVE},
}


METHODS = [
    (resource, method)
    for resource in dir(Client)
    if hasattr(found := getattr(Client("sk_test_x"), resource), "with_raw_response")
    for method in dir(found)
    if inspect.ismethod(getattr(found, method)) and not method.startswith("_")
]


@pytest.mark.parametrize("client", [Client("sk_test_x"), AsyncClient("sk_test_x")], ids=repr)
@pytest.mark.parametrize(("resource", "method"), METHODS)
def test_help_shows_each_parameter_and_what_it_means(client, resource, method):
    found = getattr(getattr(client, resource), method)
    parameters = inspect.signature(found).parameters
    assert set(parameters) == KEYWORDS.get((resource, method), set(parameters))
    text = pydoc.plain(pydoc.render_doc(found))
    assert f"{method}(" in text
    assert "**arguments" not in text.splitlines()[2]
    assert "max_retries: int = ..." in text
    assert "expand: Sequence[str] | None = ..." in text
    assert "        expand: Fields to get as full objects in place of ids" in text
    assert "        timeout: Seconds to wait for the connection" in text
    prose = text.partition("    Keywords:\n")[2]
    keywords = [name for name, one in parameters.items() if one.kind is one.KEYWORD_ONLY]
    assert re.findall(r"^        (\w+): \w", prose, re.MULTILINE) == keywords
    assert inspect.iscoroutinefunction(found) == (
        isinstance(client, AsyncClient) and not method.startswith("scan")
    )
    if not method.startswith("scan"):
        raw = getattr(getattr(client, resource).with_raw_response, method)
        assert inspect.signature(raw).parameters == parameters


def test_a_resource_says_what_it_is_and_completes_to_its_methods():
    client = Client("sk_test_x")
    where = "of Client, base_url='https://api.stripe.com'>"
    assert repr(client.invoice_payments) == f"<InvoicePayments {where}"
    assert repr(client.invoices.with_raw_response) == f"<InvoicesWithRawResponse {where}"
    assert "of AsyncClient" in repr(AsyncClient("sk_test_x").invoices)
    shown = [name for name in dir(client.invoice_payments) if not name.startswith("_")]
    assert shown == ["for_payment", "list", "retrieve", "scan", "scan_batches", "with_raw_response"]
    assert not any(re.match("_[^_]", name) for name in dir(client.invoice_payments))
    cls = type(client.invoices)
    half = cls.__new__(cls)
    assert repr(half) == "<Invoices>"


@pytest.mark.parametrize("name", ["Page", "AsyncPage", "ListObject", "InvoicePaymentPaidEvent"])
def test_a_model_that_is_half_made_can_be_shown(name):
    model = getattr(stripe_invoice_payments, name)
    assert name in repr(model.__new__(model))
    assert not {"bind", "define_layout", "from_dict_leniently"} & set(dir(model.__new__(model)))


# --- What importing costs -------------------------------------------------------------------------


def modules_after(statement: str) -> set[str]:
    """The modules that a new interpreter has loaded after this statement."""
    code = f"import sys; {statement}; print('\\n'.join(sys.modules))"
    command = [sys.executable, "-S", "-c", f"import sys; sys.path = {sys.path!r}; {code}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_costs_little_more_than_importing_attrs():
    ours = modules_after("import stripe_invoice_payments")
    assert len(ours) <= 1.8 * len(modules_after("import attrs"))
    assert not any(name.startswith("httpx") for name in ours)


def test_no_name_needs_httpx():
    loaded = modules_after("from stripe_invoice_payments import *")
    assert "httpx" not in loaded
    assert "asyncio" not in loaded


@pytest.mark.parametrize("name", ["Client", "AsyncClient"])
def test_a_client_that_has_sent_nothing_needs_no_httpx(name):
    loaded = modules_after(
        f"from stripe_invoice_payments import {name}; {name}('sk_test_x').invoice_payments"
    )
    assert "httpx" not in loaded


def test_only_one_module_imports_httpx():
    package = Path(stripe_invoice_payments.__file__).parent
    importing = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if re.search(r"^(import|from) httpx\b", path.read_text("utf-8"), re.MULTILINE)
    }
    assert importing == {"_http/own_client.py"}


PUBLIC_CLASSES = [
    one
    for module in (stripe_invoice_payments, sandbox)
    for name in dir(module)
    # The type of a class: `dict[str, Any]` passes for a class on Python 3.10.
    if issubclass(type(one := getattr(module, name)), type)
    and not issubclass(one, (tuple, dict))  # made in one step
]


@pytest.mark.parametrize("cls", PUBLIC_CLASSES, ids=lambda cls: cls.__name__)
def test_an_object_that_is_still_being_made_can_be_shown(cls):
    """As tools do that report the variables of a traceback."""
    assert cls.__name__ in repr(cls.__new__(cls))


def test_what_a_failed_init_leaves_can_be_shown():
    for make in (lambda: Timeout(connect=-1), lambda: Sandbox(payments=-1)):
        with pytest.raises(ValueError, match=r"at least|must be") as caught:
            make()
        for entry in caught.traceback:
            assert all(map(repr, entry.frame.f_locals.values()))
