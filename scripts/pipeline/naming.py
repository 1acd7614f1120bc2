"""Python names for Stripe's."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

from attrs import define
from openapi_python_client.strings import PythonIdentifier

from .documents import Schema
from .errors import PipelineError

# What a property, parameter or path segment may be called. All of Stripe's are lower-case words
# with underscores. Others would have to be told apart from their Python names; blanks also
# separate names in the generated layouts.
_WIRE_NAME = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9_-]{1,200}", re.ASCII)

# What a class must not be called: the names that the modules of the classes import, and builtins.
TAKEN_BY_MODULES = {
    *("Any", "InvalidObjectError", "JSONObject", "JSONValue", "ListObject", "Literal", "Model"),
    *(
        "Money",
        "Mapping",
        "NotExpandedError",
        "Request",
        "Required",
        "Self",
        "Sequence",
        "TypedDict",
    ),
}

# What a model's attribute must not be called: the methods of all models, the names that its class
# body looks up after the attribute has been declared, and what `__init__` calls the object.
TAKEN = {
    *("additional_properties", "define_layout", "from_dict", "from_dict_leniently", "to_dict"),
    *("bool", "classmethod", "datetime", "dict", "float", "int", "list", "property", "self", "str"),
    *TAKEN_BY_MODULES,
}

# What a parameter of an operation must not be called: what its `TypedDict` looks up, whichever
# types there are in it.
TAKEN_BY_PARAMETERS = {"Literal", "Mapping", "Required", "Sequence", "TypedDict"}

# What an operation or a path parameter must not be called: the names in the module of operations.
TAKEN_BY_OPERATIONS = {
    *("JSONObject", "JSONValue", "ListObject", "PATHS", "Request", "annotations", "anything"),
    *(
        "array",
        "as_is",
        "boolean",
        "cleared",
        "dict_of",
        "either",
        "encode",
        "expandable",
        "fields",
        "integer",
    ),
    *("list_object", "list_of", "mapping", "number", "object_or_scalar", "or_none", "params"),
    *("path_segment", "point_in_time", "string"),
    *("bool", "dict", "float", "int", "list", "str"),
}

# What a resource must not be called on a client, and a method on a resource.
TAKEN_BY_CLIENTS = {"aclose", "close", "request", "with_options"}
TAKEN_BY_METHODS = {"with_raw_response"}

# What no class may be called in the module of resources, where all the others are in use.
TAKEN_BY_RESOURCES = {
    *("AsyncEngine", "AsyncPage", "AsyncResources", "Engine", "ListObject", "Page", "RawResponse"),
    *("RequestOptions", "Resource", "Resources", "ResourcesOf", "Unpack"),
}

# Names that the readers in templates/model/reader.jinja use themselves.
_LOCALS_OF_READERS = {"cls", "data", "found", "intern", "raw", "self"}


def check_wire_name(name: str, what: str, where: str) -> None:
    """Raises `PipelineError` if `name` cannot be told from its Python name in every place."""
    if not _WIRE_NAME.fullmatch(name):
        raise PipelineError(
            where,
            f"the {what} {name[:200]!r} is not named in ASCII letters, digits, `_` and `-`",
            "Leave it out of the slice, or remove it through spec/overlay.yaml",
        )


def check_property_names(names: Iterable[str], where: str) -> None:
    """Raises `PipelineError` if two properties of an object have one name in Python."""
    owners: dict[str, str] = {}
    for name in names:
        check_wire_name(name, "property", where)
        # The latter is what openapi-python-client takes it for, which must not mix them up either.
        for ours in {attribute_name(name), str(PythonIdentifier(name, prefix="field_"))}:
            if ours in owners:
                raise PipelineError(
                    where,
                    f"the properties {owners[ours]!r} and {name!r} would both be called {ours!r}",
                    "Leave one of them out, or remove it through spec/overlay.yaml",
                )
            owners[ours] = name


def check_class_name(name: str) -> None:
    """Raises `PipelineError` if a class must not be called `name`."""
    is_word = name.isidentifier() and name.isascii() and not keyword.iskeyword(name)
    if not is_word or hasattr(builtins, name) or name in TAKEN_BY_MODULES:
        raise PipelineError(
            f"class {name}",
            "there are two things of this name" if is_word else "Python has no such names",
            "Give it another `title` in spec/overlay.yaml, or override it in spec/generator.yaml",
        )


def local_names(attributes: Iterable[str]) -> dict[str, str]:
    """What a reader calls the values of these attributes while it reads them.

    The same, with underscores behind it where it would hide what the reader uses.
    """
    names = set(attributes)
    found: dict[str, str] = {}
    for attribute in sorted(names):
        local = attribute
        while local in _LOCALS_OF_READERS or hasattr(builtins, local):
            local += "_"
            while local in names or local in found.values():
                local += "_"
        found[attribute] = local
    return found


def attribute_name(name: str) -> str:
    """Stripe's own word, with an underscore behind it where Python has a use for the word.

    Builtins such as `type`, `object` and `id` keep their names: as attributes and keyword
    arguments they hide nothing.
    """
    if name.isidentifier() and not name.startswith("_"):
        return f"{name}_" if keyword.iskeyword(name) or name in TAKEN else name
    return str(PythonIdentifier(name, prefix="field_"))


def is_attribute(name: str) -> bool:
    """Whether a public attribute can be called that."""
    return name.isidentifier() and not name.startswith("_") and not keyword.iskeyword(name)


def reader_name(class_name: str) -> str:
    """What the reader of a class is called where it is bound to a name of its own."""
    return f"_read_{PythonIdentifier(class_name, prefix='')}"


# --- Operations ---

# Where Stripe has one object and no collection of them.
_SINGLETONS = {
    *("account", "balance", "balance_settings", "cash_balance", "discount", "dispute", "settings"),
}
# First words that make an action of what otherwise reads like a collection: `add_lines`.
_VERBS = {"add", "collect", "remove", "report", "update", "verify"}
_VERBS_OF_GET = {"find", "search"}
# How an action that is done to an object's part gets to the object; others name the object first.
_PREPOSITIONS = {"add": "to", "apply": "to", "attach": "to", "detach": "from", "remove": "from"}
_METHODS = {"delete": "delete", "get": "retrieve", "patch": "update", "put": "replace"}
# What the rules would name otherwise than Stripe does, or like another operation.
_OWN_METHODS = {
    ("get", "/v1/account"): "retrieve_current",
    ("post", "/v1/accounts/{account}/people"): "create",
    ("delete", "/v1/subscriptions/{subscription_exposed_id}"): "cancel",
    ("delete", "/v1/customers/{customer}/subscriptions/{subscription_exposed_id}"): "cancel",
    ("post", "/v1/treasury/financial_accounts/{financial_account}/features"): "update",
}


@define(frozen=True)
class OperationName:
    """What an operation is called.

    Attributes:
        resource: What it belongs to, `invoices`: its tag, and an attribute of the client.
        method: Its name there, `attach_payment`.
        function: Its name among all operations, `attach_payment_to_invoice`.
    """

    resource: str
    method: str
    function: str


def operation_name(http_method: str, path: str, *, is_list: bool) -> OperationName:
    """The name of an operation: by what it is alone, so that no other operation changes it.

    `is_list` says whether it returns a page of a list.
    """
    steps = _steps(path)
    *before, (last, is_item) = steps
    own = _OWN_METHODS.get((http_method, path))
    if own is None and not is_item and _is_action(http_method, before, last):
        resource, thing = _resource(before)
        verb, _, part = last.partition("_")
        if not part:
            words = [verb, resource if is_list else thing]
        elif verb in _PREPOSITIONS:
            words = [verb, part, _PREPOSITIONS[verb], thing]
        else:
            holder, _ = before[-1]
            words = [verb, thing, part.removeprefix(f"{singular(holder)}_")]
        return OperationName(resource, _callable(last), "_".join(words))
    resource, thing = _resource(steps)
    if is_list:
        return OperationName(resource, "list", f"list_{resource}")
    default = "update" if is_item or last in _SINGLETONS else "create"
    method = own or _METHODS.get(http_method, default)
    return OperationName(resource, method, f"{method}_{thing}")


def method_name(operation: Schema) -> str:
    """What an operation of the slice is called on the client, among those of its tag."""
    return str(operation["x-method"])


def class_name(*names: str) -> str:
    """One name for a class out of several in lower case: `CreateCustomerParams`."""
    return "".join(word.capitalize() for name in names for word in re.split(r"[^A-Za-z0-9]+", name))


def _steps(path: str) -> list[tuple[str, bool]]:
    """The words of a path, each with whether an id follows it."""
    steps: list[tuple[str, bool]] = []
    for segment in path.removeprefix("/v1/").removeprefix("/").split("/"):
        if segment.startswith("{") and steps:
            steps[-1] = (steps[-1][0], True)
        else:
            word = re.sub(r"[^a-z0-9]+", "_", segment.lower()).strip("_")
            steps.append((word or "root", False))
    return steps


def _is_action(http_method: str, before: list[tuple[str, bool]], last: str) -> bool:
    """Whether a path that ends in the word `last` says there what to do, and not with what."""
    verb, _, _ = last.partition("_")
    if http_method == "get":
        return bool(before) and verb in _VERBS_OF_GET
    if http_method != "post" or not before or last in _SINGLETONS:
        return False
    if singular(last) != last:
        return verb in _VERBS
    holder, _ = before[-1]
    return any(has_id for _, has_id in before) or singular(holder) != holder


def _resource(steps: list[tuple[str, bool]]) -> tuple[str, str]:
    """What the words lead to, as a collection and as one of it: `customer_tax_ids` and `..._id`."""
    *holders, (last, _) = steps
    following = [word for word, _ in steps[1:]]
    words = [
        singular(word) if has_id else word
        for (word, has_id), next_word in zip(holders, following, strict=True)
        if not next_word.startswith(f"{singular(word)}_")  # `source_transactions` of a source
    ]
    one = last if last in _SINGLETONS else singular(last)
    return "_".join([*words, last]), "_".join([*words, one])


def _callable(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def singular(words: str) -> str:
    """`custom_fields` as `custom_field`; what is no plural in -s stays as it is."""
    for ending, replacement in (("ies", "y"), ("sses", "ss"), ("xes", "x")):
        if words.endswith(ending):
            return words.removesuffix(ending) + replacement
    is_plural = words.endswith("s") and not words.endswith(("ss", "us", "is"))
    return words[:-1] if is_plural else words
