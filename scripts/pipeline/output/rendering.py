"""Render: put the view through our templates, and through nothing else.

Only what depends on the document is a template. The rest of the package is Python as it stands in
`templates/runtime/`, and is copied under the same header.
"""

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

from ...errors import visible
from ..errors import PipelineError
from ..naming.identifiers import reader_name
from ..view.api import ApiView
from ..view.models import Field
from ..view.text import Text, literal

LINE_LENGTH = 100

# Each generated file and what it is made of, below templates/; there are no others.
FILES = {
    "__init__.py": "package_init.py.jinja",
    "_lists.py": "runtime/_lists.py",
    "_model.py": "runtime/_model.py",
    "_request.py": "runtime/_request.py",
    "_checks.py": "runtime/_checks.py",
    "_columns.py": "runtime/_columns.py",
    "money.py": "runtime/money.py",
    "_resource.py": "runtime/_resource.py",
    "columns.py": "columns.py.jinja",
    "models.py": "models.py.jinja",
    "params.py": "params.py.jinja",
    "operations.py": "operations.py.jinja",
    "resources.py": "resources.py.jinja",
    "py.typed": "runtime/py.typed",
}
TEMPLATE = ".jinja"
HEADER = f"header{TEMPLATE}"

# What a template prints when it is handed an object instead of text.
TRACES = re.compile(r"<[\w.]+ object at 0x[0-9a-f]+>|<(?:bound method|function) |UntrustedString")


def render(view: ApiView, templates: Path, command: str) -> dict[str, str]:
    """The text of each generated file.

    Raises:
        PipelineError: a template is wrong, or prints what is not text; or a copied file is not
            Python.
    """
    files: dict[str, str] = {}
    for name, source in FILES.items():
        if source.endswith(TEMPLATE):
            files[name] = _rendered(view, templates, source, command)
            _refuse_objects(files[name], name, source)
        else:
            files[name] = _copied(templates, source)
            if name.endswith(".py"):
                files[name] = _rendered(view, templates, HEADER, command) + files[name]
    return files


def remedy(name: str | None) -> str:
    """What to do about a generated file that is wrong; None if it is not known which."""
    return f"Correct templates/{FILES[name]}" if name in FILES else "Correct the template"


def _rendered(view: ApiView, templates: Path, template: str, command: str) -> str:
    try:
        return _environment(templates).get_template(template).render(api=view, command=command)
    except TemplateError as error:
        where = _place(error, templates, template)
        raise PipelineError(where, error.message or str(error), "Correct the template") from error


def _refuse_objects(text: str, name: str, template: str) -> None:
    if trace := TRACES.search(text):
        line = text.count("\n", 0, trace.start()) + 1
        raise PipelineError(
            f"templates/{template}",
            f"it has printed {trace.group()!r} into line {line} of {name}",
            "Print the object's text, not the object",
        )


def _copied(templates: Path, source: str) -> str:
    """The text of a file that needs no rendering, which is empty or Python."""
    where = f"templates/{source}"
    try:
        text = (templates / source).read_text("utf-8")
        compile(text, where, "exec", dont_inherit=True)
    except SyntaxError as error:
        where = f"{where}:{error.lineno}" if error.lineno else where
        raise PipelineError(where, f"not Python: {error.msg}", "Correct it") from error
    except (OSError, ValueError) as error:  # ValueError: not UTF-8, or a null character
        problem = getattr(error, "strerror", None) or error
        raise PipelineError(where, f"cannot be read: {problem}", "Restore it from git") from error
    return text


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
