"""Spans and durations, as the SDK's own exporters see them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from stripe_invoice_payments import Client, StripeError
from stripe_invoice_payments.opentelemetry import opentelemetry_hooks
from stripe_invoice_payments_api.operations import Request

from .helpers import FakeApi, failure, listed, payment, reply
from .test_surface import modules_after

SERVER = {"server.address": "api.stripe.com", "server.port": 443}


class Telemetry:
    """Providers of their own, and what reached their exporters."""

    def __init__(self, **options: Any) -> None:
        self._spans = InMemorySpanExporter()
        self._metrics = InMemoryMetricReader()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self._spans))
        self.hooks = opentelemetry_hooks(
            tracer_provider=self.provider,
            meter_provider=MeterProvider(metric_readers=[self._metrics]),
            **options,
        )

    @property
    def spans(self) -> Any:
        return self._spans.get_finished_spans()

    @property
    def durations(self) -> Any:
        data: Any = self._metrics.get_metrics_data()
        (resource,) = data.resource_metrics
        (scope,) = resource.scope_metrics
        (metric,) = scope.metrics
        assert (metric.name, metric.unit) == ("http.client.request.duration", "s")
        return metric.data.data_points


async def test_a_call_is_a_span_and_a_duration(connect):
    telemetry = Telemetry()
    api = connect(FakeApi(reply(payment(1), request_id="req_1")), **telemetry.hooks)
    await api.retrieve("inpay_secret", expand=["invoice"])
    (span,) = telemetry.spans
    template = "/v1/invoice_payments/{invoice_payment}"
    shared = {
        **SERVER,
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "url.template": template,
    }
    assert span.name == f"GET {template}"
    assert span.kind is SpanKind.CLIENT
    assert span.status.status_code is StatusCode.UNSET
    assert span.attributes == {**shared, "http.response.header.request-id": ("req_1",)}
    (point,) = telemetry.durations
    assert point.attributes == shared
    assert point.count == 1
    assert point.explicit_bounds[0] == 0.005
    assert abs(point.sum - (span.end_time - span.start_time) / 1e9) < 1e-3
    assert "inpay_secret" not in f"{span.to_json()}{point}"


async def test_attempts_and_retries(connect, at_once):
    telemetry = Telemetry()
    failures = (failure(500, message="x"), httpx.ConnectError("refused"))
    api = connect(FakeApi(*failures, reply(listed(1))), max_retries=2, **telemetry.hooks)
    with telemetry.provider.get_tracer("test").start_as_current_span("caller"):
        await api.list()
    first, second, third, caller = telemetry.spans
    assert {span.name for span in (first, second, third)} == {"GET /v1/invoice_payments"}
    assert {span.parent.span_id for span in (first, second, third)} == {caller.context.span_id}
    assert [span.attributes.get("http.request.resend_count") for span in telemetry.spans[:3]] == [
        *(None, 1, 2),
    ]
    assert [span.attributes.get("error.type") for span in telemetry.spans[:3]] == [
        *("500", "_OTHER", None),
    ]
    assert [span.status.status_code for span in telemetry.spans[:3]] == [
        *(StatusCode.ERROR, StatusCode.ERROR, StatusCode.UNSET),
    ]
    assert "http.response.status_code" not in second.attributes
    assert [event.name for event in caller.events] == ["stripe.retry"] * 2
    assert caller.events[0].attributes["http.response.status_code"] == 500
    assert caller.events[0].attributes["stripe.retry.delay"] >= 0
    assert sum(point.count for point in telemetry.durations) == 3


@pytest.mark.parametrize("status", [400, 404, 429])
async def test_a_refused_request_is_an_error(connect, status):
    telemetry = Telemetry()
    with pytest.raises(StripeError):
        await connect(FakeApi(failure(status, message="x")), **telemetry.hooks).list()
    (span,) = telemetry.spans
    assert span.attributes["error.type"] == str(status)
    assert span.status.status_code is StatusCode.ERROR


async def test_another_server_and_a_path_of_no_operation(connect):
    telemetry = Telemetry(server_address="gateway.example", server_port=8443)
    api = connect(FakeApi(reply({})), **telemetry.hooks)
    request = Request(method="POST", path="/v1/customers/cus_1", form="", read=lambda data: data)
    await api._value(api.client.request(request))
    (span,) = telemetry.spans
    assert span.name == "POST"
    assert "url.template" not in span.attributes
    assert span.attributes["server.address"] == "gateway.example"
    assert span.attributes["server.port"] == 8443
    assert "cus_1" not in span.to_json()


def test_without_providers_it_reports_to_the_global_ones():
    Client("sk_test_x", **opentelemetry_hooks()).close()


def test_the_client_does_not_load_it():
    loaded = modules_after("from stripe_invoice_payments import *; Client('sk_test_x')")
    assert not any("opentelemetry" in name for name in loaded)
