"""Clashes: no two things in one module, or in one class of it, may have one name."""

from __future__ import annotations

import builtins
import keyword
from collections import Counter
from collections.abc import Iterable

from ..errors import PipelineError
from ..naming.identifiers import TAKEN_BY_MODULES, TAKEN_BY_OPERATIONS
from .models import Field, Model
from .operations import Operation


def refuse_class_clashes(names: Iterable[str]) -> None:
    """Raises `PipelineError` if two classes have one name, or one that a class must not have."""
    for name, count in Counter(names).items():
        is_word = name.isidentifier() and name.isascii() and not keyword.iskeyword(name)
        if not is_word or count > 1 or hasattr(builtins, name) or name in TAKEN_BY_MODULES:
            raise PipelineError(
                f"class {name}",
                "there are two things of this name" if is_word else "Python has no such names",
                "Give it another `title` in spec/overlay.yaml, or override it in "
                "spec/generator.yaml",
            )


def refuse_operation_clashes(operations: Iterable[Operation]) -> None:
    """Raises `PipelineError` if two functions have one name, or that of something they use."""
    found: dict[str, Operation] = {}
    for operation in operations:
        if operation.name in found or operation.name in TAKEN_BY_OPERATIONS:
            other = found.get(operation.name)
            raise PipelineError(
                operation.place,
                f"its function would be called {operation.name!r}, as "
                + (f"that of {other.place}" if other else "something else is"),
                "Give it another `operationId` in spec/overlay.yaml",
            )
        found[operation.name] = operation


def refuse_attribute_clashes(model: Model, class_names: list[str]) -> None:
    """Raises `PipelineError` if a field has the name of a class, or two accessors have one name.

    An accessor gives way to a field of the same name.
    """
    accessors: dict[str, Field] = {}
    for field in model.fields:
        if field.attribute in class_names:
            raise PipelineError(
                f"class {model.name}",
                f"its property {field.name.raw!r} has the name of a class",
                "Give the class another `title` in spec/overlay.yaml",
            )
        for accessor in field.accessors:
            if accessor in accessors:
                raise PipelineError(
                    f"class {model.name}",
                    f"{field.name.raw!r} and {accessors[accessor].name.raw!r} both give it a "
                    f"{accessor!r}",
                    "Leave one of them out of the slice, or remove it through spec/overlay.yaml",
                )
            accessors[accessor] = field
