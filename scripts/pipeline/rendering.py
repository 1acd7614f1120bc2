"""Render: put the view through our templates, and through nothing else."""

from __future__ import annotations

import re
import textwrap
import traceback
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateRuntimeError,
    TemplateSyntaxError,
    Undefined,
)

from .errors import PipelineError
from .naming import reader_name
from .text import Text, literal, visible
from .views import ApiView, Field

LINE_LENGTH = 100

# Each generated file and its template; there are no others.
FILES = {
    "__init__.py": "package_init.py.jinja",
    "_model.py": "model_base.py.jinja",
    "_request.py": "request.py.jinja",
    "_checks.py": "checks.py.jinja",
    "models.py": "models.py.jinja",
    "params.py": "params.py.jinja",
    "operations.py": "operations.py.jinja",
    "py.typed": "py.typed.jinja",
}

# What a template prints when it is handed an object instead of text.
TRACES = re.compile(r"<[\w.]+ object at 0x[0-9a-f]+>|<(?:bound method|function) |UntrustedString")


def render(view: ApiView, templates: Path, command: str) -> dict[str, str]:
    """The text of each generated file.

    Raises:
        PipelineError: a template is wrong, or prints what is not text.
    """
    environment = _environment(templates)
    files: dict[str, str] = {}
    for name, template in FILES.items():
        try:
            text = environment.get_template(template).render(api=view, command=command)
        except TemplateError as error:
            where = _place(error, templates, template)
            raise PipelineError(where, error.message or str(error), "Correct the template") from (
                error
            )
        if trace := TRACES.search(text):
            line = text.count("\n", 0, trace.start()) + 1
            raise PipelineError(
                f"templates/{template}",
                f"it has printed {trace.group()!r} into line {line} of {name}",
                "Print the object's text, not the object",
            )
        files[name] = text
    return files


@cache
def _environment(templates: Path) -> Environment:
    """Jinja's, which keeps the templates that it has read until they change."""
    environment = Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - it is Python that is written, not HTML
        finalize=_only_text,
    )
    environment.filters.update(  # pyright: ignore[reportUnknownMemberType] - not annotated there
        docstring=docstring, literal=literal, reader_name=reader_name, wrapped_names=wrapped_names
    )
    return environment


def _place(error: TemplateError, templates: Path, template: str) -> str:
    """The file and line that `error` is about: of the innermost template, included or imported."""
    if isinstance(error, TemplateSyntaxError):
        return f"templates/{error.name or template}:{error.lineno}"
    # Jinja gives its frames the names and lines of the templates that they come from.
    frames = traceback.extract_tb(error.__traceback__)
    inner = [frame for frame in frames if Path(frame.filename).is_relative_to(templates)]
    if not inner:
        return f"templates/{template}"
    return f"templates/{Path(inner[-1].filename).relative_to(templates)}:{inner[-1].lineno}"


def _only_text(value: object) -> object:
    if isinstance(value, (str, Undefined)) or type(value) is int:  # Undefined speaks for itself
        return value
    raise TemplateRuntimeError(f"it prints {type(value).__name__} {value!r:.60}, which is no text")


def docstring(text: Text, indent: int = 4) -> str:
    """`text` as a docstring, indented and wrapped; quotes and backslashes cannot end it.

    The closing quotes follow the text of a single paragraph and stand alone below several.
    """
    plain = text.raw.replace("\t", " ").replace("\r\n", "\n")
    safe = visible(plain.replace("\\", "\\\\")).replace('"""', "'''").strip()
    width = LINE_LENGTH - indent
    first, *others = safe.split("\n\n")
    if not others:
        end = ' """' if first.endswith('"') else '"""'
        lines = _wrap(f'"""{first}{end}', width)
    else:
        lines = _wrap(f'"""{first}', width)
        for paragraph in others:
            lines += ["", *_wrap_block(paragraph, width)]
        lines.append('"""')
    prefix = " " * indent
    return "\n".join(prefix + line if line else "" for line in lines)


def _wrap_block(paragraph: str, width: int) -> list[str]:
    """One paragraph, or a section whose lines keep their indentation."""
    lines: list[str] = []
    for line in paragraph.split("\n"):
        hanging = " " * (len(line) - len(line.lstrip()) + (4 if line.startswith("    ") else 0))
        lines += _wrap(line, width, hanging)
    return lines


def _wrap(text: str, width: int, hanging: str = "") -> list[str]:
    """Lines that break between words only, so that an address or a name stays whole."""
    return textwrap.wrap(
        text, width, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )


def wrapped_names(fields: Iterable[Field]) -> list[Text]:
    """The names, separated by spaces, as lines that make one string when set below each other."""
    *lines, last = _wrap(" ".join(field.name.raw for field in fields), LINE_LENGTH - 12)
    return [*(Text(f"{line} ") for line in lines), Text(last)]
