"""A package index for one test: `python index_server.py PACKAGES COMMAND_LINES [ACTION ...]`.

pypiserver on a free loopback port; it prints its address. The actions (update, download, list) ask
for the login in INDEX_USER and INDEX_PASSWORD. At each login, the command lines of all processes
are written down, so that a test can tell whether a password was among them.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pypiserver


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *_arguments):
        pass


def command_lines():
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended
            yield path.read_bytes().replace(b"\0", b" ").decode(errors="replace")


def main(packages, seen, *actions):
    login = (os.environ["INDEX_USER"], os.environ["INDEX_PASSWORD"])

    def auther(user, password):
        with Path(seen).open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in command_lines())
        return (user, password) == login

    app: Any = pypiserver.app(
        roots=[Path(packages)], authenticate=list(actions), auther=auther, disable_fallback=True
    )
    with make_server("127.0.0.1", 0, app, Server, QuietHandler) as server:
        sys.stdout.write(f"http://127.0.0.1:{server.server_port}/\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
