"""VCR.py, set up for these cassettes: the same way for recording and for replaying.

VCR.py does the recording and the matching. Files, filters and matchers are ours: its own drop
blank parameters, compare no headers, and write down every header there is, the key among them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode

from vcr import VCR as _VCR  # pyright: ignore[reportMissingTypeStubs] - published without types
from vcr.request import Request as _Request  # pyright: ignore[reportMissingTypeStubs] - the same

from ..errors import RecordingError
from . import network
from .document import REQUEST_HEADERS, RESPONSE_HEADERS, Cassette, Interaction, split_uri
from .scrubbing import Scrubber

BASE_URL = "https://api.stripe.com"
"""Where every request in a cassette goes to, whoever answered it."""

# VCR.py asks for a path, and for a second one of those who read it; neither is used.
_PATH = "cassette"

# VCR.py is published without types, and those that pyright guesses are wrong.
VCR: Any = _VCR
VCRRequest: TypeAlias = Any


_FORM = "application/x-www-form-urlencoded"


def _is_form(request: VCRRequest) -> bool:
    content_type: str = request.headers.get("content-type", "")
    return content_type.partition(";")[0].strip().lower() == _FORM


def _form(request: VCRRequest) -> list[tuple[str, str]]:
    """The parameters in the body of a request."""
    content: bytes = request.body or b""
    return parse_qsl(content.decode("utf-8"), keep_blank_values=True) if _is_form(request) else []


# --- Recording ------------------------------------------------------------------------------------


@contextmanager
def recording(base_url: str, scrubber: Scrubber) -> Generator[list[Interaction]]:
    """Record what is asked of `base_url` in here; the list is filled once the block is left.

    Raises:
        RecordingError: Something went elsewhere, or cannot be written down as text.
    """
    recorder = _Recorder(base_url, scrubber)
    vcr = VCR(
        record_mode="all",
        before_record_request=recorder.check_request,
        decode_compressed_response=True,
        record_on_exception=False,
    )
    vcr.register_persister(recorder)
    interactions: list[Interaction] = []
    with vcr.use_cassette(_PATH):
        yield interactions
    interactions.extend(recorder.interactions())


class ReplayError(AssertionError):
    """A replay did something else than its cassette says."""


class _Recorder:
    """VCR.py's persister: keeps what it has recorded, and writes nothing.

    An error in `save_cassette` would leave VCR.py's patches in place, so all else happens later.
    """

    def __init__(self, base_url: str, scrubber: Scrubber) -> None:
        self._recorded: list[tuple[VCRRequest, Mapping[str, Any]]] = []
        self._base_url = base_url
        self._scrubber = scrubber

    def load_cassette(self, _path: str, **_: object) -> tuple[list[Any], list[Any]]:
        """Nothing has been recorded so far."""
        return [], []

    def save_cassette(self, _path: str, recorded: Mapping[str, Any], **_: object) -> None:
        """Take over what VCR.py has recorded."""
        self._recorded = list(zip(recorded["requests"], recorded["responses"], strict=True))

    def interactions(self) -> list[Interaction]:
        """What was recorded, without secrets."""
        return [self._interaction(request, response) for request, response in self._recorded]

    def check_request(self, request: VCRRequest) -> VCRRequest:
        """`request`, if it is one that a cassette has room for."""
        where = self._scrubber.text(request.uri)
        if not request.uri.startswith(f"{self._base_url}/"):
            raise RecordingError(where, "this is not where the API is", "Leave base_url alone")
        if request.body and not _is_form(request):
            raise RecordingError(where, "its body is no form", "Teach the cassettes about that")
        return request

    def _interaction(self, request: VCRRequest, response: Mapping[str, Any]) -> Interaction:
        scrub = self._scrubber.text
        url, query = split_uri(request.uri)
        path = url.removeprefix(self._base_url)
        return Interaction(
            method=request.method,
            url=f"{BASE_URL}{scrub(path)}",
            query=[(scrub(name), scrub(value)) for name, value in query],
            request_headers=_kept(request.headers, REQUEST_HEADERS, scrub),
            status=response["status"]["code"],
            response_headers=_kept(_single(response["headers"]), RESPONSE_HEADERS, scrub),
            body=self._body(request, response),
            form=[(scrub(name), scrub(value)) for name, value in _form(request)],
        )

    def _body(self, request: VCRRequest, response: Mapping[str, Any]) -> str:
        encoding = _single(response["headers"]).get("content-encoding")
        try:
            text = response["body"]["string"].decode("utf-8")
        except UnicodeDecodeError:
            text = None
        if text is None or encoding:
            raise RecordingError(
                self._scrubber.text(request.uri),
                f"the answer is not text ({encoding or 'not UTF-8'})",
                "Leave it out",
            )
        return self._scrubber.body(text)


def _kept(
    headers: Mapping[str, str], names: frozenset[str], scrub: Callable[[str], str]
) -> dict[str, str]:
    lower = {name.lower(): value for name, value in headers.items()}
    return {name: scrub(lower[name]) for name in sorted(names & lower.keys())}


def _single(headers: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {name.lower(): ", ".join(values) for name, values in headers.items()}


# --- Replaying ------------------------------------------------------------------------------------


@contextmanager
def replaying(cassette: Cassette) -> Generator[None]:
    """Answer the requests that are made in here from `cassette`, without any network.

    Raises:
        CannotOverwriteExistingCassetteException: VCR.py's, for a request that was not recorded.
        NetworkBlockedError: A request went past VCR.py.
        ReplayError: A recorded request was not made, or not in its turn.
    """
    vcr = VCR(
        record_mode="none",
        match_on=[matcher.__name__ for matcher in MATCHERS],
        drop_unused_requests=False,  # it would write, even in this mode
    )
    for matcher in MATCHERS:
        vcr.register_matcher(matcher.__name__, matcher)
    player = _Player(cassette)
    vcr.register_persister(player)
    with network.blocked(), vcr.use_cassette(_PATH) as tape:
        yield
    _check_complete(cassette, list(tape.play_counts))
    if player.was_to_be_written:
        raise ReplayError("a replay was about to write a cassette")


def _check_complete(cassette: Cassette, played: Sequence[int]) -> None:
    recorded = range(len(cassette.interactions))
    unused = [cassette.interactions[number].uri for number in recorded if number not in played]
    if unused:
        raise ReplayError(f"recorded, but not asked for: {', '.join(unused)}")
    if list(played) != list(recorded):
        raise ReplayError(f"recorded in another order; they came as {played}")


class _Player:
    """VCR.py's persister: hands it the interactions of a cassette."""

    def __init__(self, cassette: Cassette) -> None:
        self._cassette = cassette
        self.was_to_be_written = False

    def load_cassette(self, _path: str, **_: object) -> tuple[list[Any], list[Any]]:
        """The requests and the answers."""
        interactions = self._cassette.interactions
        return [_request(one) for one in interactions], [_response(one) for one in interactions]

    def save_cassette(self, *_: object, **__: object) -> None:
        """Write nothing, and tell later: an error here would leave VCR.py's patches in place."""
        self.was_to_be_written = True


