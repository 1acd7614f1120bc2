"""Plain copies, made and judged by `python -m stripe_invoice_payments.vendor`, from the wheel."""

import errno
import importlib.util
import json
import marshal
import os
import py_compile
import re
import sys
import zipfile
from hashlib import sha256
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any

import pytest

from scripts.release.environments import install, make_environment
from stripe_invoice_payments.vendor import copies
from stripe_invoice_payments.vendor.__main__ import main
from stripe_invoice_payments.vendor.copies import compare
from tests.packaging.support import (
    THIS_PYTHON,
    Distributions,
    Finished,
    build_distributions,
    copy_project,
    mypy_strict,
    run,
    set_version,
    succeed,
)

TAG = sys.implementation.cache_tag


def header(flags: int, python: str) -> bytes:
    """The header of a compiled file, of this Python or of another."""
    magic = importlib.util.MAGIC_NUMBER if python == "this" else b"\x00\x00\r\n"
    return magic + flags.to_bytes(4, "little") + bytes(8)


def compile_to_cache(source: Path, mode: PycInvalidationMode, text: str) -> Path:
    """Compile a source, or `text` in place of it, with the header that belongs to the source."""
    compiled = py_compile.compile(str(source), doraise=True, invalidation_mode=mode)
    assert compiled is not None
    place = Path(compiled)
    if text:
        code = marshal.dumps(compile(text, str(source), "exec"))
        place.write_bytes(place.read_bytes()[:16] + code)
    return place


CLIENT = Path("stripe_invoice_payments/_client.py")


def vendor(wheel: Distributions, *arguments: str | Path) -> Finished:
    """Run the command out of a wheel that is not installed, with a Python that has nothing else."""
    directory = wheel.wheel.parent
    command = [THIS_PYTHON, "-S", "-m", "stripe_invoice_payments.vendor", *arguments]
    return run(command, directory, {"PYTHONPATH": wheel.wheel})


@pytest.fixture
def copy(tmp_path, distributions) -> Path:
    """A fresh copy."""
    place: Path = tmp_path / "third_party" / "stripe"
    finished = vendor(distributions, "copy", place)
    assert finished.code == 0, finished.output
    return place


def manifest(copy: Path) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((copy / "manifest.json").read_text("utf-8"))
    return parsed


def files(copy: Path) -> dict[str, bytes]:
    return {str(p.relative_to(copy)): p.read_bytes() for p in copy.rglob("*") if p.is_file()}


