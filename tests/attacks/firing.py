"""Fires a case at its server, and judges what came back."""

import json
import re
import socket
import string
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

from tests.attacks.reading import Case, Expected
from tests.attacks.sockets import converse
from tests.attacks.target import Target
from tests.e2e.live import Live

PATIENCE_S = 60.0
_callers = count(1)


@dataclass
class Shot:
    """What one request of a case came to. `closed`: the code of a WebSocket's end."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    closed: int | None = None

    def entries(self) -> list[Any]:
        """Of `errors`, wherever one is in what was said."""
        return [error for body in self.bodies() for error in _errors(body)]

    def bodies(self) -> list[Any]:
        found = []
        for line in self.text.splitlines():
            try:
                found.append(orjson.loads(line))
            except orjson.JSONDecodeError:
                continue
        return found


def _errors(body: Any) -> list[Any]:
    if not isinstance(body, dict):
        return []
    told = body.get("errors", body.get("payload"))
    if isinstance(told, dict):
        told = told.get("errors")
    return told if isinstance(told, list) else []


def fire(target: Target, case: Case) -> Shot:
    """The last of the case's requests. Each run comes from an address of its own."""
    for theft in case.steal:
        if theft.name not in target.stolen:
            target.stolen[theft.name] = _stolen(target, theft)
    number = next(_callers)
    address = f"198.51.{number // 250 % 250}.{number % 250}"
    shot = Shot()
    for _ in range(case.times):
        shot = _once(target, case, address)
    return shot


def _once(target: Target, case: Case, address: str) -> Shot:
    live = target.servers[case.server]
    headers = {
        "X-Forwarded-For": address,
        "Content-Type": "application/json",
        "Accept-Language": "en",
    }
    bearer = target.bearer(case)
    if bearer is not None:
        headers["Authorization"] = f"Bearer {bearer}"
    headers |= case.headers
    headers = {name: value for name, value in headers.items() if value}
    if case.raw is not None:
        return _raw(live, case.raw)
    if case.socket is not None:
        messages = _filled(case.socket, target.stolen)
        told = [(name.encode(), value.encode()) for name, value in headers.items()]
        code, said = converse(urlsplit(live.url).port or 0, messages, case.protocol, told)
        return Shot(text="\n".join(said), closed=code)
    return _http(live, case, headers, _asked(target, case))


def _asked(target: Target, case: Case) -> dict[str, Any]:
    asked: dict[str, Any] = dict(_filled(case.extra, target.stolen))
    if case.query is not None:
        asked["query"] = _filled(case.query, target.stolen)
    if case.document is not None:
        asked["documentId"] = target.document_ids[case.document]
    if case.variables is not None:
        asked["variables"] = _filled(case.variables, target.stolen)
    return asked


def _http(live: Live, case: Case, headers: Mapping[str, str], asked: dict[str, Any]) -> Shot:
    path, body = case.path, case.body
    if case.method == "GET":
        sent = {k: v if isinstance(v, str) else json.dumps(v) for k, v in asked.items()}
        path += "?" + "&".join(f"{name}={quote(value)}" for name, value in sent.items())
    elif body is None:
        body = orjson.dumps(asked)
    with closing(HTTPConnection(urlsplit(live.url).netloc, timeout=PATIENCE_S)) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # answered before all was heard
            connection.request(case.method, path, body, dict(headers))
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Shot(answer.status, told, answer.read().decode("utf-8", "replace"))


def _raw(live: Live, octets: bytes) -> Shot:
    port = urlsplit(live.url).port
    with closing(socket.create_connection(("127.0.0.1", port), PATIENCE_S)) as wire:
        heard = b""
        try:
            wire.sendall(octets)
            while not _whole(heard) and (chunk := wire.recv(65_536)):
                heard += chunk
        except ConnectionResetError:
            pass
    head, _, body = heard.decode("utf-8", "replace").partition("\r\n\r\n")
    first = head.split(" ", 2)
    status = int(first[1]) if len(first) > 1 and first[1].isdigit() else None
    lines = (line.partition(":") for line in head.splitlines()[1:])
    return Shot(status, {name.lower(): value.strip() for name, _, value in lines}, body)


