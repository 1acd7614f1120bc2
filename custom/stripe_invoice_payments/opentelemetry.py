"""Reports spans and durations to OpenTelemetry, through the hooks of a client.

Requires the extra `opentelemetry`. Names and attributes follow the semantic conventions for HTTP
clients. They never contain what identifies objects, such as ids and queries.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TypedDict

from opentelemetry import metrics, trace

from stripe_invoice_payments_api.operations import PATHS

from . import ResponseEvent, RetryEvent, __version__

# The conventions' buckets: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

_TEMPLATES = {path: re.compile(re.sub(r"\{\w+\}", "[^/]+", path)) for path in PATHS}


class Hooks(TypedDict):
    """The options of a client that `opentelemetry_hooks` returns; see `SharedOptions`."""

    on_response: Callable[[ResponseEvent], object]
    on_retry: Callable[[RetryEvent], object]


def opentelemetry_hooks(
    *,
    server_address: str = "api.stripe.com",
    server_port: int = 443,
    tracer_provider: trace.TracerProvider | None = None,
    meter_provider: metrics.MeterProvider | None = None,
) -> Hooks:
    """The hooks that report each attempt of a client: a span, and `http.client.request.duration`.

    The span has the start and the end of the attempt, and is a child of the caller's current span.
    A retry is an event of the caller's span.

    Example:
        from stripe_invoice_payments.opentelemetry import opentelemetry_hooks

        traced = client.with_options(**opentelemetry_hooks())
        print(traced.invoice_payments.list(limit=3))

    Args:
        server_address: The host of the client's `base_url`, if it is not Stripe's.
        server_port: Its port.
        tracer_provider: The provider that receives spans; the global one by default.
        meter_provider: The provider that receives durations; the global one by default.
    """
    tracer = trace.get_tracer(__package__ or __name__, __version__, tracer_provider)
    meter = metrics.get_meter(__package__ or __name__, __version__, meter_provider)
    duration = meter.create_histogram(
        "http.client.request.duration",
        unit="s",
        description="Duration of HTTP client requests.",
        explicit_bucket_boundaries_advisory=_SECONDS,
    )
    server: dict[str, str | int | float] = {
        "server.address": server_address,
        "server.port": server_port,
    }

    def on_response(event: ResponseEvent) -> None:
        end = time.time_ns()
        shared = {**server, **_attributes(event)}
        duration.record(event.elapsed, shared)
        span = tracer.start_span(
            _name(event),
            kind=trace.SpanKind.CLIENT,
            start_time=end - int(event.elapsed * 1e9),
            attributes=shared,
        )
        if event.attempt > 1:
            span.set_attribute("http.request.resend_count", event.attempt - 1)
        if event.request_id is not None:
            span.set_attribute("http.response.header.request-id", [event.request_id])
        if "error.type" in shared:
            span.set_status(trace.StatusCode.ERROR)
        span.end(end)

    def on_retry(event: RetryEvent) -> None:
        attributes = {**_attributes(event), "stripe.retry.delay": event.delay}
        trace.get_current_span().add_event("stripe.retry", attributes)

    return {"on_response": on_response, "on_retry": on_retry}


def _attributes(event: ResponseEvent | RetryEvent) -> dict[str, str | int | float]:
    attributes: dict[str, str | int | float] = {"http.request.method": event.method}
    if template := _template(event.path):
        attributes["url.template"] = template
    if event.status is not None:
        attributes["http.response.status_code"] = event.status
    if event.status is None or event.status >= 400:
        attributes["error.type"] = "_OTHER" if event.status is None else str(event.status)
    return attributes


def _name(event: ResponseEvent) -> str:
    template = _template(event.path)
    return f"{event.method} {template}" if template else event.method


def _template(path: str) -> str | None:
    """The template of a path; None if no operation has this path."""
    return next((name for name, pattern in _TEMPLATES.items() if pattern.fullmatch(path)), None)
