"""The generator is not tuned to one slice: other cuts of the same document, and other documents.

Each is rendered by the command itself from Stripe's real document, type-checked, imported, and
made to read and write one instance after the other.
"""

import copy
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl

import pytest
import yaml
from attrs import define
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from scripts.pipeline.document.second_opinion import parser_config, vet
from scripts.pipeline.openapi import Document, Schema
from scripts.pipeline.repository import THIS_REPOSITORY, Repository
from scripts.pipeline.run import overlaid_document

from .instances import attributes_conform, instances
from .support import APRIL, FIXED, copy_repository, load_package, without_public_package

TARGETS = {"invoice", "deleted_invoice", "charge", "payment_intent", "payment_record", "event"}
CONFIG: dict[str, Any] = yaml.safe_load((FIXED / "slice.yaml").read_text("utf-8"))
OVERLAY: dict[str, Any] = yaml.safe_load((FIXED / "overlay.yaml").read_text("utf-8"))


@define(frozen=True)
class Rendered:
    """A slice of Stripe's document, rendered and imported."""

    document: Document
    repository: Repository
    package: Path
    modules: dict[str, ModuleType]

    def classes(self) -> Iterator[tuple[str, Schema, Any]]:
        """Each schema of an object with fields, and its class."""
        parsed = vet(self.document, parser_config(self.repository.generator_config))
        for name, schema in self.document["components"]["schemas"].items():
            if schema.get("properties"):
                yield name, schema, getattr(self.modules["models"], parsed.class_name(schema))


def rendered(root: Path, document: str, name: str, **files: object) -> Rendered:
    checkout = copy_repository(root / "repository")
    checkout.configure(**{"overlay": OVERLAY, **files})
    result = checkout.run("--from", document)
    assert result.code == 0, result.err
    slice_document = json.loads(checkout.repository.slice.read_bytes())
    return Rendered(
        document=overlaid_document(checkout.repository, slice_document),
        repository=checkout.repository,
        package=checkout.package(),
        modules=load_package(checkout.package(), name),
    )


def neighbours(document: Document) -> dict[str, None]:
    """All that the operations lead to, going through no other resource than the expansion targets,
    and not through the error object.
    """
    schemas: dict[str, Schema] = document["components"]["schemas"]
    found: set[str] = set()
    waiting = [*TARGETS, "invoice_payment", "error", "api_errors"]
    while waiting:
        name = waiting.pop()
        is_other_resource = "x-resourceId" in schemas[name] and name not in {
            *(*TARGETS, "invoice_payment", "error", "api_errors")
        }
        if name in found or is_other_resource:
            continue
        found.add(name)
        if name != "api_errors":
            references = re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(schemas[name]))
            waiting += references
    return dict.fromkeys(found)


@pytest.fixture(scope="module")
def surroundings(
    tmp_path_factory: pytest.TempPathFactory, full_document: Document, document_file: str
) -> Rendered:
    """The same operations, with all that surrounds them."""
    schemas = {**neighbours(full_document), "api_errors": {"only": "scalars"}}
    directory = tmp_path_factory.mktemp("surroundings")
    return rendered(directory, document_file, "surroundings", slice={**CONFIG, "schemas": schemas})


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory, document_file: str) -> Rendered:
    """The same operations, with all that there is behind them."""
    directory = tmp_path_factory.mktemp("everything")
    return rendered(
        directory, document_file, "everything", slice={**CONFIG, "schemas": "everything"}
    )


def test_everything_is_854_schemas_and_the_three_of_the_event(everything, surroundings):
    assert len(everything.document["components"]["schemas"]) == 854 + 3
    assert 300 < len(surroundings.document["components"]["schemas"]) < 400


@pytest.mark.parametrize("name", ["surroundings", "everything", "coupons"])
def test_mypy_has_no_objection(request, tmp_path, name):
    package = request.getfixturevalue(name).package
    check_types("mypy", "--strict", "--cache-dir", tmp_path, "--python-version", "3.10", package)


