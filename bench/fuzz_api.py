"""Fuzzes the GraphQL schema with schemathesis against a real server: documents that fit the schema,
and such as do not, asked by guests, by personas and by
staff. Nothing may come back that is a fault of ours: no
5xx, no masked error.

    python -m bench.fuzz_api --n 20000 --seed 1

The same seed asks the same questions of the same data. Ids, cursors and codes that exist are mixed in,
so that fields run on something. Points and attempts are not counted here; the limits of documents hold.
Exit code 1: something came back as a fault; each is printed with its document and its trace.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import orjson
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.progress import Progress
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.graphql import nodes

from app.cli.seed import seed_database
from app.cli.servers import Databases
from app.domain.identity.principal import Principal, PrincipalKind
from app.domain.identity.roles import Role
from app.integrations.local_servers import local_servers
from app.ports.seeding import SeedRecipe
from app.security.access_tokens import AccessTokens
from app.security.keys import SigningKeys
from app.storage.migrate import upgrade
from tests.e2e.live import Live, serving

FAULTS = {"INTERNAL", "TIMEOUT", "UNAVAILABLE"}
STAFF = "staff of every role"
PERSONAS = (None, "new-user", "regular", "gold-member", "heavy-coupon-holder", STAFF)
PATIENCE_S = 300.0
"""A busy machine is not what is looked for; a server that hangs is found all the same."""
UNCOUNTED: dict[str, Any] = {"YOUHUI_LIMITS_ENABLED": "0", "YOUHUI_OPERATION_DEADLINE_S": "240"}
BEIJING = "{latitude: 39.9042, longitude: 116.4074}"
KNOWN = f"""{{
  stations(near: {BEIJING}, radiusMeters: 50000, first: 20) {{
    pageInfo {{ endCursor }} edges {{ cursor node {{ id products {{ id }} }} }} }}
  offers(first: 40) {{ pageInfo {{ endCursor }} edges {{ cursor node {{ id }} }} }}
  regions(text: "京") {{ code name }}
  viewer {{
    id
    orders(first: 10) {{ edges {{ cursor node {{ id }} }} }}
    wallet {{ coupons(first: 20) {{ edges {{ cursor node {{ id }} }} }} }}
    points {{ statement(first: 5) {{ edges {{ cursor node {{ id }} }} }} }}
    referral {{ code }} }} }}"""
QUOTE = """query ($s: ID!) { checkoutPreview(input: {stationId: $s, fuelGrade: GASOLINE_92,
  fill: {pumpAmountFen: 20000}}) { preview { quote { token } } } }"""
SHARE_THAT_FITS = 0.7


@dataclass(frozen=True)
class Fault:
    status: int
    codes: tuple[str, ...]
    persona: str | None
    query: str
    request_id: str

    @property
    def kind(self) -> tuple[int, tuple[str, ...], str]:
        """The first line tells the operation and its root field: one of each is enough to see."""
        return self.status, self.codes, self.query[:60]


class Unanswered(Exception):
    """The server said nothing for as long as a client waits: there is no point in going on."""


@dataclass
class Tally:
    asked: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)


@dataclass
class Asker:
    """Asks one server over one connection. `tokens` by persona."""

    live: Live
    tokens: dict[str | None, str]
    connection: HTTPConnection
    tally: Tally = field(default_factory=Tally)

    def post(self, persona: str | None, query: str, variables: Any = None) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json"}
        if persona is not None:
            headers["Authorization"] = f"Bearer {self.tokens[persona]}"
        body = json.dumps({"query": query, "variables": variables})
        try:
            return self._sent(body, headers)
        except (ConnectionError, HTTPException):
            # Between two questions the server lets an idle connection go.
            self.connection.close()
            return self._sent(body, headers)

    def _sent(self, body: str, headers: dict[str, str]) -> tuple[int, Any]:
        self.connection.request("POST", "/graphql", body, headers)
        answer = self.connection.getresponse()
        return answer.status, orjson.loads(answer.read())

    def ask(self, persona: str | None, query: str) -> None:
        try:
            status, body = self.post(persona, query)
        except (OSError, HTTPException):
            self.tally.faults.append(Fault(0, ("NO_ANSWER",), persona, query, "-"))
            raise Unanswered from None
        told = [error["extensions"] for error in body.get("errors", ())]
        codes = tuple(sorted({one["code"] for one in told}))
        self.tally.asked += 1
        self.tally.codes.update(codes or ["(data)"])
        if status >= 500 or FAULTS & set(codes):
            ids = [one["requestId"] for one in told if "requestId" in one]
            self.tally.faults.append(Fault(status, codes, persona, query, (ids or ["-"])[0]))

    def known(self) -> tuple[list[str], list[str]]:
        """Ids, and other texts, that exist."""
        ids: set[str] = set()
        texts: set[str] = set()
        for persona in PERSONAS:
            _, body = self.post(persona, KNOWN)
            for name, value in _leaves(body["data"]):
                (ids if name == "id" else texts).add(value)
        station = min(each for each in ids if each.startswith("MXM"))
        for persona in PERSONAS[1:-1]:
            _, body = self.post(persona, QUOTE, {"s": station})
            texts |= {value for _, value in _leaves(body["data"])}
        return sorted(ids), sorted(texts)


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _leaves(member, key)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each, name)
    elif isinstance(value, str):
        yield name, value


def teach(ids: Sequence[str], texts: Sequence[str]) -> None:
    """What schemathesis draws scalars from: mostly what exists or nearly fits."""
    text = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)
    decimals = st.decimals(0, 1500, places=3).map(str) | st.sampled_from(
        ["0", "-1", "1e5", "NaN", "999999999999.999", "1.2345", "", " 1", "１"]
    )
    integers = st.integers(1, 40) | st.integers(1, 100_000) | st.integers(-(2**31), 2**31 - 1)
    places = st.floats(39, 41) | st.floats(115, 118) | st.floats(-200, 200)
    schemathesis.graphql.scalar("ID", (st.sampled_from(ids) | text).map(nodes.String))
    schemathesis.graphql.scalar("String", (st.sampled_from(texts) | text).map(nodes.String))
    schemathesis.graphql.scalar("Decimal", decimals.map(nodes.String))
    schemathesis.graphql.scalar("Int", integers.map(nodes.Int))
    schemathesis.graphql.scalar("Float", places.map(nodes.Float))


HEALTH = [
    HealthCheck.too_slow,
    HealthCheck.filter_too_much,
    HealthCheck.data_too_large,
    HealthCheck.large_base_example,
]
"""Hypothesis's advice to those who write strategies: these are the schema's."""


def fuzz(asker: Asker, n: int, seed_: int, tick: Callable[[int], object]) -> Tally:
    """Asks `n` questions. `tick`: told how many have been asked."""
    teach(*asker.known())
    schema = schemathesis.graphql.from_url(f"{asker.live.url}/graphql")
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    tally, round_ = asker.tally, 0
    while tally.asked < n:
        left = n - tally.asked
        each = max(1, min(50, left // len(operations) or 1))
        for operation in operations:
            for mode, share in (
                (GenerationMode.POSITIVE, SHARE_THAT_FITS),
                (GenerationMode.NEGATIVE, 1 - SHARE_THAT_FITS),
            ):
                times = min(max(1, round(each * share)), n - tally.asked)
                if times > 0:
                    _ask_about(
                        asker, operation.as_strategy(generation_mode=mode), times, seed_ + round_
                    )
                    tick(tally.asked)
        round_ += 1
    return tally


def _ask_about(asker: Asker, cases: st.SearchStrategy[Any], times: int, seed_: int) -> None:
    @seed(seed_)
    @settings(
        max_examples=times,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=HEALTH,
    )
    @given(cases, st.sampled_from(PERSONAS))
    def asked(case: Any, persona: str | None) -> None:
        asker.ask(persona, case.body)

    asked()


def trace_of(live: Live, request_id: str) -> str:
    """What the server's log says of a request."""
    found = [
        orjson.loads(line).get("exception", line)
        for line in live.log.read_text("utf-8").splitlines()
        if request_id in line and '"level":"error"' in line
    ]
    return "\n".join(found) or "(nothing in the log)"


