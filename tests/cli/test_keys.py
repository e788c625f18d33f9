"""`youhui keys`: what operators are told, and what they cannot do by mistake."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.keys import keys
from app.security.followed_keys import read_keys
from app.security.keys import KEY_FILE, new_key_pem


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YOUHUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path / "data"


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(keys, arguments)
    assert result.exit_code == code, result.output
    return result


def test_the_list_shows_which_key_signs_and_nothing_secret(folder: Path):
    said = run("list").output
    kept = read_keys(folder)
    assert f"{kept.current_id} │ 签名并验证 signs and verifies" in said
    assert (folder / KEY_FILE).read_text().splitlines()[1] not in said


def test_a_rotation_and_a_retirement_are_shown(folder: Path):
    run("list")
    old = read_keys(folder).current_id
    said = run("rotate").output
    assert f"{old} │ 验证 verifies" in said
    assert f"{old} │ 已退役 retired" in run("retire", old).output


def test_the_key_that_signs_stays(folder: Path):
    run("list")
    current = read_keys(folder).current_id
    said = run("retire", current, code=1).output
    assert "youhui keys rotate" in said
    assert "什么都没有改" in said
    assert read_keys(folder).current_id == current


def test_an_unknown_key_is_told(folder: Path):
    assert "没有验证用的密钥 nope" in run("retire", "nope", code=1).output


def test_keys_of_the_setting_are_shown_but_not_changed_here(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    pems = new_key_pem() + new_key_pem()
    monkeypatch.setenv("YOUHUI_SIGNING_KEY", pems.decode())
    monkeypatch.setenv("YOUHUI_RETIRED_SIGNING_KEY", new_key_pem().decode())
    said = run("list").output
    assert all(said.count(word) == 1 for word in ("签名并验证", "│ 验证", "已退役"))
    for change in (("rotate",), ("retire", "x")):
        assert "YOUHUI_SIGNING_KEY" in run(*change, code=2).output
    assert not folder.exists()


def test_a_file_that_holds_no_key_is_told(folder: Path):
    run("list")
    (folder / KEY_FILE).write_text("nothing")
    assert "签名密钥无法使用" in run("list", code=2).output
