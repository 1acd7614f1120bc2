"""Whether a compiled file is what Python makes of the source beside it, and nothing else.

Python runs a compiled file in place of its source if the header says that the two belong together.
A header is easily forged, so the code is compared as well: with what this Python makes of the
source. What another version of Python has compiled cannot be compared; of that, only a file whose
header makes that Python look at the source is accepted.
"""

from __future__ import annotations

import importlib.util
import marshal
import sys
from pathlib import Path

_HEADER_SIZE = 16
_TIMESTAMP, _UNCHECKED_HASH, _CHECKED_HASH = range(3)
_FLAGS = {0b00: _TIMESTAMP, 0b01: _UNCHECKED_HASH, 0b11: _CHECKED_HASH}
_OPTIMIZATIONS = {"": 0, "opt-1": 1, "opt-2": 2}


def is_compiled_from_its_source(path: Path) -> bool:
    """Whether this is a file in `__pycache__` that Python writes when it imports a source."""
    if path.parent.name != "__pycache__" or path.suffix != ".pyc":
        return False
    module, _, rest = path.stem.partition(".")
    tag, _, optimization = rest.partition(".")
    source = path.parent.parent / f"{module}.py"
    if not tag or optimization not in _OPTIMIZATIONS or source.is_symlink() or not source.is_file():
        return False
    compiled, text = path.read_bytes(), source.read_bytes()
    magic, header, code = compiled[:4], compiled[4:_HEADER_SIZE], compiled[_HEADER_SIZE:]
    checked = _FLAGS.get(int.from_bytes(header[:4], "little"))
    if len(header) < _HEADER_SIZE - 4 or checked in (None, _UNCHECKED_HASH):
        return False
    if magic != importlib.util.MAGIC_NUMBER:
        return tag != sys.implementation.cache_tag
    if checked == _CHECKED_HASH and header[4:] != importlib.util.source_hash(text):
        return False
    return _is_code_of(text, code, _OPTIMIZATIONS[optimization])


def _is_code_of(text: bytes, code: bytes, optimization: int) -> bool:
    try:
        expected = compile(text, "source", "exec", dont_inherit=True, optimize=optimization)
        # Reading code does not run it.
        return bool(marshal.loads(code) == expected)  # noqa: S302
    except (EOFError, ValueError, TypeError, SyntaxError):
        return False