def _whole(heard: bytes) -> bool:
    """Whether an answer has come with all of its body."""
    head, end, body = heard.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    return bool(end) and length is not None and len(body) >= int(length[1])


def _stolen(target: Target, theft: Any) -> Any:
    live = target.servers["open"]
    asked = {"query": theft.query, "variables": _filled(theft.variables, target.stolen)}
    headers = {"Authorization": f"Bearer {target.token(theft.persona)}"}
    body = live.http.post("/graphql", json=asked, headers=headers).json()
    found = _at(body["data"], theft.at)
    assert found, f"{theft.persona} has nothing at {theft.at}: {body}"
    return found


def _filled(said: Any, known: Mapping[str, Any]) -> Any:
    """With `$name` replaced by what is known; other names are GraphQL's own variables."""
    if isinstance(said, str):
        return string.Template(said).safe_substitute(known) if "$" in said else said
    if isinstance(said, Mapping):
        return {name: _filled(value, known) for name, value in said.items()}
    if isinstance(said, list | tuple):
        return [_filled(value, known) for value in said]
    return said


def _at(value: Any, path: str) -> Any:
    for step in path.split("."):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def faults_of(shot: Shot, expect: Expected) -> list[str]:
    """In what the answer is not as expected; none: it was refused as it should be."""
    return [*_of_http(shot, expect), *_of_body(shot, expect)]


def _of_http(shot: Shot, expect: Expected) -> Iterator[str]:
    if expect.status is not None and shot.status != expect.status:
        yield f"status {shot.status}, not {expect.status}"
    if expect.closes is not None and shot.closed != expect.closes:
        yield f"closed with {shot.closed}, not {expect.closes}"
    for name in expect.headers:
        if name.lower() not in shot.headers:
            yield f"no header {name}"
    for name in expect.no_headers:
        if name.lower() in shot.headers:
            yield f"header {name}: {shot.headers[name.lower()]}"
    if shot.status is not None and shot.status >= 500:
        yield f"a fault of the server: {shot.status}"


def _of_body(shot: Shot, expect: Expected) -> Iterator[str]:
    told = [error.get("extensions", {}) for error in shot.entries()]
    codes = [one.get("code") for one in told]
    if {"INTERNAL", "TIMEOUT"} & set(codes):
        yield f"a masked fault: {codes}"
    refusals = [refusal["code"] for body in shot.bodies() for refusal in _refusals(body)]
    limits = [one.get("limit") for one in told]
    for name, wanted, found in (
        ("codes", expect.code, codes),
        ("limits", expect.limit, limits),
        ("userErrors", expect.refusal, refusals),
    ):
        if wanted is not None and wanted not in found:
            yield f"{name} {found}, not {wanted}"
    yield from (f"{path} is not null" for path in expect.null if not _null(shot, path))
    yield from (f"the answer holds {text}" for text in expect.absent if text in shot.text)


def _null(shot: Shot, path: str) -> bool:
    try:
        return _at(shot.bodies()[0]["data"], path) is None
    except (LookupError, TypeError):
        return False


def _refusals(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.get("userErrors") or ()
        for each in value.values():
            yield from _refusals(each)
    elif isinstance(value, list):
        for each in value:
            yield from _refusals(each)


def next_served(target: Target, case: Case) -> bool:
    """Whether a plain request to the same server is answered with data."""
    live = target.servers[case.server]
    _, body = target.plain(case.server)
    with closing(HTTPConnection(urlsplit(live.url).netloc, timeout=PATIENCE_S)) as connection:
        connection.request("POST", "/graphql", body, {"Content-Type": "application/json"})
        answer = orjson.loads(connection.getresponse().read())
    return bool(answer.get("data")) and "errors" not in answer