class TestCopying:
    def test_it_holds_both_packages_as_they_are_in_the_wheel(self, copy, distributions):
        with zipfile.ZipFile(distributions.wheel) as archive:
            expected = {
                name: archive.read(name)
                for name in archive.namelist()
                if name.startswith(("stripe_invoice_payments/", "stripe_invoice_payments_api/"))
                and not any(part in name for part in ("/cli/", "/sandbox/", "/spark/", "/vendor/"))
                and not name.endswith(("/__main__.py", "/opentelemetry.py", "/pytest_plugin.py"))
            }
            expected["LICENSE"] = archive.read(
                next(name for name in archive.namelist() if name.endswith("/licenses/LICENSE"))
            )
        copied = files(copy)
        del copied["manifest.json"]

        assert copied == expected
        assert "stripe_invoice_payments/py.typed" in copied

    def test_the_manifest_says_what_it_is_and_where_from(self, copy, distributions):
        digest = sha256(distributions.wheel.read_bytes()).hexdigest()
        shown = manifest(copy)

        assert shown["distribution"] == "stripe-invoice-payments"
        assert shown["version"] == distributions.version
        assert shown["source"] == f"{distributions.wheel.name} sha256:{digest}"
        assert shown["files"] == {
            name: sha256(content).hexdigest()
            for name, content in files(copy).items()
            if name != "manifest.json"
        }
        assert str(copy.parent) not in json.dumps(shown)

    def test_a_job_uses_it_from_the_path(self, copy, host, sandbox):
        program = f"""
import stripe_invoice_payments as sdk
with sdk.Client(api_key="{sandbox.api_key}", base_url="{sandbox.base_url}") as client:
    print(client.invoice_payments.list(limit=1).data[0].object, sdk.__file__)
"""
        shown = succeed([host, "-c", program], copy.parent, {"PYTHONPATH": copy})

        assert shown == f"invoice_payment {copy}/stripe_invoice_payments/__init__.py\n"

    def test_mypy_strict_passes_on_it_and_on_what_uses_it(self, copy, host):
        (copy.parent / "job.py").write_text(
            "from stripe_invoice_payments import Client, InvoicePayment\n\n"
            "def first(client: Client) -> InvoicePayment:\n"
            "    client.invoice_payments.list(limit='1')  # type: ignore[arg-type]\n"
            "    return client.invoice_payments.list(limit=1).data[0]\n",
            "utf-8",
        )
        output = mypy_strict(host, copy.parent, "job.py", copy, path=copy)

        assert re.fullmatch(r"Success: no issues found in \d+ source files\n", output), output

    def test_the_sandbox_comes_if_asked_for(self, tmp_path, distributions):
        place = tmp_path / "with"

        assert vendor(distributions, "copy", "--with-sandbox", place).code == 0
        assert "stripe_invoice_payments/sandbox/server.py" in manifest(place)["files"]
        assert vendor(distributions, "check", place).code == 0

    def test_an_installed_package_copies_itself(self, tmp_path, distributions):
        interpreter = make_environment(tmp_path / "environment", THIS_PYTHON)
        install(interpreter, "--no-deps", str(distributions.wheel))
        command = [interpreter, "-m", "stripe_invoice_payments.vendor"]

        succeed([*command, "copy", tmp_path / "copy"], tmp_path)

        assert (
            manifest(tmp_path / "copy")["source"]
            == f"an installed stripe-invoice-payments {distributions.version}"
        )
        succeed([*command, "check", tmp_path / "copy"], tmp_path)
        assert vendor(distributions, "check", tmp_path / "copy").code == 0

    def test_a_new_version_replaces_the_old_one_whole(self, copy, other_version):
        (copy / "stripe_invoice_payments" / "__pycache__").mkdir()
        before = manifest(copy)["files"].keys()

        finished = vendor(other_version, "copy", copy)

        assert finished.code == 0
        assert (
            finished.output == f"{copy}: {len(before)} files of stripe-invoice-payments 99.0.0.\n"
        )
        assert manifest(copy)["version"] == "99.0.0"
        assert not (copy / "stripe_invoice_payments" / "__pycache__").exists()
        assert [path.name for path in copy.parent.iterdir()] == [copy.name]

    def test_edits_are_not_overwritten_unless_told(self, copy, distributions):
        (copy / CLIENT).write_text("edited = True\n", "utf-8")

        refused = vendor(distributions, "copy", copy)

        assert refused.code == 2
        assert refused.output.startswith(f"error: {copy}: was edited since it was copied, and ")
        assert (copy / CLIENT).read_text("utf-8") == "edited = True\n"
        assert vendor(distributions, "copy", "--force", copy).code == 0
        assert vendor(distributions, "check", copy).code == 0

    def test_a_directory_that_is_something_else_is_left_alone(self, tmp_path, distributions):
        (tmp_path / "ours.py").touch()

        refused = vendor(distributions, "copy", "--force", tmp_path)

        assert refused.code == 2
        assert "is there already, and is not a copy. Name a directory of its own." in refused.output
        assert (tmp_path / "ours.py").exists()

    def test_a_place_that_cannot_be_written_is_named(self, tmp_path, distributions):
        (tmp_path / "file").touch()

        refused = vendor(distributions, "copy", tmp_path / "file" / "copy")

        assert refused.code == 2
        assert f"error: {tmp_path / 'file' / 'copy'}: cannot be written: " in refused.output

    def test_a_copy_that_cannot_be_finished_leaves_the_old_one(self, tmp_path, monkeypatch, capsys):
        place = tmp_path / "copy"
        assert main(["copy", str(place)]) == 0
        before = files(place)

        def full(path: Path, _content: bytes) -> None:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))

        monkeypatch.setattr(Path, "write_bytes", full)

        assert main(["copy", str(place)]) == 2
        assert "cannot be written: No space left on device. " in capsys.readouterr().err
        assert files(place) == before
        assert [path.name for path in tmp_path.iterdir()] == ["copy"]

    def test_a_swap_that_fails_is_undone(self, tmp_path, monkeypatch, capsys):
        place = tmp_path / "copy"
        assert main(["copy", str(place)]) == 0
        before = files(place)
        rename = Path.rename

        def fail_once(path: Path, target: Path) -> Path:
            if path.name == "new":
                raise OSError(errno.EACCES, "Permission denied")
            return rename(path, target)

        monkeypatch.setattr(Path, "rename", fail_once)

        assert main(["copy", str(place)]) == 2
        assert "Permission denied" in capsys.readouterr().err
        assert files(place) == before


