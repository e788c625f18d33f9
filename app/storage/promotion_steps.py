"""The steps of promotions' lives as they lie in the tables, and those to be written.

Everything happens in the caller's transaction, which must hold the catalog version.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Text, any_, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.promotions.lifecycle import (
    OPEN,
    SERVED,
    Act,
    State,
    Step,
    UnknownVersion,
    next_state,
)
from app.storage.tables import PromotionLiveRow, PromotionStepRow, PromotionVersionRow, table_of

LIVE = table_of(PromotionLiveRow)
STEP = table_of(PromotionStepRow)
VERSION = table_of(PromotionVersionRow)

Version = tuple[str, int]
Document = Mapping[str, Any]


@dataclass(slots=True)
class Lives:
    """Versions of some promotions with their steps; `served`: the version of each code that is.

    `moment`: when the transaction's acts are done.
    """

    moment: datetime
    steps: dict[str, dict[int, list[Step]]]
    served: dict[str, int]
    _new: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    _touched: set[str] = field(default_factory=set[str])

    @classmethod
    async def of(cls, connection: AsyncConnection, codes: Sequence[str]) -> "Lives":
        wanted = any_(literal(list(codes), ARRAY(Text)))
        moment = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
        steps: dict[str, dict[int, list[Step]]] = defaultdict(dict)
        query = select(VERSION.c.code, VERSION.c.version).where(VERSION.c.code == wanted)
        for code, version in await connection.execute(query):
            steps[code][version] = []
        for row in await connection.execute(
            select(STEP)
            .where(STEP.c.code == wanted)
            .order_by(STEP.c.code, STEP.c.version, STEP.c.step)
        ):
            steps[row.code][row.version].append(step_of(row))
        served: dict[str, int] = {}
        for row in await connection.execute(select(LIVE).where(LIVE.c.code == wanted)):
            served[row.code] = row.version
            _complete(steps[row.code][row.version], paused=row.paused, at=moment)
        for done in (done for versions in steps.values() for done in versions.values()):
            if not done:
                done.append(_unknown(Act.REPLACE, State.ENDED, moment))
        return cls(moment, steps, served)

    def newest(self, code: str) -> int:
        """Raises `UnknownVersion` where there is none."""
        if not self.steps.get(code):
            raise UnknownVersion(code)
        return max(self.steps[code])

    def state(self, code: str, version: int) -> State:
        """Raises `UnknownVersion`."""
        if version not in self.steps.get(code, {}):
            raise UnknownVersion(code, version)
        return self.steps[code][version][-1].state

    def do(self, code: str, version: int, act: Act, by: str, note: str | None = None) -> State:
        """Raises `LifecycleRefusal`."""
        done = self.steps[code].setdefault(version, [])
        state = next_state(code, version, done, act, by)
        done.append(Step(act=act, state=state, by=by, at=self.moment, note=note))
        self._new.append(
            {
                "code": code,
                "version": version,
                "step": len(done),
                "act": act.value,
                "state": state.value,
                "done_by": by,
                "done_at": self.moment,
                "note": note,
            }
        )
        if state in SERVED or self.served.get(code) == version:
            self._touched.add(code)
        return state

    def publish(self, code: str, version: int, act: Act, by: str) -> None:
        """Makes a version live in place of the one that is; where that one is paused, the new one
        is too: whoever paused it must know first."""
        before = self.served.get(code)
        paused = before is not None and self.state(code, before) is State.PAUSED
        self.do(code, version, act, by)
        self.replace_others(code, version, OPEN | SERVED, by)
        if paused:
            self.do(code, version, Act.PAUSE, by, f"@{before} was paused")
        self.served[code] = version

    def replace_others(self, code: str, version: int, states: frozenset[State], by: str) -> None:
        """Ends the other versions that are in one of the states."""
        for other in self.steps[code]:
            if other != version and self.state(code, other) in states:
                self.do(code, other, Act.REPLACE, by, f"@{version}")

    async def write(self, connection: AsyncConnection) -> bool:
        """Writes what was done; True: what is served has changed, and the caller owes a bump."""
        if self._new:
            await connection.execute(insert(STEP), self._new)
        rows: list[dict[str, Any]] = []
        ended: list[Version] = []
        for code in sorted(self._touched):
            version = self.served[code]
            state = self.state(code, version)
            if state in SERVED:
                paused = state is State.PAUSED
                rows.append({"code": code, "version": version, "paused": paused})
            else:
                ended.append((code, version))
        if rows:
            row = insert(LIVE)
            renewed = {"version": row.excluded.version, "paused": row.excluded.paused}
            await connection.execute(
                row.on_conflict_do_update(index_elements=[LIVE.c.code], set_=renewed), rows
            )
        if ended:
            gone = tuple_(LIVE.c.code, LIVE.c.version).in_(ended)
            await connection.execute(LIVE.delete().where(gone))
        return bool(self._touched)


def step_of(row: Any) -> Step:
    return Step(
        act=Act(row.act), state=State(row.state), by=row.done_by, at=row.done_at, note=row.note
    )


def _complete(steps: list[Step], *, paused: bool, at: datetime) -> None:
    """What is served without a step of its own was made live by something older than steps."""
    state = State.PAUSED if paused else State.LIVE
    if not steps or steps[-1].state is not state:
        steps.append(_unknown(Act.PUBLISH_UNREVIEWED, state, at))


def _unknown(act: Act, state: State, at: datetime) -> Step:
    return Step(act=act, state=state, by="unknown", at=at)


async def record(
    connection: AsyncConnection, documents: Mapping[Version, Document], by: str
) -> None:
    """New versions, which nobody serves yet."""
    if documents:
        await connection.execute(
            insert(VERSION),
            [
                {"code": code, "version": version, "document": document, "published_by": by}
                for (code, version), document in documents.items()
            ],
        )
