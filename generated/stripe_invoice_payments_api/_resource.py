# Generated from Stripe's OpenAPI document 2026-05-27.dahlia by `make regenerate`.
# Do not edit: change spec/ or templates/ and run that command.

"""What the generated resources have in common: they hold an engine, and leave all calls to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

E = TypeVar("E")
F = TypeVar("F", bound=Callable[..., Any])
R = TypeVar("R")


def parameters(typed_dict: type[Any]) -> Callable[[F], F]:
    """Note the type that lists a method's parameters, for the client that checks and shows them."""

    def note(method: F) -> F:
        method.__dict__["parameters"] = typed_dict
        return method

    return note


class Resource(Generic[E]):
    """A group of methods. A REPL shows these, and which client they belong to."""

    def __init__(self, engine: E) -> None:
        self._engine = engine

    def __repr__(self) -> str:
        engine: E | None = getattr(self, "_engine", None)  # None while it is being made
        name = type(self).__name__
        return f"<{name}>" if engine is None else f"<{name} of {engine}>"

    def __dir__(self) -> list[str]:
        return [
            name for name in super().__dir__() if name.startswith("__") or not name.startswith("_")
        ]


class ResourcesOf(Generic[E]):
    """The resources of one engine, each made when it is first used."""

    _engine: E
    _resources: dict[Any, Any]

    def _use(self, engine: E) -> None:
        self._engine = engine
        self._resources = {}

    def _resource(self, kind: Callable[[E], R]) -> R:
        found: R | None = self._resources.get(kind)
        # In one step, so that threads that come at the same time all get the same one.
        return self._resources.setdefault(kind, kind(self._engine)) if found is None else found