class TestChecking:
    def test_an_untouched_copy_passes(self, copy, distributions):
        (copy / "stripe_invoice_payments" / "__pycache__").mkdir()

        finished = vendor(distributions, "check", copy)

        assert finished.code == 0
        expected = f"{copy}: stripe-invoice-payments {distributions.version}, as it was copied.\n"
        assert finished.output == expected

    @pytest.mark.parametrize("flag", ["-B", "-O", "-OO", "-q"])
    def test_what_python_compiled_in_it_is_no_edit(self, copy, distributions, flag):
        program = (
            "import stripe_invoice_payments_api.models, stripe_invoice_payments as sdk; sdk.Page"
        )
        environment = {"PYTHONPATH": copy, "PYTHONDONTWRITEBYTECODE": ""}
        succeed([THIS_PYTHON, flag, "-c", program], copy.parent, environment)

        assert any(copy.rglob("models.cpython-*.pyc")) == (flag != "-B")
        assert vendor(distributions, "check", copy).code == 0
        for path in copy.rglob("*.py"):
            os.utime(path, (1, 1))  # as after a checkout: what was compiled is out of date
        assert vendor(distributions, "check", copy).code == 0

    @pytest.mark.parametrize("mode", list(PycInvalidationMode))
    @pytest.mark.parametrize("honest", [True, False])
    def test_compiled_files(self, copy, mode, honest):
        source = copy / "stripe_invoice_payments_api" / "models.py"
        compiled = compile_to_cache(source, mode, "" if honest else "raise SystemExit('evil')")

        assert (main(["check", str(copy)]) == 0) == (
            honest and mode is not PycInvalidationMode.UNCHECKED_HASH
        )
        assert compare(copy).added == (
            []
            if honest and mode is not PycInvalidationMode.UNCHECKED_HASH
            else [compiled.relative_to(copy).as_posix()]
        )

    @pytest.mark.parametrize(
        ("name", "content", "found"),
        [
            ("__pycache__/models.cpython-399.pyc", header(0, "other"), False),
            ("__pycache__/models.cpython-399.pyc", header(1, "other"), True),
            ("__pycache__/models.cpython-399.pyc", header(2, "other"), True),
            (f"__pycache__/models.{TAG}.pyc", header(0, "other"), True),
            (f"__pycache__/models.{TAG}.pyc", header(0, "this"), True),
            (f"__pycache__/models.{TAG}.pyc", header(0, "this") + b"garbage", True),
            (f"__pycache__/models.{TAG}.opt-3.pyc", header(0, "this"), True),
            (f"__pycache__/gone.{TAG}.pyc", header(0, "other"), True),
            ("__pycache__/models.cpython-399.pyc", b"", True),
            ("__pycache__/models.pyc", header(0, "other"), True),
            ("__pycache__/models.py", b"", True),
            ("models.pyc", header(0, "this"), True),
            ("models.cpython-311-x86_64-linux-gnu.so", b"", True),
            ("models.pyd", b"", True),
            ("models/__init__.py", b"", True),
            ("../evil.pth", b"import evil", True),
            ("../httpx/__init__.py", b"", True),
        ],
    )
    def test_added_files(self, copy, name, content, found):
        path = copy / "stripe_invoice_payments_api" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)

        assert compare(copy).added == ([str(path.resolve().relative_to(copy.resolve()))] * found)
        assert main(["check", str(copy)]) == (1 if found else 0)

    def test_links_and_directories_are_no_files(self, copy):
        package = copy / "stripe_invoice_payments_api"
        for name in ("models.py", "params.py"):
            (package / name).rename(copy.parent / name)
        (package / "models.py").symlink_to(copy.parent / "models.py")  # of the same content
        (package / "params.py").mkdir()
        (package / "linked").symlink_to(copy.parent, target_is_directory=True)
        (package / "empty").mkdir()

        found = compare(copy)

        assert found.changed == [f"{package.name}/models.py", f"{package.name}/params.py"]
        assert found.added == [f"{package.name}/empty", f"{package.name}/linked"]
        assert found.missing == []

    def test_a_linked_manifest_is_found(self, copy):
        (copy / "manifest.json").rename(copy.parent / "manifest.json")
        (copy / "manifest.json").symlink_to(copy.parent / "manifest.json")

        assert compare(copy).added == ["manifest.json"]

    def test_each_edited_file_is_listed(self, copy, distributions):
        with (copy / CLIENT).open("a", encoding="utf-8") as file:
            file.write("# edited\n")
        (copy / "stripe_invoice_payments" / "_pages" / "pages.py").unlink()
        (copy / "stripe_invoice_payments" / "extra.py").touch()

        finished = vendor(distributions, "check", copy)

        assert finished.code == 1
        assert finished.output.splitlines()[:3] == [
            f"changed: {copy / CLIENT}",
            f"missing: {copy}/stripe_invoice_payments/_pages/pages.py",
            f"added: {copy}/stripe_invoice_payments/extra.py",
        ]
        assert finished.output.endswith(
            f"{copy}: edited since it was copied. "
            f"Restore: python -m stripe_invoice_payments.vendor copy --force {copy}\n"
        )

    def test_an_edit_that_the_manifest_covers_up_is_found(self, copy, distributions):
        content = b"edited = True\n"
        (copy / CLIENT).write_bytes(content)
        doctored = manifest(copy)
        doctored["files"][str(CLIENT)] = sha256(content).hexdigest()
        (copy / "manifest.json").write_text(json.dumps(doctored), "utf-8")

        finished = vendor(distributions, "check", copy)

        assert finished.code == 1
        assert finished.output.startswith(f"changed: {copy}/manifest.json\n")

    def test_another_version_is_out_of_date(self, copy, distributions, other_version):
        finished = vendor(other_version, "check", copy)

        assert finished.code == 3
        assert finished.output == (
            f"{copy}: version {distributions.version}, and this is 99.0.0.\n"
            f"Replace: python -m stripe_invoice_payments.vendor copy {copy}\n"
        )

    def test_edited_and_out_of_date_says_both(self, copy, other_version):
        (copy / CLIENT).unlink()

        finished = vendor(other_version, "check", copy)

        assert finished.code == 1
        assert f"missing: {copy / CLIENT}\n" in finished.output
        assert "and this is 99.0.0." in finished.output

    @pytest.mark.parametrize(
        "content", [None, "", "[]", "{}", '{"version": "1"}', '{"distribution": "other"}', "{"]
    )
    def test_what_is_not_a_copy_is_refused(self, tmp_path, content, capsys):
        if content is not None:
            (tmp_path / "manifest.json").write_text(content, "utf-8")

        assert main(["check", str(tmp_path)]) == 2

        assert re.match(
            r"error: .*/manifest\.json: (cannot be read: No such file|is not the manifest of)",
            capsys.readouterr().err,
        )


def test_a_copy_does_not_judge_itself(copy):
    finished = run(
        [THIS_PYTHON, "-m", "stripe_invoice_payments.vendor", "check", copy],
        copy.parent,
        {"PYTHONPATH": copy},
    )
    assert finished.code == 1
    assert "No module named stripe_invoice_payments.vendor" in finished.output


def test_code_without_its_metadata_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(copies, "__version__", "0.0.0")

    with pytest.raises(copies.CopyError, match=r"no licence of version 0\.0\.0 beside it\. Run"):
        copies.copy_to(tmp_path / "copy")


def test_a_version_that_has_fewer_files_leaves_none_behind(project, tmp_path, copy):
    next_project = copy_project(project, tmp_path / "project")
    set_version(next_project, "100.0.0")
    (next_project / "custom" / "stripe_invoice_payments" / "_webhooks.py").unlink()
    newer = build_distributions(next_project, tmp_path / "dist")

    assert vendor(newer, "copy", copy).code == 0

    assert not (copy / "stripe_invoice_payments" / "_webhooks.py").exists()
    assert vendor(newer, "check", copy).code == 0
