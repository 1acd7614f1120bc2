"""Which arguments a resource's method takes, checked before anything else sees them.

An API key passed to a call by mistake is dropped here. Error trackers record the local variables of
a traceback, and each function below would have a copy of the arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import wraps
from inspect import isclass, iscoroutinefunction
from types import ModuleType
from typing import Any, TypeVar, cast

from stripe_invoice_payments_api._request import Request
from stripe_invoice_payments_api._resource import Resource

from .._pages.queries import is_path, is_query
from . import checks as _checks
from .settings import CLIENT_ONLY, RequestOptions
from .signatures import described

F = TypeVar("F", bound=Callable[..., Any])


def check_arguments(module: ModuleType) -> None:
    """Give all methods of a module's resources the checks and the signatures of this client.

    What those need to know are the options of a call, which the generated package does not.
    """
    resources: list[Any] = [one for one in vars(module).values() if _is_resource(one)]
    for resource in resources:
        for name, method in list(resource.__dict__.items()):
            if (parameters := getattr(method, "parameters", None)) is not None:
                setattr(resource, name, takes(parameters)(method))


def _is_resource(one: object) -> bool:
    return isclass(one) and issubclass(one, Resource)


def check_request(request: object) -> None:
    """Make sure that a caller's own request is one, and goes to the API and nowhere else."""
    if not isinstance(request, Request):
        got = _checks.kind(request)
        raise TypeError(f"request must be a Request, as operations.* return it, got {got}")
    method, path, query = request.method, request.path, request.query
    if method not in ("GET", "POST", "DELETE"):
        raise ValueError(f"request.method must be GET, POST or DELETE, got {method!r}")
    if not is_path(path):
        raise ValueError(f"request.path must be percent-encoded and begin with one /, got {path!r}")
    if not is_query(path, query):
        raise ValueError(f"request.query must be percent-encoded, got {query[:200]!r}")


def takes(*typed_dicts: Any, without: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Refuse all arguments but those that the method declares and the keys of these types.

    The options of a call are always among them. `help` and completion show the same ones.

    Args:
        *typed_dicts: The `TypedDict` classes that list them.
        without: Keys of these that the method refuses itself, and better.
    """
    describe = described(*typed_dicts, RequestOptions, without=without)
    options = RequestOptions.__annotations__.keys()
    parameters = {name for typed in typed_dicts for name in typed.__annotations__}

    def decorate(method: F) -> F:
        code = method.__code__  # pyright: ignore[reportFunctionMemberAccess] - a function has one
        declared = code.co_varnames[: code.co_argcount]
        known = {*declared[1:], *parameters, *options}

        def mistake(args: tuple[object, ...], arguments: Mapping[str, object]) -> str | None:
            if extra := args[len(declared) :]:
                example = "expand=[...]" if "expand" in parameters else "timeout=10"
                return _positional(method.__name__, (*declared[1:], example), extra[0])
            if unknown := arguments.keys() - known:
                return _unknown(min(unknown), parameters, options)
            return None

        @wraps(method)
        def checked(*args: Any, **arguments: Any) -> Any:
            if message := mistake(args, arguments):
                del args
                arguments.clear()
                raise TypeError(message)
            return method(*args, **arguments)

        @wraps(method)
        async def checked_async(*args: Any, **arguments: Any) -> Any:
            if message := mistake(args, arguments):
                del args
                arguments.clear()
                raise TypeError(message)
            return await method(*args, **arguments)

        return describe(cast("F", checked_async if iscoroutinefunction(method) else checked))

    return decorate


def _positional(method: str, example: tuple[str, ...], extra: object) -> str:
    """The message about parameters in a dict, as stripe-python takes them."""
    return (
        f"{method}() takes parameters and options as keyword arguments, such as "
        f"{method}({', '.join(example)}), got a positional {_checks.kind(extra)}"
    )


def _unknown(name: str, parameters: Collection[str], options: Iterable[str]) -> str:
    if name in ("params", "options"):
        return f"unknown parameter {name!r}; pass what it contains as keyword arguments"
    near = _checks.meant(name, [*parameters, *options])
    if near is None and (of_client := _checks.meant(name, CLIENT_ONLY)):
        return (
            f"{name!r} is not an option of a call; pass {of_client} to the client, or use "
            f"with_options({of_client}=...)"
        )
    hint = f"did you mean {near!r}? " if near else ""
    valid = f"Parameters: {', '.join(sorted(parameters))}. " if parameters else ""
    return f"unknown parameter {name!r}; {hint}{valid}Options: {', '.join(sorted(options))}"