def test_pyright_has_no_objection(everything, tmp_path):
    environment = {"venvPath": str(THIS_REPOSITORY.root), "venv": ".venv", "pythonVersion": "3.10"}
    config = {"include": ["generated"], "typeCheckingMode": "strict", **environment}
    shutil.copytree(everything.package, tmp_path / "generated" / "everything")
    without_public_package(tmp_path / "generated" / "everything")
    (tmp_path / "config.json").write_text(json.dumps(config), "utf-8")
    check_types("pyright", "--project", tmp_path / "config.json")


def check_types(*command: str | Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.parametrize("name", ["everything", "coupons"])
def test_instances_of_every_schema_round_trip(request, name):
    found = request.getfixturevalue(name)
    schemas = found.document["components"]["schemas"]
    for _, schema, model in found.classes():
        round_trip(model, instances(schemas, schema))


def round_trip(model: Any, data: SearchStrategy[Any]) -> None:
    @settings(
        max_examples=3,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        deadline=None,
    )
    @given(data)
    def check(data: Any) -> None:
        read = model.from_dict(data)
        assert read.to_dict() == data
        assert attributes_conform(read)

    check()


# --- Another version of the document ---


def test_the_version_before_is_cut_and_rendered_too(tmp_path):
    checkout = copy_repository(tmp_path / "repository")
    checkout.configure(slice=CONFIG, overlay=OVERLAY)
    source = ("--from", APRIL.location, "--sha256", APRIL.sha256)
    refused = checkout.run(*source)
    if "pip cannot download" in refused.err:
        pytest.skip(f"the document is neither cached nor to be had: {refused.err}")

    # The overlay describes a field that the version before did not have, and so is told to.
    assert "describes `amount_paid_off_stripe`, which the slice does not have." in refused.err
    overlay = copy.deepcopy(OVERLAY)
    for action in overlay["actions"]:
        if action["target"] == "$.components.schemas.invoice" and "properties" in action["update"]:
            del action["update"]["properties"]["amount_paid_off_stripe"]
    checkout.configure(overlay=overlay)

    result = checkout.run(*source)
    assert result.code == 0, result.err
    assert "2026-04-22.dahlia: 15 schemas" in result.out
    assert "note:" not in result.out
    modules = load_package(checkout.package(), "april")
    assert "amount_paid_off_stripe" not in modules["models"].Invoice.__annotations__


# --- A slice that has nothing to do with invoices ---

COUPONS = {
    "operations": [
        "GET /v1/coupons",
        "POST /v1/coupons",
        "GET /v1/coupons/{coupon}",
        "POST /v1/coupons/{coupon}",
        "DELETE /v1/coupons/{coupon}",
        "POST /v1/tax_rates/{tax_rate}",
        "POST /v1/webhook_endpoints",
    ],
    "schemas": {
        "coupon": None,
        "coupon_applies_to": None,
        "coupon_currency_option": None,
        "deleted_coupon": None,
        "tax_rate": None,
        "tax_rate_flat_amount": None,
        "webhook_endpoint": None,
        "error": None,
        "api_errors": {"only": "scalars"},
    },
}
NO_WORDS: dict[str, Any] = {
    "overlay": "1.0.0",
    "info": {"title": "Nothing", "version": "1"},
    "actions": [],
}


@pytest.fixture(scope="module")
def coupons(tmp_path_factory: pytest.TempPathFactory, document_file: str) -> Rendered:
    files = {"slice": COUPONS, "overlay": NO_WORDS, "generator": {}}
    return rendered(tmp_path_factory.mktemp("coupons"), document_file, "coupons", **files)


@pytest.fixture(scope="module")
def call(coupons: Rendered) -> Any:
    """The operations, by attribute."""
    return coupons.modules["operations"]


def test_a_get_sends_a_query_and_no_form(call):
    request = call.list_coupons({"created": {"gte": 1}, "limit": 3})
    assert (request.method, request.path, request.form) == ("GET", "/v1/coupons", None)
    assert parse_qsl(request.query) == [("created[gte]", "1"), ("limit", "3")]


@pytest.mark.parametrize(
    ("operation", "arguments", "params", "fields"),
    [
        ("create_coupon", (), {"percent_off": 12.5}, [("percent_off", "12.5")]),
        (
            "create_coupon",
            (),
            {"metadata": {"order": "7", "ö&=": "[x]"}},
            [("metadata[order]", "7"), ("metadata[ö&=]", "[x]")],
        ),
        (
            "create_coupon",
            (),
            {"applies_to": {"products": ["prod_1", "prod_2"]}},
            [("applies_to[products][]", "prod_1"), ("applies_to[products][]", "prod_2")],
        ),
        (
            "create_coupon",
            (),
            {"currency_options": {"eur": {"amount_off": 5}, "kr": {"amount_off": 4}}},
            [("currency_options[eur][amount_off]", "5"), ("currency_options[kr][amount_off]", "4")],
        ),
        ("update_coupon", ("c_1",), {"metadata": ""}, [("metadata", "")]),
        ("update_coupon", ("c_1",), {"name": None, "expand": []}, []),
        ("update_tax_rate", ("txr_1",), {"active": False}, [("active", "false")]),
        (
            "create_webhook_endpoint",
            (),
            {"url": "https://a.example/?b=c", "enabled_events": ["*"], "connect": True},
            [("url", "https://a.example/?b=c"), ("enabled_events[]", "*"), ("connect", "true")],
        ),
    ],
)  # fmt: skip
def test_a_form_is_encoded_as_stripe_reads_it(call, operation, arguments, params, fields):
    request = getattr(call, operation)(*arguments, params)
    assert (request.method, request.query) == ("POST", "")
    assert parse_qsl(request.form, keep_blank_values=True) == fields


def test_a_form_without_fields_is_no_form(call):
    request = call.delete_coupon("c_1", {})
    assert (request.method, request.query, request.form) == ("DELETE", "", None)


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("create_coupon", {"percent_of": 10}),
        ("create_coupon", {"applies_to": {"product": []}}),
        ("create_coupon", {"metadata": {"a": {1}}}),
        ("create_webhook_endpoint", {"url": b"https://a.example"}),
    ],
)
def test_what_a_form_does_not_have_is_refused(call, operation, params):
    with pytest.raises((TypeError, ValueError)):
        getattr(call, operation)(params)


