"""What all models share: reading from JSON, writing back, looking at unknown fields.

A small model that comes in hundreds to a page has a fast `from_dict` of its own for objects that
are exactly as described. All others (a field more or less, a null, a wrong type) are read by
`Model.from_dict`, which follows the model's `Layout`, keeps what it does not know and says
precisely what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeAlias, TypeVar, cast, overload

from attrs import define, evolve, field, fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Sized
    from datetime import datetime

    from typing_extensions import Self

    from ._lists import AnyGenerator, AnyPage
    from .money import Money

JSONValue: TypeAlias = dict[str, "JSONValue"] | list["JSONValue"] | str | int | float | bool | None
"""Any value that JSON can hold."""

JSONObject: TypeAlias = dict[str, JSONValue]
"""A JSON object, as it came over the wire."""

Reader: TypeAlias = Callable[[Any], Any]

T = TypeVar("T")

_MAX_FIELDS_IN_REPR = 14
_MAX_LENGTH_IN_REPR = 100

_KINDS: Mapping[type, str] = {
    type(None): "null",
    bool: "a boolean",
    dict: "an object",
    float: "a number",
    int: "a number",
    list: "a list",
    str: "a string",
}


class InvalidObjectError(ValueError):
    """JSON that is not the object it should be.

    Attributes:
        model: The name of the class that was to be read.
        field: The path to the offending field, such as `payment.type`; empty for the object itself.
        object_id: The `id` of the innermost object that has one.
        problem: What is wrong.
    """

    def __init__(self, model: str, field: str, object_id: str | None, problem: str) -> None:
        super().__init__(model, field, object_id, problem)
        self.model = model
        self.field = field
        self.object_id = object_id
        self.problem = problem

    def __str__(self) -> str:
        name = f"{self.model} {self.object_id}" if self.object_id else self.model
        return f"{name}: {self.field}: {self.problem}" if self.field else f"{name}: {self.problem}"


class NotExpandedError(ValueError):
    """A field holds an id, or nothing, where an expanded object was wanted.

    Attributes:
        model: The name of the class whose field it is.
        path: What `expand` has to say for the field to hold an object; in lists, behind `data.`.
        value: What the field holds.
    """

    def __init__(self, model: str, path: str, value: object) -> None:
        super().__init__(model, path, value)
        self.model = model
        self.path = path
        self.value = value

    def __str__(self) -> str:
        name = f"{self.model}.{self.path.rpartition('.')[2]}"
        if self.value is None:
            return f"{name} is empty"
        if isinstance(self.value, str):
            return (
                f"{name} holds the id {self.value!r}; to get the object, ask for it with "
                f"expand=[{self.path!r}], in a list with expand=['data.{self.path}']"
            )
        return f"{name} holds an object of a kind that this version of the package does not know"


class _Habit:
    """What objects of Stripe's own library have and these do not: the error says what to use.

    Not a `__getattr__` of the models: in Python 3.11 it makes every attribute five times as slow.
    """

    def __init__(self, hint: str) -> None:
        self._hint = hint

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type) -> Any:
        raise AttributeError(f"{owner.__name__} has no {self._name!r}: {self._hint}")

    def __repr__(self) -> str:
        return "<not here>"


_NO_DICT = "fields are attributes, and to_dict() returns all of them as a dict"
_NO_REQUESTS = (
    "objects make no requests; use a client, such as client.invoice_payments.retrieve(id)"
)

# What completion leaves out: for those who make or read models, not for those who look at one.
_INTERNAL = frozenset({"bind", "define_layout", "from_dict_leniently"})


@define(frozen=True, kw_only=True)
class Layout:
    """How a model's fields travel: the facts that its annotations do not carry.

    Attributes:
        fields: Each field's name on the wire and the name of its attribute.
        required: Names that must be there, and not null.
        nullable: Names that are null, rather than absent, when there is no value.
        secret: Names whose values are left out of `repr`.
        readers: For fields that are not plain JSON, the function that reads them.
    """

    fields: tuple[tuple[str, str], ...]
    required: frozenset[str]
    nullable: frozenset[str]
    secret: frozenset[str]
    readers: Mapping[str, Reader]


@define(weakref_slot=False)
class Irregularities:
    """What there is to an object beyond its attributes."""

    # Fields that this version of the package does not know.
    unknown: JSONObject = field(factory=dict[str, "JSONValue"])
    # Those that hold None and travel against their layout: absent though nullable, or the reverse.
    nulls: frozenset[str] = frozenset()


def _own(irregularities: Irregularities | None) -> Irregularities | None:
    """A copy, for an object that is made out of another one."""
    if irregularities is None:
        return None
    return Irregularities(to_json(irregularities.unknown), irregularities.nulls)


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class Model:  # noqa: PLW1641 - what can change has no hash
    """An object of Stripe's API.

    Equality compares every field, unknown ones included. Objects can be changed, copied and
    pickled; `to_dict(from_dict(x))` equals `x` for every `x` of fewer levels than Python recurses.
    """

    _layout: ClassVar[Layout] = Layout(
        fields=(), required=frozenset(), nullable=frozenset(), secret=frozenset(), readers={}
    )

    # None for nearly every object, which would otherwise be twice as large. An argument of the
    # constructor, so that `attrs.evolve` and `copy.replace` keep what the attributes do not hold.
    _irregularities: Irregularities | None = field(default=None, alias="_irregularities", eq=False)

    def __attrs_post_init__(self) -> None:
        self._irregularities = _own(self._irregularities)

    @property
    def additional_properties(self) -> JSONObject:
        """Fields that Stripe sent and this version of the package does not know, as plain JSON."""
        if self._irregularities is None:
            self._irregularities = Irregularities()
        return self._irregularities.unknown

    @classmethod
    def define_layout(
        cls,
        *,
        required: str = "",
        nullable: str = "",
        secret: str = "",
        renamed: Mapping[str, str] | None = None,
        readers: Mapping[str, Reader] | None = None,
    ) -> None:
        """Complete the class once the classes that its fields refer to exist."""
        names = {attribute: name for name, attribute in (renamed or {}).items()}
        attributes: list[str] = [f.name for f in fields(cls) if not f.name.startswith("_")]
        cls._layout = Layout(
            fields=tuple((names.get(attribute, attribute), attribute) for attribute in attributes),
            required=frozenset(required.split()),
            nullable=frozenset(nullable.split()),
            secret=frozenset(secret.split()),
            readers=readers or {},
        )

    @classmethod
    def from_dict(cls, data: JSONObject) -> Self:
        """Read one from the JSON object that Stripe sends.

        Raises:
            InvalidObjectError: A required field is missing or null, or a nested object is none.
        """
        return cls._read(data, lenient=False)

    @classmethod
    def from_dict_leniently(cls, data: JSONObject) -> Self:
        """Read one that another version of the API has written.

        A required field that is missing or null is None, whatever its annotation says. So is an
        object in it that cannot be read, which is then kept in `additional_properties`.

        Raises:
            InvalidObjectError: `data` is no JSON object.
        """
        return cls._read(data, lenient=True)

    @classmethod
    def _read(cls, data: JSONObject, *, lenient: bool) -> Self:
        if not isinstance(data, dict):  # pyright: ignore[reportUnnecessaryIsInstance] - JSON may lie
            raise InvalidObjectError(
                cls.__name__, "", None, f"an object was expected, not {_kind(data)}"
            )
        layout = cls._layout
        identifier = data.get("id")
        object_id = identifier if isinstance(identifier, str) else None
        unknown = dict(data)
        nulls: list[str] = []
        self = cls.__new__(cls)
        for name, attribute in layout.fields:
            value: Any = unknown.pop(name, None)
            if value is None:
                if name in layout.required and not lenient:
                    problem = "null where a value is required" if name in data else "missing"
                    raise InvalidObjectError(cls.__name__, name, object_id, problem)
                if (name in data) != (name in layout.nullable):
                    nulls.append(name)
            elif name in layout.readers:
                try:
                    value = _read_at(name, layout.readers[name], value, cls.__name__, object_id)
                except InvalidObjectError:
                    if not lenient:
                        raise
                    unknown[name], value = value, None
            setattr(self, attribute, value)
        irregular = unknown or nulls
        self._irregularities = Irregularities(unknown, frozenset(nulls)) if irregular else None
        return self

    def to_dict(self) -> JSONObject:
        """The JSON object that Stripe would send for this, unknown fields included."""
        layout = self._layout
        irregular = self._irregularities or Irregularities()
        written: JSONObject = {}
        for name, attribute in layout.fields:
            value = getattr(self, attribute)
            if value is not None:
                written[name] = to_json(value)
            elif (name in layout.nullable) != (name in irregular.nulls):
                written[name] = None
        written.update(to_json(irregular.unknown))
        return written

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model) or type(other) is not type(self):
            return NotImplemented
        ours, theirs = (
            getattr(it, "_irregularities", None) or Irregularities() for it in (self, other)
        )
        return ours.unknown == theirs.unknown and all(
            getattr(self, attribute, None) == getattr(other, attribute, None)
            for _, attribute in self._layout.fields
        )

    def __copy__(self) -> Self:
        copied = object.__new__(type(self))
        for attribute in fields(type(self)):
            with suppress(AttributeError):  # of an object that is only half read
                setattr(copied, attribute.name, getattr(self, attribute.name))
        copied._irregularities = _own(getattr(self, "_irregularities", None))
        return copied

    def __replace__(self, /, **changes: Any) -> Self:  # Python 3.13 calls it, older attrs lack it
        return evolve(self, **changes)

    def __dir__(self) -> list[str]:
        members = dict[str, Any]()
        for kind in reversed(type(self).__mro__):
            members.update(vars(kind))
        members.update(getattr(self, "__dict__", {}))  # of a user's subclass
        return [
            name
            for name, member in members.items()
            if name not in _INTERNAL
            and not isinstance(member, _Habit)
            and (name.startswith("__") or not name.startswith("_"))
        ]

    if not TYPE_CHECKING:  # type checkers go on to refuse all of these
        __iter__ = None
        get = _Habit(_NO_DICT)
        items = _Habit(_NO_DICT)
        keys = _Habit(_NO_DICT)
        values = _Habit(_NO_DICT)
        to_dict_recursive = _Habit(_NO_DICT)
        list = _Habit(_NO_REQUESTS)
        refresh = _Habit(_NO_REQUESTS)
        retrieve = _Habit(_NO_REQUESTS)
        last_response = _Habit("use with_raw_response, which returns status and headers as well")

        def __getitem__(self, key: object) -> Any:
            raise _no_dict(self, key)

        def __contains__(self, key: object) -> bool:
            raise _no_dict(self, key)

    def __repr__(self) -> str:
        """The fields that have a value, shortened to what fits on a screen."""
        shown: list[str] = []
        for name, attribute in self._layout.fields:
            value = getattr(self, attribute, None)  # tracebacks show objects that are half read
            if value is None:
                continue
            if len(shown) == _MAX_FIELDS_IN_REPR:
                shown.append("...")
                break
            text = "'***'" if name in self._layout.secret else _short_repr(value)
            shown.append(f"{attribute}={text}")
        return f"{type(self).__name__}({', '.join(shown)})"


def _no_dict(model: Model, key: object) -> TypeError:
    """The error of using a model as a dict: it names the attribute, or the way to any other key."""
    attributes: dict[object, str] = dict(model._layout.fields)  # pyright: ignore[reportPrivateUsage] - of this module
    spelling = f".{attributes[key]}" if key in attributes else f".to_dict()[{key!r}]"
    name = type(model).__name__
    return TypeError(f"{name} is no dict: write {spelling} in place of [{key!r}]")


def _short_repr(value: object) -> str:
    if isinstance(value, Model) and ("id", "id") in value._layout.fields:  # pyright: ignore[reportPrivateUsage] - of this module
        identifier = getattr(value, "id", None)
        if identifier is not None:
            return f"<{type(value).__name__} {identifier}>"
    if isinstance(value, (dict, list)):  # plain JSON: nobody has said which of it is a secret
        container = cast("Sized", value)
        return f"<{type(container).__name__} of {len(container)}>"
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a number of too many digits, or whatever users put there
        text = f"<{type(value).__name__}>"
    return text if len(text) <= _MAX_LENGTH_IN_REPR else f"{text[: _MAX_LENGTH_IN_REPR - 3]}..."


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class ListObject(Model, Generic[T]):
    """One page of a list, as Stripe sends it.

    Iterating, `len` and `[index]` are about the objects of this page; `has_more` tells whether the
    list goes on. Inside of an object that a client returned, such as an invoice with its payments,
    a list pages as the client's other lists do: with `for` and plain calls if the object came from
    a `Client`, with `async for` and `await` if it came from an `AsyncClient`.

    Example:
        invoice = client.invoices.retrieve("in_...", expand=["payments"])
        if invoice.payments is not None:  # it is None unless expanded
            for payment in invoice.payments.auto_paging_iter():
                print(payment.id, payment.amount_paid)
    """

    object: str = "list"
    """Always `list`."""

    data: list[T]
    """The objects of this page, newest first."""

    has_more: bool
    """Whether there are objects beyond this page, in the direction it was asked for."""

    url: str
    """The path of the list, with the query that the list is bound to."""

    def __len__(self) -> int:
        """How many objects are on this page."""
        return len(self.data)

    def __iter__(self) -> Iterator[T]:
        """This page's own objects, newest first. If `has_more` is true, there are others."""
        return iter(self.data)

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> list[T]: ...

    def __getitem__(self, index: int | slice) -> T | list[T]:
        """One of this page's own objects, or several."""
        if _is(index, str):
            raise _no_dict(self, index)
        return self.data[index]

    def __contains__(self, item: Any) -> bool:
        return item in self.data

    def next_page(self) -> AnyPage[T]:
        """The page of the next older objects; an empty one if there are none.

        Raises:
            RuntimeError: The list belongs to no client.
        """
        raise _no_client(self)

    def previous_page(self) -> AnyPage[T]:
        """The page of the next newer objects; an empty one if there are none.

        Raises:
            RuntimeError: The list belongs to no client.
        """
        raise _no_client(self)

    def iter_pages(self, *, prefetch: bool = False) -> AnyGenerator[ListObject[T]]:  # noqa: ARG002 - clients' pages use it
        """This page and all that follow it.

        Args:
            prefetch: Request each page while the one before is being worked on.

        Raises:
            RuntimeError: The list belongs to no client.
        """
        raise _no_client(self)

    def auto_paging_iter(self, *, prefetch: bool = False) -> AnyGenerator[T]:  # noqa: ARG002 - clients' pages use it
        """Every object from this page on, on all pages.

        Args:
            prefetch: Request each page while the one before is being worked on.

        Raises:
            RuntimeError: The list belongs to no client.
        """
        raise _no_client(self)


