"""Configuration files under `spec/`: YAML, read by a model that says what it may hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from ..errors import PipelineError
from .parsing import read_yaml

Model = TypeVar("Model", bound=BaseModel)


def read_configuration(path: Path, model: type[Model]) -> Model:
    """What a file says, as `model` has it.

    Raises:
        PipelineError: it cannot be read, or the model has no place for something in it; the error
            names the file, the line and the key.
    """
    content = read_yaml(path)
    try:
        return model.model_validate(content)
    except ValidationError as error:
        # Of a value that fits no member of a union, the longest way is to what is wrong in it.
        wrong = max(error.errors(include_url=False), key=lambda each: len(each["loc"]))
        line, key = _place(path, wrong["loc"])
        problem = f"{wrong['msg'].removeprefix('Value error, ')}, got {wrong['input']!r}"
        if wrong["type"] == "extra_forbidden":
            problem = "unknown key"
            if len(wrong["loc"]) == 1:
                problem += f"; known here are {', '.join(model.model_fields)}"
        elif wrong["type"] == "missing":
            key, problem = f"{key}.{wrong['loc'][-1]}".removeprefix("."), "it is required"
        raise PipelineError(f"{path}:{line}", f"`{key}`: {problem}", "Correct it there") from error


def _place(path: Path, location: Sequence[int | str]) -> tuple[int, str]:
    """The line and the key of a value; `location` may hold steps that are not in the file."""
    node: Any = yaml.compose(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    line, keys = 1, list[str]()
    for part in location:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode) and (
            found := [(key, value) for key, value in node.value if key.value == str(part)]
        ):
            key, node = found[0]
            line = key.start_mark.line + 1
        else:
            continue
        keys.append(str(part))
    return line, ".".join(keys)
