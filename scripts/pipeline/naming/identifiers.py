"""Python names for Stripe's."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

from openapi_python_client.strings import PythonIdentifier

from ..errors import PipelineError

# What a property, parameter or path segment may be called. All of Stripe's are lower-case words
# with underscores. Others would have to be told apart from their Python names; blanks also
# separate names in the generated layouts.
_WIRE_NAME = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9_-]{1,200}", re.ASCII)

# What a class must not be called: the names that the modules of the classes import, and builtins.
TAKEN_BY_MODULES = {
    *("Any", "InvalidObjectError", "JSONObject", "JSONValue", "ListObject", "Literal", "Model"),
    *("Mapping", "Money", "NotExpandedError", "Request", "Required", "Self", "Sequence"),
    "TypedDict",
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
    ),
    *("integer", "list_object", "list_of", "mapping", "number", "object_or_scalar", "or_none"),
    *("params", "path_segment", "point_in_time", "string"),
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


def not_a_keyword(name: str) -> str:
    """`name`, with an underscore behind it if it is a keyword."""
    return f"{name}_" if keyword.iskeyword(name) else name


def attribute_name(name: str) -> str:
    """Stripe's own word, with an underscore behind it where Python has a use for the word.

    Builtins such as `type`, `object` and `id` keep their names: as attributes and keyword
    arguments they hide nothing.
    """
    if name.isidentifier() and not name.startswith("_"):
        return f"{name}_" if name in TAKEN else not_a_keyword(name)
    return str(PythonIdentifier(name, prefix="field_"))


def is_attribute(name: str) -> bool:
    """Whether a public attribute can be called that."""
    return name.isidentifier() and not name.startswith("_") and not keyword.iskeyword(name)


def reader_name(class_name: str) -> str:
    """What the reader of a class is called where it is bound to a name of its own."""
    return f"_read_{PythonIdentifier(class_name, prefix='')}"


def class_name(*names: str) -> str:
    """One name for a class out of several in lower case: `CreateCustomerParams`."""
    return "".join(word.capitalize() for name in names for word in re.split(r"[^A-Za-z0-9]+", name))
