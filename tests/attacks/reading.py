"""Cases out of YAML.

A text is a string, or pieces that are joined: strings and {times, of, between}, where `{n}` in `of`
is the piece's number. In variables, {list, times} is a list of so many. `$name` in variables and queries
is what `steal` found before, or what the target gives every case (`$card`, …).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class Theft:
    """`persona` asks `query`; what stands at `at` is known as `name` afterwards."""

    name: str
    persona: str
    query: str
    at: str
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """All that is given must hold, of the last answer. `code`: of an entry of `errors`; `refusal`:
    of an entry of some `userErrors`; `null`: a path in `data`; `absent`: texts that the answer does
    not hold; `headers`: names that it has, `no_headers`: that it has not; `closes`: the code that
    ends a WebSocket; `says`: the type of a message of a WebSocket that has an error of `code`."""

    status: int | None = None
    code: str | None = None
    limit: str | None = None
    refusal: str | None = None
    null: Sequence[str] = ()
    absent: Sequence[str] = ()
    headers: Sequence[str] = ()
    no_headers: Sequence[str] = ()
    closes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`server`: "open" runs what is sent, as in development; "trusted" is as in production.
    `persona` signs in; `token`: a forged one, by its name in `forging`. `body` is sent as it is;
    `raw` goes down a bare TCP connection; `socket`: messages to a WebSocket. `times`: how often;
    `document`: the name of a shipped operation, asked for by its id."""

    theme: str
    name: str
    why: str
    expect: Expected
    server: str = "open"
    method: str = "POST"
    path: str = "/graphql"
    query: str | None = None
    variables: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    raw: bytes | None = None
    socket: Sequence[Any] | None = None
    protocol: str = "graphql-transport-ws"
    headers: Mapping[str, str] = field(default_factory=dict)
    persona: str | None = None
    token: str | None = None
    document: str | None = None
    times: int = 1
    steal: Sequence[Theft] = ()

    @property
    def id(self) -> str:
        return f"{self.theme}-{self.name}"


def cases() -> list[Case]:
    """In the order of their files. Raises `ValueError` for two of one name."""
    found = [
        _case(path.stem, said)
        for path in sorted(CASES.glob("*.yaml"))
        for said in yaml.safe_load(path.read_text("utf-8"))
    ]
    names = [case.id for case in found]
    if len(set(names)) != len(names):
        raise ValueError("two cases have one name")
    return found


def _case(theme: str, said: dict[str, Any]) -> Case:
    given = dict(said)
    for name in ("query", "body", "raw"):
        if name in given:
            text = text_of(given[name])
            given[name] = text if name == "query" else text.encode("utf-8", "surrogateescape")
    if "body_hex" in given:
        given["body"] = bytes.fromhex(given.pop("body_hex"))
    for name in ("variables", "extra", "socket"):
        if name in given:
            given[name] = values_of(given[name])
    if "headers" in given:
        given["headers"] = {name: text_of(value) for name, value in given["headers"].items()}
    given["steal"] = [Theft(**theft) for theft in given.get("steal", ())]
    given["expect"] = Expected(**given["expect"])
    return Case(theme=theme, **given)


def text_of(said: Any) -> str:
    if isinstance(said, str):
        return said
    if isinstance(said, list):
        return "".join(map(text_of, said))
    pieces = (said["of"].replace("{n}", str(number)) for number in range(said["times"]))
    return said.get("between", "").join(pieces)


def values_of(said: Any) -> Any:
    if isinstance(said, dict):
        if said.keys() == {"list", "times"}:
            return [values_of(said["list"])] * said["times"]
        if said.keys() == {"text"}:
            return text_of(said["text"])
        if said.keys() == {"keys"}:
            return {f"k{number}": number for number in range(said["keys"])}
        return {name: values_of(value) for name, value in said.items()}
    if isinstance(said, list):
        return [values_of(value) for value in said]
    return said