def _request(interaction: Interaction) -> VCRRequest:
    headers = dict(interaction.request_headers)
    if interaction.form:
        headers["content-type"] = _FORM
    return _Request(interaction.method, interaction.uri, urlencode(interaction.form), headers)


def _response(interaction: Interaction) -> dict[str, Any]:
    return {
        "status": {"code": interaction.status, "message": interaction.reason},
        "headers": {name: [value] for name, value in interaction.response_headers.items()},
        "body": {"string": interaction.body.encode()},
    }


# --- Matching: each compares a request that is made with a recorded one ---------------------------


def method(made: VCRRequest, recorded: VCRRequest) -> None:
    _same(made.method, recorded.method)


def url(made: VCRRequest, recorded: VCRRequest) -> None:
    """Scheme, host, port and path, exactly."""
    _same(split_uri(made.uri)[0], split_uri(recorded.uri)[0])


def query(made: VCRRequest, recorded: VCRRequest) -> None:
    """The decoded parameters, blank ones too.

    In any order, except for those of one name: there the last one counts. An array's values have
    no order.
    """
    _same(_sorted_query(made.uri), _sorted_query(recorded.uri))


def selecting_headers(made: VCRRequest, recorded: VCRRequest) -> None:
    """The headers that decide what the answer is."""
    for name in ("stripe-version", "stripe-account"):
        _same((name, made.headers.get(name)), (name, recorded.headers.get(name)))


def body(made: VCRRequest, recorded: VCRRequest) -> None:
    """The parameters of a form, in the same sense as those of a query; any other body exactly."""
    if _is_form(made) and _is_form(recorded):
        _same(_sorted_pairs(_form(made)), _sorted_pairs(_form(recorded)))
    else:
        _same(made.body or b"", recorded.body or b"")


MATCHERS = (method, url, query, selecting_headers, body)


def _sorted_query(uri: str) -> list[tuple[str, str]]:
    return _sorted_pairs(split_uri(uri)[1])


def _sorted_pairs(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(pairs, key=lambda pair: (pair[0], pair[1] if pair[0].endswith("[]") else ""))


def _same(made: object, recorded: object) -> None:
    if made != recorded:
        raise AssertionError(f"{made} is not {recorded}")
