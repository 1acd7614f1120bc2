"""What the `stripe` package knows: the surface of its classes and of its methods' parameters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from attrs import define

from .surface import Item, Surface, class_name
from .wheels import Wheel, other_layout

_OBJECT_NAME = re.compile(r'\bOBJECT_NAME\b[^=]*=\s*\(?\s*"([^"]+)"')
_REQUEST = re.compile(r'\b_request\(\s*"(\w+)",\s*"(/v\d/[^"]*)"')
_SERVICE = "_service.py"
_PARAMS = "stripe.params."


def surface_of_package(wheel: Wheel, objects: Iterable[str], operations: Iterable[str]) -> Surface:
    """The objects and operations of these names, with all of their fields and parameters.

    What the package lacks, the surface lacks.

    Raises:
        PipelineError: the package is not laid out as it always was.
    """
    surface: dict[str, Item] = {}
    modules, services = _object_modules(wheel), _services(wheel)
    try:
        for name in objects:
            if name in modules:
                own = class_name(name.rpartition(".")[2])  # its package has the rest of the name
                surface[class_name(name)] = Item()
                surface.update(_fields_of(wheel, modules[name], own, class_name(name)))
        for operation in operations:
            if (service := services.get(_any_names(operation))) is not None:
                surface[operation] = Item()
                surface.update(_parameters(wheel, operation, wheel.tree(service)))
    except SyntaxError as error:
        raise other_layout(str(wheel), f"the annotation {error.text} cannot be read") from error
    return surface


def _object_modules(wheel: Wheel) -> dict[str, str]:
    """The module of each object's class, by the object's name."""
    modules = {
        found[1]: path
        for path, text in wheel.modules.items()
        if (found := _OBJECT_NAME.search(text)) and not path.endswith(_SERVICE)
    }
    if not modules:
        raise other_layout(str(wheel), "no class has an OBJECT_NAME")
    return modules


def _services(wheel: Wheel) -> dict[str, str]:
    """The module that has the method for each operation."""
    modules = {
        _any_names(f"{method.upper()} {path}"): module
        for module, text in wheel.modules.items()
        if module.endswith(_SERVICE)
        for method, path in _REQUEST.findall(text)
    }
    if not modules:
        raise other_layout(str(wheel), f"no module *{_SERVICE} sends a request")
    return modules


def _any_names(operation: str) -> str:
    """An operation without the names of what is in its path, which nobody has to agree on."""
    return re.sub(r"\{[^}]*\}", "{}", operation)


def _parameters(wheel: Wheel, operation: str, service: ast.Module) -> Iterator[tuple[str, Item]]:
    names = {
        name
        for method in ast.walk(service)
        if isinstance(method, ast.FunctionDef) and _sends(method, operation)
        for argument in method.args.args
        if argument.arg == "params" and argument.annotation
        for name in _Annotation.of(argument.annotation).names
    }
    for node in ast.walk(service):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(_PARAMS):
            for name in names.intersection(alias.name for alias in node.names):
                module = node.module.replace(".", "/") + ".py"
                yield from _fields_of(wheel, module, name, operation)


def _sends(function: ast.FunctionDef, operation: str) -> bool:
    """Whether this method calls `self._request("get", "/v1/...")` or `"...".format(...)`."""
    for node in ast.walk(function):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="_request"),
                args=[ast.Constant(str() as method), path, *_],
            ):
                texts = (str(one.value) for one in ast.walk(path) if isinstance(one, ast.Constant))
                return _any_names(f"{method.upper()} {next(texts, '')}") == _any_names(operation)
            case _:
                pass
    return False


def _fields_of(wheel: Wheel, module: str, name: str, path: str) -> Iterator[tuple[str, Item]]:
    classes = _classes(wheel.tree(module).body)
    if name not in classes:
        raise other_layout(str(wheel), f"{module} has no class {name}")
    return _fields(path, classes[name], classes, (name,))


def _fields(
    path: str, definition: ast.ClassDef, around: Mapping[str, ast.ClassDef], within: tuple[str, ...]
) -> Iterator[tuple[str, Item]]:
    """The annotated names of a class, and of the classes that are nested in it or next to it."""
    classes = {**around, **_classes(definition.body)}
    for node in definition.body:
        match node:
            case ast.AnnAssign(target=ast.Name(name)) if not name.isupper():
                found = _Annotation.of(node.annotation)
                yield (
                    f"{path}.{name}",
                    Item(
                        values=frozenset(found.values),
                        expandable="ExpandableField" in found.names,
                        optional=not found.names.isdisjoint({"Optional", "NotRequired"}),
                    ),
                )
                for inner in (found.names & classes.keys()).difference(within):
                    yield from _fields(f"{path}.{name}", classes[inner], classes, (*within, inner))
            case _:
                pass  # text, methods and the library's own tables


def _classes(body: Iterable[ast.stmt]) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in body if isinstance(node, ast.ClassDef)}


@define
class _Annotation:
    """What is named in an annotation: the values of its `Literal`s, and all else."""

    values: set[str]
    names: set[str]

    @classmethod
    def of(cls, node: ast.expr) -> _Annotation:
        found = cls(set(), set())
        found._add(node)
        return found

    def _add(self, node: ast.AST) -> None:
        match node:
            case ast.Subscript(value=ast.Name("Literal")):
                constants = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
                self.values |= {value for value in constants if isinstance(value, str)}
            case ast.Constant(str() as text):  # a name in quotes, since it is defined below
                self._add(ast.parse(text, mode="eval").body)
            case ast.Name(name):
                self.names.add(name)
            case _:
                for child in ast.iter_child_nodes(node):
                    self._add(child)
