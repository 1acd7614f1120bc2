"""Python names for Stripe's."""

from __future__ import annotations

import keyword

from openapi_python_client.strings import PythonIdentifier

# What a model's attribute must not be called: its own methods, and the names that its class body
# looks up after the attribute has been declared.
TAKEN = {
    *("additional_properties", "define_layout", "from_dict", "to_dict"),
    *("bool", "classmethod", "dict", "float", "int", "list", "property", "str"),
}

# What a class must not be called: the names that the modules of the classes import.
TAKEN_BY_MODULES = {
    *("Any", "InvalidObjectError", "JSONObject", "JSONValue", "ListObject", "Literal", "Model"),
    *("Mapping", "NotExpandedError", "Request", "Required", "Self", "Sequence", "TypedDict"),
}


def attribute_name(name: str) -> str:
    """Stripe's own word, with an underscore behind it where Python has a use for the word.

    Builtins such as `type`, `object` and `id` keep their names: as attributes and keyword
    arguments they hide nothing.
    """
    if name.isidentifier() and not name.startswith("_"):
        return f"{name}_" if keyword.iskeyword(name) or name in TAKEN else name
    return str(PythonIdentifier(name, prefix="field_"))


def reader_name(class_name: str) -> str:
    """What the reader of a class is called where it is bound to a name of its own."""
    return f"_read_{PythonIdentifier(class_name, prefix='')}"