def test_answers_are_read(call, coupons):
    models = coupons.modules["models"]
    coupon = {
        "id": "c_1",
        "object": "coupon",
        "amount_off": None,
        "created": 1,
        "currency": None,
        "currency_options": {"eur": {"amount_off": 500}},
        "duration": "new_duration",
        "duration_in_months": None,
        "livemode": False,
        "max_redemptions": None,
        "metadata": {"a": "b"},
        "name": None,
        "percent_off": 12.5,
        "redeem_by": None,
        "times_redeemed": 0,
        "valid": True,
    }
    read = call.retrieve_coupon("c_1", {}).read(coupon)
    assert type(read) is models.Coupon
    assert type(read.currency_options["eur"]) is models.CouponCurrencyOption
    assert read.to_dict() == coupon
    page = {"object": "list", "data": [coupon], "has_more": False, "url": "/v1/coupons"}
    assert call.list_coupons({}).read(page).data == [read]
    deleted = {"id": "c_1", "object": "coupon", "deleted": True}
    assert type(call.delete_coupon("c_1", {}).read(deleted)) is models.DeletedCoupon


def test_parameters_are_typed(coupons):
    params = coupons.modules["params"]
    assert params.CreateCouponParams.__annotations__.keys() >= {"percent_off", "applies_to"}
    text = (coupons.package / "params.py").read_text("utf-8")
    assert "    metadata: Mapping[str, str] | Literal[''] | None" in text.replace('""', "''")
    assert "    url: Required[str]" in text
    assert "    redeem_by: int | datetime | None" in text