def report(tally: Tally, live: Live, console: Console) -> None:
    shown: set[Any] = set()
    for fault in tally.faults:
        if fault.kind not in shown:
            shown.add(fault.kind)
            console.rule(f"{fault.status} {' '.join(fault.codes)} · {fault.persona or 'guest'}")
            console.print(fault.query, markup=False)
            console.print(trace_of(live, fault.request_id), markup=False)


@contextmanager
def asking(live: Live, data_dir: Path) -> Iterator[Asker]:
    """`data_dir`: the server's, which holds what it signs with."""
    tokens = AccessTokens(SigningKeys.kept_under(data_dir), lifetime=timedelta(days=1))
    staff = Principal(kind=PrincipalKind.STAFF, id=1, roles=frozenset(Role))
    found: dict[str | None, str] = {
        name: live.token(name) for name in PERSONAS if name is not None and name != STAFF
    }
    found[STAFF] = tokens.issue(staff, datetime.now(UTC))
    with closing(HTTPConnection(urlsplit(live.url).netloc, timeout=PATIENCE_S)) as connection:
        yield Asker(live, found, connection)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--n", type=int, default=20_000, help="questions (default 20000)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    console = Console(stderr=True, width=120)
    with tempfile.TemporaryDirectory(prefix="youhui-fuzz-") as name:
        folder = Path(name)
        with local_servers(folder / "servers", durable=False) as local:
            at = Databases(local.database_url, local.redis_url, local)
            upgrade(at.database_url)
            seed_database(at, SeedRecipe(stations=60, members=20))
            with (
                serving(at.database_url, at.redis_url, folder / "live", **UNCOUNTED) as live,
                asking(live, folder / "live") as asker,
            ):
                with Progress(console=console) as progress:
                    bar = progress.add_task("模糊测试 fuzzing", total=options.n)
                    with suppress(Unanswered):
                        fuzz(
                            asker,
                            options.n,
                            options.seed,
                            lambda n: progress.update(bar, completed=n),
                        )
                report(asker.tally, live, console)
    tally = asker.tally
    click.echo(
        json.dumps(
            {
                "bench": "fuzz_api",
                "seed": options.seed,
                "asked": tally.asked,
                "faults": len(tally.faults),
                "codes": dict(tally.codes.most_common()),
            }
        )
    )
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
