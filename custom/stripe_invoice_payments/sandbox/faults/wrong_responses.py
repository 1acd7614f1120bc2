"""Wrong responses: each function takes the correct one."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from .response import CapturedResponse

Change = Callable[[CapturedResponse], CapturedResponse]

_PROXY_PAGE = """\
<html>
<head><title>{title}</title></head>
<body><center><h1>{title}</h1></center><hr><center>proxy</center></body>
</html>
"""


def error_as_string(response: CapturedResponse) -> CapturedResponse:
    """An error that is only a string, as OAuth sends it."""
    return CapturedResponse(400, _of_the_api(response), b'{"error":"invalid_request"}')


def error_without_body(response: CapturedResponse) -> CapturedResponse:
    """A 500 and nothing else."""
    return CapturedResponse(500, _of_the_api(response), b"")


def proxy_page(status: int, title: str, **headers: str) -> Change:
    """An HTML page from a proxy, without a request id."""

    def change(_response: CapturedResponse) -> CapturedResponse:
        page = _PROXY_PAGE.format(title=title).encode()
        return CapturedResponse(status, {}, b"").with_body(
            page, content_type="text/html", **headers
        )

    return change


def redirect(response: CapturedResponse) -> CapturedResponse:
    """A redirect to another host. A client that follows it would send its key there."""
    location = "https://redirected.invalid/"
    return CapturedResponse(307, {**_of_the_api(response), "location": location}, b"")


def empty_body(response: CapturedResponse) -> CapturedResponse:
    """The right status and headers, and no body."""
    return response.with_body(b"")


def cut_json(response: CapturedResponse) -> CapturedResponse:
    """The first half of the body, with a matching Content-Length."""
    return response.with_body(response.body[: len(response.body) // 2])


def wrong_charset(response: CapturedResponse) -> CapturedResponse:
    """A body that claims to be UTF-8 and is Latin-1."""
    text = '{"sandbox_note":"Zoë Müller",' + response.body.decode()[1:]
    body = text.encode("latin-1", "replace")
    return response.with_body(body, content_type="application/json; charset=utf-8")


def wrong_content_encoding(response: CapturedResponse) -> CapturedResponse:
    """A body that claims to be compressed and is not."""
    return response.with_body(response.body, content_encoding="gzip")


def broken_gzip(response: CapturedResponse) -> CapturedResponse:
    """A compressed body whose second half is garbage."""
    # Flushed to a whole byte, after which 0xFF starts a block of a type that does not exist.
    # Arbitrary garbage could look like valid data by chance, and some clients would accept it.
    garbage = b"\xff" * 64
    return response.with_body(_first_half_packed(response.body) + garbage, content_encoding="gzip")


def cut_gzip(response: CapturedResponse) -> CapturedResponse:
    """The first half of a compressed body, with a matching Content-Length."""
    return response.with_body(_first_half_packed(response.body), content_encoding="gzip")


def _first_half_packed(body: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    return compressor.compress(body[: len(body) // 2]) + compressor.flush(zlib.Z_FULL_FLUSH)


def _of_the_api(response: CapturedResponse) -> dict[str, str]:
    """The headers that every response of the API has, and no others."""
    return {"content-type": "application/json"} | {
        name: value
        for name, value in response.headers.items()
        if name == "request-id" or name.startswith("stripe-")
    }
