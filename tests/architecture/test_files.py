"""Sizes, and what no file of the repository may name."""

import pytest

from tests.architecture import rules
from tests.architecture.tree import ROOT, files, python_files


def texts() -> list[tuple[str, str]]:
    """Every file that is text, with its content."""
    found: list[tuple[str, str]] = []
    for path in files():
        try:
            found.append((path, (ROOT / path).read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def test_no_function_and_no_file_is_too_long() -> None:
    found = {
        path: long
        for path in python_files()
        if (long := rules.too_long(path, (ROOT / path).read_text()))
    }
    assert found == {}


@pytest.mark.parametrize(("path", "lines"), [("app/domain/shared/a.py", 201), ("app/a.py", 351)])
def test_the_file_length_rule_bites(path: str, lines: int) -> None:
    assert rules.too_long(path, "x = 1\n" * lines) != []
    assert rules.too_long(path, "x = 1\n" * (lines - 1)) == []


@pytest.mark.parametrize("kind", ["def", "async def"])
def test_the_function_length_rule_bites(kind: str) -> None:
    assert rules.too_long("app/a.py", f"{kind} f():\n" + "    x = 1\n" * 60) != []
    assert rules.too_long("app/a.py", f"{kind} f():\n" + "    x = 1\n" * 59) == []


def test_no_file_names_a_registry_host() -> None:
    assert {p: hosts for p, text in texts() if (hosts := rules.registry_hosts(text))} == {}


@pytest.mark.parametrize("host", ["py" + "pi.org", "files.python" + "hosted.org", "npm" + "js.org"])
def test_the_registry_rule_bites(host: str) -> None:
    assert rules.registry_hosts(f'"resolved": "https://{host}/left-pad.tgz"') != []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert {p: found for p, text in texts() if (found := rules.machine_paths(text))} == {}


@pytest.mark.parametrize("root", ["wo" + "rk", "t" + "mp", "ro" + "ot", "ho" + "me"])
def test_the_path_rule_bites(root: str) -> None:
    assert rules.machine_paths(f"open('/{root}/somebody/file')") != []
    assert rules.machine_paths(f"see docs/{root}/page.md and ./{root}/x") == []


def test_every_test_runs() -> None:
    found = {
        path: excused
        for path in python_files("tests/")
        if (excused := rules.excuses((ROOT / path).read_text()))
    }
    assert found == {}


def test_the_excuse_rule_bites() -> None:
    assert rules.excuses("import pytest\n@pytest.mark.xfail\ndef test_a(): ...") != []
    assert rules.excuses("import pytest\n@pytest.mark.skip\ndef test_a(): ...") != []
