"""Everything that a caller may do with what the SDK gives: nothing of it may fail unannounced."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, suppress
from functools import cached_property
from itertools import islice
from typing import Any

from stripe_invoice_payments import AsyncPage, InvalidObjectError, Page, StripeError
from stripe_invoice_payments_api._model import Model

ANNOUNCED = (StripeError, InvalidObjectError)
PAGES = 4


def use(value: Any) -> None:
    """Look at a result in every way that there is, its parts included."""
    for look in (repr, str, copy.copy, copy.deepcopy):
        look(value)
    assert (value == copy.copy(value)) in {True, False}  # False where there is a NaN in it
    assert value != object()
    if isinstance(value, Model):
        assert_round_trips(value)
        for name in sorted({*accessors(type(value)), *attributes(value)}):
            use_attribute(value, name)
    elif isinstance(value, list):
        for item in value:
            use(item)


def assert_round_trips(model: Model) -> None:
    """Compared as text, because NaN, which Python's JSON knows, equals nothing."""
    written = as_text(model)
    assert as_text(type(model).from_dict_leniently(model.to_dict())) == written
    assert as_text(pickle.loads(pickle.dumps(model))) == written
    assert as_text(copy.deepcopy(model)) == written


def as_text(model: Model) -> str:
    return json.dumps(model.to_dict(), sort_keys=True)


def accessors(kind: type) -> Iterator[str]:
    """The public properties of a class."""
    for parent in kind.__mro__:
        for name, member in vars(parent).items():
            if not name.startswith("_") and isinstance(member, (property, cached_property)):
                yield name


def attributes(model: Model) -> Iterator[str]:
    return (attribute for _, attribute in model._layout.fields)


def use_attribute(model: Model, name: str) -> None:
    try:
        value = getattr(model, name)
    except ANNOUNCED:
        return
    if isinstance(value, (Model, list)):
        use(value)


def walk(page: Page[Any]) -> None:
    """Go through pages in every way that there is."""
    assert len(page) == len(list(page))
    moves: list[Callable[[], object]] = [
        page.next_page,
        page.previous_page,
        lambda: list(islice(page.iter_pages(), PAGES)),
        lambda: list(islice(page.auto_paging_iter(), PAGES * 4)),
        lambda: list(islice(page.auto_paging_iter(prefetch=True), PAGES * 4)),
    ]
    for move in moves:
        with suppress(*ANNOUNCED):
            move()


async def walk_async(page: AsyncPage[Any]) -> None:
    """The same with an asynchronous page."""
    assert len(page) == len(list(page))

    async def take(items: AsyncGenerator[Any, None], count: int) -> None:
        async with aclosing(items):
            async for _ in items:
                count -= 1
                if count == 0:
                    break

    moves: list[Callable[[], Awaitable[object]]] = [
        page.next_page,
        page.previous_page,
        lambda: take(page.iter_pages(), PAGES),
        lambda: take(page.auto_paging_iter(), PAGES * 4),
        lambda: take(page.auto_paging_iter(prefetch=True), PAGES * 4),
    ]
    for move in moves:
        with suppress(*ANNOUNCED):
            await move()
