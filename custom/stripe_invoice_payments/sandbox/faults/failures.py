"""Answers gone wrong: each function takes what the client should have got."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from .response import Answer

Change = Callable[[Answer], Answer]

_PROXY_PAGE = """\
<html>
<head><title>{title}</title></head>
<body><center><h1>{title}</h1></center><hr><center>proxy</center></body>
</html>
"""


def error_as_string(answer: Answer) -> Answer:
    """An error of which all is said in one word, as OAuth has it."""
    return Answer(400, _of_the_api(answer), b'{"error":"invalid_request"}')


def error_without_body(answer: Answer) -> Answer:
    """A 500 and nothing else."""
    return Answer(500, _of_the_api(answer), b"")


def proxy_page(status: int, title: str, **headers: str) -> Change:
    """A page of HTML from something in between, which knows nothing of request ids."""

    def change(_answer: Answer) -> Answer:
        page = _PROXY_PAGE.format(title=title).encode()
        return Answer(status, {}, b"").with_body(page, content_type="text/html", **headers)

    return change


def redirect(answer: Answer) -> Answer:
    """A redirect to another host, which nobody may follow: the key would go with it."""
    location = "https://redirected.invalid/"
    return Answer(307, {**_of_the_api(answer), "location": location}, b"")


def empty_body(answer: Answer) -> Answer:
    """The right status and headers, and no body."""
    return answer.with_body(b"")


def cut_json(answer: Answer) -> Answer:
    """The first half of the body, as if it were all."""
    return answer.with_body(answer.body[: len(answer.body) // 2])


def wrong_charset(answer: Answer) -> Answer:
    """A body that claims to be UTF-8 and is Latin-1."""
    text = '{"sandbox_note":"Zoë Müller",' + answer.body.decode()[1:]
    body = text.encode("latin-1", "replace")
    return answer.with_body(body, content_type="application/json; charset=utf-8")


def wrong_content_encoding(answer: Answer) -> Answer:
    """A body that claims to be compressed and is not."""
    return answer.with_body(answer.body, content_encoding="gzip")


def broken_gzip(answer: Answer) -> Answer:
    """A compressed body that is garbage from its middle on."""
    # Flushed to a whole byte, after which 0xFF starts a block of a kind that does not exist. Just
    # any garbage may by chance look like data that goes on, which not every client minds.
    garbage = b"\xff" * 64
    return answer.with_body(_first_half_packed(answer.body) + garbage, content_encoding="gzip")


def cut_gzip(answer: Answer) -> Answer:
    """The first half of a compressed body, as if it were all."""
    return answer.with_body(_first_half_packed(answer.body), content_encoding="gzip")


def _first_half_packed(body: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    return compressor.compress(body[: len(body) // 2]) + compressor.flush(zlib.Z_FULL_FLUSH)


def _of_the_api(answer: Answer) -> dict[str, str]:
    """The headers that every answer of the API has."""
    return {"content-type": "application/json"} | {
        name: value
        for name, value in answer.headers.items()
        if name == "request-id" or name.startswith("stripe-")
    }