def _no_client(page: ListObject[Any]) -> RuntimeError:
    return RuntimeError(
        f"the list {page.url!r} belongs to no client, as it comes from a webhook, a pickle or "
        "from_dict, so it cannot request other pages: iterate over it for the objects that it "
        "holds, or retrieve the object that contains it with a client"
    )


# While a client's response is read: the lists in it, and what reads each. See `_lists.py`.
lists_read: ContextVar[list[tuple[ListObject[Any], Reader]] | None] = ContextVar(
    "lists_read", default=None
)


def list_object(read_item: Reader) -> Callable[[Any], ListObject[Any]]:
    """The reader of a list whose items `read_item` reads."""
    read_page = ListObject[Any].from_dict  # bound once: it takes as long as reading a small list

    def read(data: Any) -> ListObject[Any]:
        page = read_page(data)
        page.data = _read_items(read_item, page.data, "ListObject", "data")
        lists = lists_read.get()
        if lists is not None:
            lists.append((page, read))
        return page

    return read


def list_of(read_item: Reader) -> Reader:
    """The reader of an array whose items `read_item` reads."""

    def read(values: Any) -> Any:
        return _read_items(read_item, values, "list", "")

    return read


def dict_of(read_value: Reader) -> Reader:
    """The reader of an object with keys of any name, whose values `read_value` reads."""

    def read(data: Any) -> Any:
        if not _is(data, dict):
            raise InvalidObjectError("dict", "", None, f"an object was expected, not {_kind(data)}")
        return {key: _read_at(key, read_value, value, "dict", None) for key, value in data.items()}

    return read


