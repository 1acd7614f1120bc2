"""Reads the body of a response, decompresses it and limits its length.

Half a megabyte can decompress to a gigabyte, so that happens in small pieces.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

# The most that one step of decompressing yields.
_PIECE = 64 * 1024

# The encodings that our own HTTP client accepts. A caller's client decodes what it has asked for.
ACCEPTED = "gzip, deflate"


class DecodingError(Exception):
    """The body does not match its content encoding."""


class BodyTooLongError(Exception):
    """The body exceeds the limit."""


class Body:
    """The part of a body that has been received.

    Args:
        limit: The maximum length in bytes.
        content_encoding: How it is compressed; empty for one that has been decompressed.
    """

    def __init__(self, limit: int, content_encoding: str = "") -> None:
        self._limit = limit
        self._length = 0
        self._pieces: list[bytes] = []
        names = [name.strip().lower() for name in content_encoding.split(",")]
        # The encoding that was applied last is undone first.
        self._decoders = [_DECODERS[name]() for name in reversed(names) if name in _DECODERS]

    def add(self, chunk: bytes) -> None:
        """Add the next chunk, as it was received.

        Raises:
            BodyTooLongError: It exceeds the limit.
            DecodingError: It cannot be decompressed.
        """
        pieces: Iterable[bytes] = (chunk,)
        for decoder in self._decoders:
            pieces = decoder.decode(pieces)
        for piece in pieces:
            self._length += len(piece)
            if self._length > self._limit:
                self._pieces.clear()
                raise BodyTooLongError
            self._pieces.append(piece)

    def content(self) -> bytes:
        """The whole body."""
        return b"".join(self._pieces)


class _Inflate:
    """Undoes one compression, in the format that zlib calls by this number of bits."""

    def __init__(self, bits: int) -> None:
        self._decompressor = zlib.decompressobj(bits)

    def decode(self, chunks: Iterable[bytes]) -> Iterable[bytes]:
        for chunk in chunks:
            yield from self._decode(chunk)

    def _decode(self, chunk: bytes) -> Iterable[bytes]:
        rest = chunk
        while rest and not self._decompressor.eof:
            try:
                piece = self._decompressor.decompress(rest, _PIECE)
            except zlib.error as error:
                raise DecodingError(str(error)) from error
            rest = self._decompressor.unconsumed_tail
            if piece:
                yield piece


class _Deflate(_Inflate):
    """Some servers send `deflate` without the zlib header."""

    def __init__(self) -> None:
        super().__init__(zlib.MAX_WBITS)
        self._begin: bytes | None = b""

    def _decode(self, chunk: bytes) -> Iterable[bytes]:
        if self._begin is not None:
            chunk = self._begin + chunk
            if len(chunk) < 2:  # of the header
                self._begin = chunk
                return
            self._begin = None
            if chunk[0] & 15 != 8 or int.from_bytes(chunk[:2], "big") % 31:
                self._decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
        yield from super()._decode(chunk)


class _Gzip(_Inflate):
    def __init__(self) -> None:
        super().__init__(zlib.MAX_WBITS | 16)


_DECODERS = {"gzip": _Gzip, "x-gzip": _Gzip, "deflate": _Deflate}
