"""`make publish`, in a clone of its own, to a real index on this machine."""

import os
import re
import shutil
import socket
import struct
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import keyring
import pytest
from keyring.backends import null

from scripts.errors import ReleaseError
from scripts.publish import main
from scripts.release.distributions import sha256
from scripts.release.environments import locked_packages, make_environment
from scripts.release.indexes import Index, Login, configured_indexes, find_index, find_login
from scripts.release.preconditions import require_changelog_entry
from scripts.release.published import not_published_yet, of_version, published_files
from tests.packaging.support import (
    CACHE,
    PASSWORD,
    RUNTIME_LOCK,
    THIS_PYTHON,
    USER,
    Distributions,
    IndexServer,
    build_distributions,
    call_the_sandbox,
    copy_project,
    index_server,
    pinned,
    run,
    substitute,
    succeed,
    write_netrc,
)

NOWHERE = "http://127.0.0.1:9/"
TABLE = "[tool.stripe-invoice-payments.indexes]"

# The table with everything that a maintainer has listed, up to another one.
LISTED = r"^\[tool\.stripe-invoice-payments\.indexes(?s:.*?)(?=^\[(?!tool\.stripe-)|\Z)"


@dataclass(frozen=True)
class Clone:
    """A clone of this repository in which a version can be published."""

    root: Path
    capture: pytest.CaptureFixture[str]

    def publish(self, index: str = "internal") -> tuple[int, str]:
        """Run the command; returns the exit code and all that it printed."""
        code = main([index], self.root)
        output = "".join(self.capture.readouterr())
        assert PASSWORD not in output
        assert "Traceback" not in output
        return code, output

    def configure(self, upload: str, simple: str) -> None:
        """List an index, and commit that."""
        self.list_as(f'{{ upload = "{upload}", simple = "{simple}" }}')
        self.commit()

    def list_as(self, setting: str) -> None:
        substitute(self.root / "pyproject.toml", LISTED, f"{TABLE}\ninternal = {setting}\n\n")

    def write_changelog(self, entries: str) -> None:
        (self.root / "CHANGELOG.md").write_text(f"# Changelog\n\n{entries}", "utf-8")

    def write_news(self, name: str, text: str) -> None:
        (self.root / "changes").mkdir(exist_ok=True)
        (self.root / "changes" / name).write_text(text, "utf-8")

    def check(self, script: str) -> None:
        """Make this the project's checks, and commit them."""
        (self.root / ".ci").mkdir(exist_ok=True)
        (self.root / ".ci" / "run").write_text(f"{script}\n", "utf-8")
        self.commit()

    def build(self) -> Distributions:
        """What publishing this clone is to upload."""
        return build_distributions(self.root, self.root.parent / "expected")

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qm", "Release")

    def git(self, *arguments: str) -> str:
        return succeed(["git", *arguments], self.root)