def or_none(read: Reader) -> Reader:
    """The reader of what `read` reads, or null."""
    return lambda value: None if value is None else read(value)


def _read_items(read_item: Reader, items: Any, model: str, field: str) -> list[Any]:
    if not _is(items, list):
        raise InvalidObjectError(model, field, None, f"a list was expected, not {_kind(items)}")
    with suppress(InvalidObjectError):
        return [read_item(item) for item in items]
    # Once more, to tell which.
    return [
        _read_at(f"{field}[{index}]", read_item, item, model, None)
        for index, item in enumerate(items)
    ]


def expandable(
    classes: Mapping[str, type[Model]], *, deleted: Mapping[str, type[Model]] | None = None
) -> Reader:
    """The reader of a value that is an id or, expanded, one of several objects.

    What it is, is decided by looking: at `deleted`, then at `object`. An object of a kind that is
    not listed stays as it came.
    """
    deleted = deleted or {}

    def read(value: Any) -> Any:
        if not _is(value, dict):
            return value
        kinds = deleted if value.get("deleted") is True else classes
        kind = value.get("object")
        model = kinds.get(kind) if isinstance(kind, str) else None
        return value if model is None else model.from_dict(value)

    return read


def object_or_scalar(read_object: Reader) -> Reader:
    """The reader of a value that is an object of one known kind, or a scalar."""

    def read(value: Any) -> Any:
        return read_object(value) if _is(value, dict) else value

    return read


