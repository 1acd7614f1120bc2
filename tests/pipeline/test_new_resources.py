"""An operation that is added to `spec/slice.yaml` is a method of the client, and that is all.

Each slice is added to the committed one, rendered by the command from the pinned document, and
used by a program that mypy accepts, over HTTP, against a server that goes by the document.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from scripts.pipeline.openapi import Document
from scripts.pipeline.repository import THIS_REPOSITORY
from scripts.pipeline.run import overlaid_document

from .document_server import Call, serving
from .support import Checkout

FORMS = """
def use(client: Client) -> None:
    made = client.payment_links.create(
        line_items=[
            {"price": "price_1", "quantity": 2, "adjustable_quantity": {"enabled": True}},
            {"price": "price_2", "quantity": 1},
        ],
        metadata={"order": "7"},
    )
    assert_type(made, models.PaymentLink)
    client.payment_links.update("plink_1", active=False, max_retries=0)
    page = client.payment_links.list(active=True)
    assert_type(page, Page[models.PaymentLink])
    assert [link.id for link in page.auto_paging_iter()] == IDS
    raw = client.payment_links.with_raw_response.retrieve("plink_1")
    assert_type(raw, RawResponse[models.PaymentLink])
    assert raw.parse().id == "plink_1"
    try:
        client.payment_links.create(line_item=[])  # type: ignore[call-arg]
    except TypeError as error:
        assert "did you mean 'line_items'" in str(error)


async def use_async(client: AsyncClient) -> None:
    page = await client.payment_links.list(limit=3)
    assert_type(page, AsyncPage[models.PaymentLink])
    assert [link.id async for link in page.auto_paging_iter()] == IDS
"""
DELETE = """
def use(client: Client) -> None:
    gone = client.coupons.delete("c_1")
    assert_type(gone, models.DeletedCoupon)
    assert gone.id == "c_1" and gone.deleted
    page = client.coupons.list(created={"gte": 1})
    assert_type(page, Page[models.Coupon])
    assert [coupon.id for coupon in page.auto_paging_iter()] == IDS


async def use_async(client: AsyncClient) -> None:
    assert_type(await client.coupons.delete("c_2"), models.DeletedCoupon)
    try:
        await client.coupons.delete("c_3", expand=["x"])  # type: ignore[call-arg]
    except TypeError as error:
        assert "unknown parameter 'expand'" in str(error)
"""
SEARCH = """
def use(client: Client) -> None:
    page = client.customers.search(query="email:'a@b.example'")
    assert_type(page, Page[models.Customer])
    assert [customer.id for customer in page.auto_paging_iter()] == IDS
    assert [len(page) for page in page.iter_pages()] == [2, 2, 1]
    assert page.next_page().data[0].id == IDS[2]
    try:
        page.next_page().previous_page()
    except PaginationError as error:
        assert "no previous page" in str(error)
    try:
        client.customers.search()  # type: ignore[call-arg]
    except ValueError as error:
        assert "query: required" in str(error)


async def use_async(client: AsyncClient) -> None:
    page = await client.customers.search(query="x", page="2")
    assert_type(page, AsyncPage[models.Customer])
    assert [customer.id async for customer in page.auto_paging_iter()] == IDS[2:]
"""
SLICES: dict[str, tuple[list[str], list[str], str]] = {
    "forms": (
        [
            "POST /v1/payment_links",
            "POST /v1/payment_links/{payment_link}",
            "GET /v1/payment_links",
            "GET /v1/payment_links/{payment_link}",
        ],
        ["payment_link"],
        FORMS,
    ),
    "delete": (
        ["GET /v1/coupons", "DELETE /v1/coupons/{coupon}"],
        ["coupon", "deleted_coupon"],
        DELETE,
    ),
    "search": (["GET /v1/customers/search"], ["customer"], SEARCH),
}
PROGRAM = """
import asyncio
import sys

from typing_extensions import assert_type

from stripe_invoice_payments import (
    AsyncClient, AsyncPage, Client, Page, PaginationError, RawResponse
)
from stripe_invoice_payments_api import models

IDS = ["id_5", "id_4", "id_3", "id_2", "id_1"]

{use}

async def main(base_url: str) -> None:
    async with AsyncClient("sk_test_x", base_url=base_url) as client:
        await use_async(client)


if __name__ == "__main__":
    with Client("sk_test_x", base_url=sys.argv[1]) as client:
        use(client)
    asyncio.run(main(sys.argv[1]))
"""


def used(checkout: Checkout, operations: list[str], schemas: list[str], use: str) -> list[Call]:
    """What a server received of a program that uses a client with these operations as well."""
    config: dict[str, Any] = yaml.safe_load(checkout.repository.slice_config.read_text("utf-8"))
    config["operations"] += operations
    config["schemas"] |= dict.fromkeys(schemas)
    checkout.configure(slice=config)
    result = checkout.run("--from", "pinned")
    assert result.code == 0, result.err

    program = checkout.repository.root.parent / "program.py"
    program.write_text(PROGRAM.replace("{use}", use), "utf-8")
    packages = [checkout.repository.generated, THIS_REPOSITORY.root / "custom"]
    path = os.pathsep.join(map(str, packages))
    mypy = ["mypy", "--strict", "--config-file", os.devnull, "--cache-dir", os.devnull]
    run(["-m", *mypy, program], program.parent, {"MYPYPATH": path})
    document: Document = overlaid_document(
        checkout.repository, json.loads(checkout.repository.slice.read_bytes())
    )
    with serving(document) as server:
        run([program, server.base_url], program.parent, {"PYTHONPATH": path})
        return server.calls


def run(command: list[str | Path], directory: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        check=False,
        cwd=directory,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_forms_with_arrays_of_objects(pinned: Checkout) -> None:
    created, updated, *listed = used(pinned, *SLICES["forms"])
    assert (created.method, created.path) == ("POST", "/v1/payment_links")
    assert created.params == {
        "line_items": [
            {"price": "price_1", "quantity": "2", "adjustable_quantity": {"enabled": "true"}},
            {"price": "price_2", "quantity": "1"},
        ],
        "metadata": {"order": "7"},
    }
    assert (updated.path, updated.params) == ("/v1/payment_links/plink_1", {"active": "false"})
    keys = {call.headers["idempotency-key"] for call in (created, updated)}
    assert len(keys) == 2
    assert [call.params for call in listed[:3]] == [
        {"active": "true"},
        {"active": "true", "starting_after": "id_4"},
        {"active": "true", "starting_after": "id_2"},
    ]


def test_deletions(pinned: Checkout) -> None:
    calls = used(pinned, *SLICES["delete"])
    deletions = [call.path for call in calls if call.method == "DELETE"]
    assert deletions == ["/v1/coupons/c_1", "/v1/coupons/c_2"]
    assert calls[1].params == {"created": {"gte": "1"}}


def test_searches(pinned: Checkout) -> None:
    calls = used(pinned, *SLICES["search"])
    assert [call.params for call in calls[:3]] == [
        {"query": "email:'a@b.example'"},
        {"query": "email:'a@b.example'", "page": "2"},
        {"query": "email:'a@b.example'", "page": "4"},
    ]
    assert [call.params["page"] for call in calls[-2:]] == ["2", "4"]
