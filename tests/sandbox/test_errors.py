import httpx
import pytest

LIST = "/v1/invoice_payments"
# Whole of the shape that the sandbox writes, but of another account.
FOREIGN = "inpay_1AAAAAAAAAAAAAAAAAAAAAAA"


def case(url, status, code, param, *words):
    return pytest.param(url, (status, code, param), words, id=url.removeprefix("/v1/"))


CASES = [
    # Unknown objects in the path.
    case(f"{LIST}/inpay_nope", 404, "resource_missing", "invoice_payment", "inpay_nope"),
    case(f"{LIST}/{FOREIGN}", 404, "resource_missing", "invoice_payment", FOREIGN),
    case(f"{LIST}/in%C3%A9", 404, "resource_missing", "invoice_payment", "iné"),
    case("/v1/invoices/in_nope", 404, "resource_missing", "invoice", "in_nope"),
    # A slash that is part of an id is percent-encoded, and separates nothing.
    case(f"{LIST}/a%2Fb", 404, "resource_missing", "invoice_payment", "'a/b'"),
    case(f"{LIST}/a%2fb%2F..%2F", 404, "resource_missing", "invoice_payment", "'a/b/../'"),
    case("/v1/invoices/in_1%2Flines", 404, "resource_missing", "invoice", "'in_1/lines'"),
    case("/v1%2Finvoices/in_1", 404, None, None, "GET: /v1%2Finvoices/in_1"),
    # Cursors.
    case(f"{LIST}?starting_after={FOREIGN}", 400, "resource_missing", "starting_after", FOREIGN),
    case(f"{LIST}?ending_before={FOREIGN}", 400, "resource_missing", "ending_before", FOREIGN),
    case(f"{LIST}?starting_after=a&ending_before=b", 400, None, None, "starting_after"),
    # Limits.
    case(f"{LIST}?limit=abc", 400, "parameter_invalid_integer", "limit", "abc"),
    case(f"{LIST}?limit=1.5", 400, "parameter_invalid_integer", "limit", "1.5"),
    case(f"{LIST}?limit=1_0", 400, "parameter_invalid_integer", "limit", "1_0"),
    case(f"{LIST}?limit={'9' * 5000}", 400, "parameter_invalid_integer", "limit"),
    case(f"{LIST}?limit=0", 400, "parameter_invalid_integer", "limit", "0", "100"),
    case(f"{LIST}?limit=101", 400, "parameter_invalid_integer", "limit", "101", "100"),
    case(f"{LIST}?limit=-1", 400, "parameter_invalid_integer", "limit", "-1"),
    case(f"{LIST}?limit=", 400, "parameter_invalid_empty", "limit"),
    case(f"{LIST}?limit", 400, "parameter_invalid_empty", "limit"),
    # Unknown parameters.
    case(f"{LIST}?foo=1", 400, "parameter_unknown", "foo", "foo"),
    case(f"{LIST}?limit[]=1", 400, "parameter_unknown", "limit[]"),
    case(f"{LIST}?created[from]=1", 400, "parameter_unknown", "created[from]"),
    case(
        f"{LIST}?payment[type]=payment_intent&payment[x]=1", 400, "parameter_unknown", "payment[x]"
    ),
    case(f"{LIST}/inpay_nope?limit=1", 400, "parameter_unknown", "limit"),
    case("/v1/invoices/in_nope?limit=1", 400, "parameter_unknown", "limit"),
    # Filters.
    case(f"{LIST}?status=bogus", 400, None, "status", "canceled", "open", "paid"),
    case(f"{LIST}?invoice=in_nope", 400, "resource_missing", "invoice", "in_nope"),
    case(f"{LIST}?invoice=", 400, "parameter_invalid_empty", "invoice"),
    case(f"{LIST}?created=yesterday", 400, "parameter_invalid_integer", "created", "yesterday"),
    case(f"{LIST}?created[gte]=x", 400, "parameter_invalid_integer", "created[gte]"),
    case(f"{LIST}?payment=payment_intent", 400, None, "payment"),
    case(f"{LIST}?payment[payment_intent]=pi_1", 400, "parameter_missing", "payment[type]"),
    case(f"{LIST}?payment[type]=charge", 400, None, "payment[type]", "payment_record"),
    case(
        f"{LIST}?payment[type]=payment_intent&payment[payment_intent]=pi_nope",
        *(400, "resource_missing", "payment[payment_intent]", "pi_nope"),
    ),
    case(
        f"{LIST}?payment[type]=payment_record&payment[payment_record]=pyr_nope",
        *(400, "resource_missing", "payment[payment_record]", "pyr_nope"),
    ),
    case(
        f"{LIST}?payment[type]=payment_record&payment[payment_intent]=pi_1",
        *(400, None, "payment[payment_intent]", "payment_record"),
    ),
    # Expansion.
    case(f"{LIST}?expand=data.invoice", 400, None, "expand", "array"),
    case(f"{LIST}?expand[]=nope", 400, None, None, "nope", "data.invoice"),
    case(f"{LIST}?expand[]=invoice", 400, None, None, "data.invoice"),
    case(f"{LIST}?expand[]=", 400, None, None),
    case(f"{LIST}?expand[]=data.payment", 400, None, None, "data.payment.charge"),
    case(f"{LIST}?expand[]=data.invoice.payments.data.invoice", 400, None, None, "4 levels"),
    case(f"{LIST}?expand[]=data.invoice&expand[]=data.x", 400, None, None, "data.x"),
    case(f"{LIST}?expand[x]=data.invoice", 400, "parameter_unknown", "expand[x]"),
    case("/v1/invoices/in_nope?expand[]=data.payments", 400, None, None, "payments"),
    case(f"{LIST}/inpay_nope?expand[]=data", 400, None, None, "data"),
    # URLs that are none.
    case("/v1/nope", 404, None, None, "GET: /v1/nope"),
    case("/v1/customers", 404, None, None, "GET: /v1/customers"),
    case("/v1/invoices/in_1/lines", 404, None, None, "GET: /v1/invoices/in_1/lines"),
    case("/", 404, None, None, "GET: /"),
]


@pytest.mark.parametrize(("url", "expected", "words"), CASES)
def test_error(http: httpx.Client, url, expected, words):
    status, code, param = expected
    response = http.get(url)

    assert response.status_code == status
    assert set(response.json()) == {"error"}
    error = response.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert error.get("code") == code
    assert error.get("param") == param
    assert [word for word in words if word not in error["message"]] == []
    assert error["request_log_url"].endswith(response.headers["request-id"])
    if code is None:
        assert "doc_url" not in error
    else:
        assert error["doc_url"].endswith(code.replace("_", "-"))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", [LIST, f"{LIST}/inpay_1", "/v1/invoices/in_1"])
def test_other_methods_are_unknown_urls(http: httpx.Client, method, path):
    response = http.request(method, path)

    assert response.status_code == 404
    assert f"{method}: {path}" in response.json()["error"]["message"]


def test_unknown_urls_need_no_key(sandbox, connect):
    with connect(sandbox.base_url) as client:
        assert client.get("/v1/nope").status_code == 404


def test_a_bug_in_the_sandbox_is_an_api_error(sandbox, connect, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("stripe_invoice_payments.sandbox.api.endpoints.list_invoice_payments", fail)
    # Not with the shared client: the server closes the connection afterwards.
    with connect(sandbox.base_url, sandbox.api_key) as client:
        response = client.get(LIST)

    assert response.status_code == 500
    assert response.json()["error"]["type"] == "api_error"
    assert response.headers["request-id"].startswith("req_")