def as_is(value: Any) -> Any:
    """The reader of plain JSON."""
    return value


def _read_at(field: str, read: Reader, value: Any, model: str, object_id: str | None) -> Any:
    """Read a nested value; errors name the path from the object that contains it."""
    try:
        return read(value)
    except InvalidObjectError as error:
        if error.object_id:
            raise
        joint = "" if not error.field or error.field.startswith("[") else "."
        path = f"{field}{joint}{error.field}"
        raise InvalidObjectError(model, path, object_id, error.problem) from None


def to_json(value: Any) -> Any:
    """`value` as plain JSON that shares no list or dict with it."""
    if isinstance(value, Model):
        return value.to_dict()
    if _is(value, list):
        return [to_json(item) for item in value]
    if _is(value, dict):
        return {key: to_json(member) for key, member in value.items()}
    return value


def object_id(value: str | Model | JSONObject) -> str:
    """The id of what an expandable field holds, expanded or not."""
    if isinstance(value, str):
        return value
    identifier = value.get("id") if isinstance(value, dict) else getattr(value, "id", None)
    if not isinstance(identifier, str):
        raise InvalidObjectError("expanded object", "id", None, "missing")
    return identifier


def to_datetime(seconds: int) -> datetime:
    """Unix seconds as an aware `datetime` in UTC."""
    from datetime import datetime, timezone  # a millisecond that few programs need

    try:
        return datetime.fromtimestamp(seconds, timezone.utc)
    except (OSError, OverflowError, TypeError, ValueError) as error:
        raise InvalidObjectError("datetime", "", None, f"{seconds!r}: {error}") from None


@overload
def to_money(minor: int, currency: str) -> Money: ...


@overload
def to_money(minor: int | None, currency: str | None) -> Money | None: ...


def to_money(minor: int | None, currency: str | None) -> Money | None:
    """An amount in a currency's minor unit as exact money; None if one of the two is None."""
    if minor is None or currency is None:
        return None
    from .money import Money  # with `decimal`, a millisecond that few programs need

    try:
        return Money(minor, currency)
    except (TypeError, ValueError) as error:
        raise InvalidObjectError("Money", "", None, str(error)) from None


def chosen_id(model: Model, chosen: object, **known: Any) -> str | None:
    """The id of what the field called `chosen` holds, expanded or not, known or not."""
    if not isinstance(chosen, str):
        return None
    value: Any = known[chosen] if chosen in known else model.additional_properties.get(chosen)
    return None if value is None else object_id(value)


def _is(value: object, kind: type) -> bool:
    """Whether `value` is of exactly this type. Not a type guard, so that `Any` stays `Any`."""
    return type(value) is kind


def _kind(value: object) -> str:
    """What JSON calls the type of `value`."""
    return _KINDS.get(type(value), f"a Python {type(value).__name__}")


ListObject.define_layout(required="object data has_more url")
