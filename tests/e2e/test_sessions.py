"""Sessions over two real processes of one server: what one ends, no other believes."""

import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.live import Live, eventually, serving
from tests.sessions.asking import REFRESH, SESSIONS, SIGN_IN, SIGN_OUT, WHO
from tests.support.wechat import wechat

OFTEN = 8
"""Connections anew, so that both processes are asked."""


@pytest.fixture
def house(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[Live]:
    with (
        wechat() as port,
        serving(
            database_url,
            redis_url,
            tmp_path / "data",
            "--workers",
            "2",
            YOUHUI_LOGIN_SIMULATOR_PORT=str(port),
        ) as live,
    ):
        yield live


def ask(live: Live, query: str, *, token: str | None = None, **given: Any) -> Any:
    bearer = {} if token is None else {"Authorization": f"Bearer {token}"}
    headers = {"Youhui-Channel": "app", "Connection": "close", **bearer}
    return live.ask(query, given, headers=headers).json()


def code(answer: Any) -> str | None:
    return answer["errors"][0]["extensions"]["code"] if "errors" in answer else None


def member_of(answer: Any) -> str | None:
    viewer = answer["data"]["viewer"]
    return viewer and viewer["id"]


def sign_in(live: Live) -> Any:
    answer = ask(live, SIGN_IN, code="ok-wang")
    return answer["data"]["signIn"]


def refused_everywhere(live: Live, token: str) -> bool:
    return all(code(ask(live, WHO, token=token)) == "TOKEN_INVALID" for _ in range(OFTEN))


def test_sign_in_refresh_list_and_sign_out_everywhere(house: Live):
    phone, tablet = sign_in(house), sign_in(house)
    mine = phone["viewer"]["id"]
    assert tablet["viewer"]["id"] == mine
    token = phone["tokens"]["accessToken"]
    assert all(member_of(ask(house, WHO, token=token)) == mine for _ in range(OFTEN))

    old = phone["tokens"]["refreshToken"]
    pairs = [refreshed(house, old) for _ in range(3)]
    assert len({pair["refreshToken"] for pair in pairs}) == 1

    listed = ask(house, SESSIONS, token=pairs[0]["accessToken"])["data"]["viewer"]["sessions"]
    assert sorted(session["current"] for session in listed) == [False, True]

    done = ask(house, SIGN_OUT, token=pairs[0]["accessToken"], input={"everywhere": True})
    assert done["data"]["signOut"] == {"sessions": [], "userErrors": []}
    for ended in (token, pairs[0]["accessToken"], tablet["tokens"]["accessToken"]):
        eventually(lambda ended=ended: refused_everywhere(house, ended))
    assert refreshed(house, pairs[0]["refreshToken"]) is None
    assert refreshed(house, tablet["tokens"]["refreshToken"]) is None


def refreshed(live: Live, token: str) -> Any:
    answer = live.ask(REFRESH, {"token": token}, headers={"Connection": "close"}).json()
    return answer["data"]["refreshSession"]["tokens"]


def keys(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "app.cli", "keys", *arguments]
    environment = {"YOUHUI_DATA_DIR": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def published(live: Live) -> list[str]:
    answer = live.http.get("/.well-known/jwks.json")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    return [key["kid"] for key in answer.json()["keys"]]


def test_keys_are_rotated_and_retired_under_running_processes(house: Live, tmp_path: Path):
    folder = tmp_path / "data"
    before = sign_in(house)["tokens"]
    [old] = published(house)
    keys(folder, "rotate")
    eventually(lambda: len(published(house)) == 2 and published(house)[0] != old)
    after = sign_in(house)["tokens"]
    for tokens, _ in itertools.product((before, after), range(OFTEN)):
        assert member_of(ask(house, WHO, token=tokens["accessToken"])) is not None

    keys(folder, "retire", old)
    eventually(lambda: refused_everywhere(house, before["accessToken"]))
    assert refreshed(house, before["refreshToken"]) is None
    assert refreshed(house, after["refreshToken"]) is not None
    assert old not in published(house)
    assert "已退役" in keys(folder, "list")