@pytest.fixture(autouse=True)
def _no_login(monkeypatch, tmp_path):
    """The machine's own logins stay out of the tests."""
    for name in ("TWINE_USERNAME", "TWINE_PASSWORD", "TWINE_REPOSITORY_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "no-netrc"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture
def login(monkeypatch) -> None:
    monkeypatch.setenv("TWINE_USERNAME", USER)
    monkeypatch.setenv("TWINE_PASSWORD", PASSWORD)


@pytest.fixture
def clone(project, tmp_path, capfd, distributions) -> Clone:
    """A clone with a changelog entry and checks that pass, and no index."""
    clone = Clone(copy_project(project, tmp_path / "clone"), capfd)
    # Whatever index and changelog the checkout has: it may be about to be published.
    substitute(clone.root / "pyproject.toml", LISTED, f"{TABLE}\n\n")
    clone.write_changelog(f"## [{distributions.version}] - 2026-06-01\n\n- Something.\n")
    clone.git("init", "--quiet")
    clone.check("echo all checks passed")
    return clone


@pytest.fixture
def index(server: IndexServer, clone: Clone) -> IndexServer:
    """An index that asks for a login for everything, listed in the clone."""
    clone.configure(server.url, server.simple)
    return server


@pytest.mark.usefixtures("login")
class TestPublishing:
    def test_users_install_both_files_by_the_lines_it_prints(
        self, clone, index, tmp_path, sandbox, monkeypatch
    ):
        expected = clone.build()

        code, output = clone.publish()

        assert code == 0
        assert "all checks passed\n" in output
        assert index.files == {expected.wheel.name, expected.sdist.name}
        for path in (expected.wheel, expected.sdist):
            assert f"{path.name}: uploaded\n" in output
            assert (index.packages / path.name).read_bytes() == path.read_bytes()
        commit, tag = clone.git("rev-parse", "HEAD")[:12], f"v{expected.version}"
        assert output.endswith(f"git tag -a {tag} -m {tag} {commit}\n")
        assert f"the hashes of the wheel and of the sdist:\n\n{pinned(expected)}\n" in output
        pins = output[output.index("stripe-invoice-payments==") :]
        (tmp_path / "internal.txt").write_text(pins.partition("\n\n")[0], "utf-8")
        write_netrc(tmp_path / "netrc", "127.0.0.1")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        packages = locked_packages(THIS_PYTHON, RUNTIME_LOCK, CACHE)
        interpreter = make_environment(tmp_path / "environment", THIS_PYTHON, packages)
        command = ["install", "--require-hashes", "--no-deps", "--index-url", index.simple]
        command = [THIS_PYTHON, "-m", "pip", "--python", interpreter, *command]
        succeed([*command, "-r", "internal.txt"], tmp_path, {"PIP_CONFIG_FILE": os.devnull})
        assert call_the_sandbox(interpreter, sandbox) == expected.version

    @pytest.mark.parametrize("which", ["name", "upload", "simple"])
    def test_an_index_is_named_by_its_name_or_address(self, clone, index, which):
        listed = Index("internal", index.url, index.simple)

        assert find_index(clone.root, getattr(listed, which)) == listed
        assert find_index(clone.root, getattr(listed, which).rstrip("/")) == listed

    def test_what_is_published_is_the_commit(self, clone, index, distributions):
        (clone.root / ".git" / "info" / "exclude").write_text("scratch.py\n", "utf-8")
        package = clone.root / "custom" / "stripe_invoice_payments"
        (package / "scratch.py").write_text("scratch = 1\n", "utf-8")

        assert clone.publish()[0] == 0

        wheel = index.packages / distributions.wheel.name
        assert wheel.read_bytes() == distributions.wheel.read_bytes()

    def test_make_publish_is_the_command(self, clone, index):
        # What the target stands on, .venv, is set up already: that of this checkout.
        command = ["make", "-o", ".venv/ready", f"BIN={Path(sys.executable).parent}", "publish"]

        finished = run([*command, "INDEX=internal"], clone.root)

        assert finished.code == 0, finished.output
        assert len(index.files) == 2
        assert "INDEX=: is not an index" in run(command, clone.root).output
        for seen in (finished.output, index.command_lines.read_text("utf-8")):
            assert PASSWORD not in seen
        if Path("/proc/self/cmdline").exists():
            assert "-m twine upload" in seen

    def test_the_checks_do_not_take_its_arguments_for_theirs(self, clone, index, monkeypatch):
        for name in ("MAKEFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "INDEX", "ARGS"):
            monkeypatch.setenv(name, "from make publish")
        clone.check("! env | grep 'from make publish'")

        assert clone.publish()[0] == 0

    def test_the_checks_do_not_see_the_password(self, clone, index):
        clone.check('test -z "$TWINE_PASSWORD$TWINE_USERNAME" && exit 7')

        assert "error: .ci/run: failed with exit code 7." in clone.publish()[1]


class TestLogins:
    INDEX = Index("internal", "https://packages.example.com/upload/", "https://x.example.com/")

    def test_from_the_environment(self, monkeypatch):
        monkeypatch.setenv("TWINE_USERNAME", USER)
        monkeypatch.setenv("TWINE_PASSWORD", PASSWORD)

        assert find_login(self.INDEX) == Login(USER, PASSWORD)

    def test_from_netrc(self, tmp_path, monkeypatch):
        write_netrc(tmp_path / "netrc", "packages.example.com")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

        assert find_login(self.INDEX) == Login(USER, PASSWORD)
        assert PASSWORD not in repr(find_login(self.INDEX))

    def test_from_the_keyring(self, monkeypatch):
        class Keyring(null.Keyring):
            def get_password(self, service, username, password=None):
                known = (service, username) == (TestLogins.INDEX.upload, USER)
                return PASSWORD if known else password

        monkeypatch.setenv("TWINE_USERNAME", USER)
        before = keyring.get_keyring()
        keyring.set_keyring(Keyring())
        try:
            assert find_login(self.INDEX) == Login(USER, PASSWORD)
        finally:
            keyring.set_keyring(before)

    def test_without_one_it_says_where_they_come_from(self, clone, index):
        code, output = clone.publish()

        assert code == 2
        assert f"error: {index.url}: no login found. Set TWINE_USERNAME and " in output
        assert f"~/.netrc, or set TWINE_USERNAME and run `keyring set {index.url} <" in output

    def test_a_pypirc_is_not_read(self, clone, index, tmp_path, monkeypatch):
        pypirc = f"[distutils]\nindex-servers = x\n[x]\nrepository = {index.url}\n"
        (tmp_path / ".pypirc").write_text(f"{pypirc}username = {USER}\npassword = {PASSWORD}\n")
        monkeypatch.setenv("HOME", str(tmp_path))

        assert clone.publish()[0] == 2


@pytest.mark.usefixtures("login")
class TestRefusals:
    """Nothing was uploaded, and the one line says what to do."""

    def test_a_project_that_lists_no_index(self, clone):
        assert configured_indexes(clone.root) == []

        code, output = clone.publish("https://packages.example.com/upload/")

        assert code == 2
        assert output.startswith(
            "error: INDEX=https://packages.example.com/upload/: is not an index that this project "
            "may be published to; listed: none. Name a listed one, or list it under "
        )

    def test_an_index_that_is_not_listed(self, clone, index):
        code, output = clone.publish("elsewhere")

        assert code == 2
        assert "error: INDEX=elsewhere: is not an index" in output
        assert "; listed: internal. " in output

    @pytest.mark.parametrize(
        ("upload", "problem"),
        [
            ("http://packages.example.com/", "would send the password and the package unencrypted"),
            ("http://127.0.0.1.example.com/", "would send the password"),
            ("ftp://packages.example.com/", "would send the password"),
            ("https://someone:s3cret@packages.example.com/", "an address with a login in it"),
            ("packages.example.com", "'packages.example.com' is not an address"),
        ],
    )
    def test_an_address_that_gives_something_away(self, clone, upload, problem):
        clone.configure(upload, "https://packages.example.com/simple/")

        code, output = clone.publish()

        assert code == 2
        assert "error: pyproject.toml, tool.stripe-invoice-payments.indexes.internal: " in output
        assert problem in output
        assert "s3cret" not in output

    def test_a_login_in_the_argument(self, clone):
        code, output = clone.publish("https://someone:s3cret@packages.example.com/")

        assert code == 2
        assert "error: INDEX: an address with a login in it is kept in histories" in output
        assert "s3cret" not in output

    @pytest.mark.parametrize("setting", ['"https://x.example.com/"', "{ upload = 'https://x/' }"])
    def test_an_index_that_is_listed_wrongly(self, clone, setting):
        clone.list_as(setting)

        code, output = clone.publish()

        assert code == 2
        assert "indexes.internal: it needs `upload` and `simple`, the two addresses" in output

    @pytest.mark.parametrize("state", ["changed", "untracked", "staged"])
    def test_a_dirty_tree(self, clone, index, state):
        name = "README.md" if state == "changed" else "notes.txt"
        (clone.root / name).write_text("new", "utf-8")
        if state == "staged":
            clone.git("add", name)

        code, output = clone.publish()

        assert code == 2
        assert f"error: {clone.root}: not everything is committed: {name}. Commit it or" in output
        assert index.files == set()

    def test_a_tree_that_is_no_clone(self, clone, index):
        shutil.rmtree(clone.root / ".git")

        code, output = clone.publish()

        assert code == 2
        assert "not a git repository" in output
        assert "Publish from a clone of the repository." in output

    @pytest.mark.parametrize(
        "entries", ["## [Unreleased]\n\n- New.\n", "## [99.0.0] - 2099-01-01\n\n- Other.\n"]
    )
    def test_a_version_without_a_changelog_entry(self, clone, index, distributions, entries):
        clone.write_changelog(entries)
        clone.commit()

        code, output = clone.publish()

        assert code == 2
        assert f"error: CHANGELOG.md: has no entry for {distributions.version}. Run " in output
        assert index.files == set()

    def test_news_that_the_changelog_lacks(self, clone, index, distributions):
        clone.write_news("+a.fixed.md", "A mistake.\n")
        clone.commit()

        code, output = clone.publish()

        assert code == 2
        lacks = f"error: CHANGELOG.md: lacks news for version {distributions.version}: +a.fixed.md"
        assert lacks in output
        assert index.files == set()

    def test_the_command_that_it_names_writes_the_entry(self, clone, index, distributions):
        clone.write_changelog("## [Unreleased]\n\n### Added\n\n- By hand.\n")
        clone.write_news("+a.fixed.md", "A mistake,\nat last.\n")
        clone.commit()

        succeed([THIS_PYTHON, "-m", "towncrier", "build", "--yes"], clone.root)

        written = (clone.root / "CHANGELOG.md").read_text("utf-8")
        heading = (
            rf"## \[Unreleased\]\n\n## \[{re.escape(distributions.version)}\] - \d{{4}}-\d\d-\d\d"
        )
        items = r"### Fixed\n\n- A mistake,\n  at last\.\n\n+### Added\n\n- By hand\."
        assert re.fullmatch(rf"# Changelog\n\n{heading}\n\n{items}\n", written)
        require_changelog_entry(clone.root, distributions.version)

    def test_a_failed_check(self, clone, index):
        clone.check("echo something is wrong; exit 3")

        code, output = clone.publish()

        assert code == 2
        assert "something is wrong\n" in output
        assert "error: .ci/run: failed with exit code 3. Mend what it shows" in output
        assert index.files == set()

    def test_a_version_that_is_there_already(self, clone, index, distributions):
        for path in (distributions.wheel, distributions.sdist):
            shutil.copy(path, index.packages)
        clone.check("echo too late")

        code, output = clone.publish()

        assert code == 2
        assert f"error: {index.simple}: has version {distributions.version} already. A " in output
        assert "too late" not in output

    def test_an_index_that_is_not_there(self, clone):
        clone.configure(NOWHERE, f"{NOWHERE}simple/")

        code, output = clone.publish()

        assert code == 2
        assert f"error: {NOWHERE}simple/stripe-invoice-payments/: no answer: " in output
        assert "Connection refused. Check the address and the network." in output

    def test_an_index_that_looks_for_packages_elsewhere(self, clone):
        location = b"Location: http://127.0.0.2/simple/\r\n"
        with Answering(b"303 See Other\r\n" + location) as url:
            clone.configure(url, f"{url}simple/")
            code, output = clone.publish()

        assert code == 2
        assert "what the index does not have it looks for at 127.0.0.2. Whoever owns " in output

    def test_an_address_that_is_of_no_index(self, clone):
        with Answering(b"200 OK\r\nContent-Type: text/plain\r\n") as url:
            clone.configure(url, f"{url}simple/")
            code, output = clone.publish()

        assert code == 2
        assert "no page of a package index: " in output

    def test_an_index_that_does_not_work(self, clone):
        with Answering(b"500 Oh no\r\n") as url:
            clone.configure(url, f"{url}simple/")
            code, output = clone.publish()

        assert code == 2
        assert "the index answered 500 Oh no. Try again, or ask its operators." in output


@pytest.mark.usefixtures("login")
class TestConflicts:
    def test_a_file_with_other_bytes(self, clone, index, distributions):
        (index.packages / distributions.sdist.name).write_bytes(b"somebody else's")

        code, output = clone.publish()

        assert code == 2
        assert f"has another {distributions.sdist.name} than this tree makes (sha256 " in output
        assert "raise the version, or have that file removed." in output
        assert index.files == {distributions.sdist.name}

    def test_a_file_of_another_kind(self, index, distributions):
        other = f"stripe_invoice_payments-{distributions.version}-cp312-cp312-win_amd64.whl"
        (index.packages / other).write_bytes(b"somebody else's")
        listed = Index("internal", index.url, index.simple)
        published = published_files(listed, Login(USER, PASSWORD))

        with pytest.raises(ReleaseError, match=f"has another {other} than this tree makes"):
            found = of_version(published, distributions.version)
            not_published_yet(listed, [distributions.wheel], found)

    def test_other_versions_are_none(self, index, distributions, other_version):
        shutil.copy(other_version.wheel, index.packages)
        listed = Index("internal", index.url, index.simple)
        published = published_files(listed, Login(USER, PASSWORD))

        assert of_version(published, other_version.version) == {
            other_version.wheel.name: sha256(other_version.wheel)
        }
        assert of_version(published, distributions.version) == {}


class TestWrongPasswords:
    @pytest.fixture(autouse=True)
    def _wrong(self, monkeypatch):
        monkeypatch.setenv("TWINE_USERNAME", USER)
        monkeypatch.setenv("TWINE_PASSWORD", "wr0ng")

    def test_where_reading_asks_for_it(self, clone, index):
        code, output = clone.publish()

        assert code == 2
        assert "403 Forbidden: the index refuses maintainer. Check the user and the" in output
        assert "wr0ng" not in output

    def test_where_only_uploading_asks_for_it(self, clone, tmp_path):
        with index_server(tmp_path, "update") as server:
            clone.configure(server.url, server.simple)
            code, output = clone.publish()

        assert code == 1
        assert ".tar.gz was not uploaded: HTTPError: 403 Forbidden from " in output
        assert "wr0ng" not in output
        assert server.files == set()


@pytest.mark.usefixtures("login")
class TestADyingServer:
    def test_the_same_command_goes_on(self, clone, server, distributions):
        first, second = distributions.sdist, distributions.wheel
        with Dying(server.url) as proxy:
            clone.configure(proxy.url, f"{proxy.url}simple/")
            proxy.dies_after(first.stat().st_size + second.stat().st_size // 2)

            code, output = clone.publish()

            assert code == 1
            assert f"{first.name}: uploaded\n" in output
            assert f"error: {proxy.url}: {second.name} was not uploaded: " in output
            assert output.endswith(
                "When that is mended, run the same command again: "
                "it goes on where this one stopped.\n"
            )
            assert server.files == {first.name}

            proxy.lives()
            code, output = clone.publish()

        assert code == 0
        assert f"{first.name}: there already, the same bytes\n" in output
        assert f"{second.name}: uploaded\n" in output
        for path in server.packages.iterdir():
            assert f"--hash=sha256:{sha256(path)}" in output

    def test_a_torn_file_that_the_index_kept_is_found(self, clone, server, distributions):
        with Dying(server.url, politely=True) as proxy:
            clone.configure(proxy.url, f"{proxy.url}simple/")
            proxy.dies_after(distributions.sdist.stat().st_size // 2)
            assert clone.publish()[0] == 1
            assert server.files == {distributions.sdist.name}

            proxy.lives()
            code, output = clone.publish()

        assert code == 2
        assert f"has another {distributions.sdist.name} than this tree makes (sha256 " in output
        assert "have that file removed." in output


class Answering:
    """A server that gives every connection the same answer."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        return self.url

    def __exit__(self, *_error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 " + self._answer + b"Content-Length: 0\r\n\r\n")


class Dying:
    """A proxy before an index that dies once so many bytes went to the index.

    A polite one tells the index that the upload has ended, so that it takes what it has.
    """

    def __init__(self, url: str, *, politely: bool = False) -> None:
        self._target = (urlsplit(url).hostname or "", urlsplit(url).port or 0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._politely = politely
        self._left = sys.maxsize
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def dies_after(self, uploaded: int) -> None:
        self._left = uploaded

    def lives(self) -> None:
        self._left = sys.maxsize

    def __enter__(self) -> "Dying":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                if self._left > 0:
                    self._forward(connection)

    def _forward(self, connection: socket.socket) -> None:
        with socket.create_connection(self._target) as upstream:
            if not self._politely:  # closing it resets the connection
                upstream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            back = threading.Thread(target=_pump, args=(upstream, connection), daemon=True)
            back.start()
            while chunk := connection.recv(4096):
                self._left -= len(chunk)
                if self._left <= 0:
                    break
                upstream.sendall(chunk)
            if self._left <= 0:
                connection.shutdown(socket.SHUT_RDWR)
            if self._politely:
                upstream.shutdown(socket.SHUT_WR)
                back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(4096):
            target.sendall(chunk)
