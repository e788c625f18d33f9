"""Acts on many members' coupons, in PostgreSQL, inside the caller's transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.wallet.coupon import Coupon, CouponStatus
from app.domain.wallet.lifecycle import CouponAct
from app.domain.wallet.runs import CouponRun, RunCounts, RunKind
from app.ports.coupons import Held, NewCoupon, RevokedChunk
from app.storage.coupon_acts import COUPON, MOMENT, moving
from app.storage.tables import CouponRunRow, table_of
from app.storage.wallets import COLUMNS, coupon_of

RUN = table_of(CouponRunRow)
AT_MOST = bindparam("at_most", type_=BigInteger)

START = text("""
INSERT INTO coupon_run (kind, batch_code, audience, started_by, started_at)
VALUES (:kind, :batch_code, :audience, :by, :moment) RETURNING id
""")
SAVE = text("""
UPDATE coupon_run SET cursor = :cursor, finished_at = :finished_at, seen = :seen,
    issued = :issued, had = :had, unknown = :unknown, short = :short
WHERE id = :id
""")
MEMBERS = text("""
SELECT user_id FROM member WHERE segments @> ARRAY[CAST(:segment AS text)] AND user_id > :after
ORDER BY user_id LIMIT :at_most
""")
SEGMENT_SIZE = text("SELECT count(*) FROM member WHERE segments @> ARRAY[CAST(:segment AS text)]")
HOLD = text("""
SELECT user_id FROM member WHERE user_id = ANY (:user_ids) ORDER BY user_id FOR NO KEY UPDATE
""")
KNOWN = text("SELECT user_id FROM member WHERE user_id = ANY (:user_ids)")
HELD = text("""
SELECT user_id, count(*) AS had, bool_or(cause IS NOT DISTINCT FROM :cause) AS of_run FROM coupon
WHERE user_id = ANY (:user_ids) AND batch_code = :batch_code GROUP BY user_id
""")
ADD_ALL = text("""
INSERT INTO coupon (user_id, batch_code, origin, cause, claimed_at, valid_from, valid_until)
SELECT * FROM unnest(
    CAST(:user_id AS bigint[]), CAST(:batch_code AS text[]), CAST(:origin AS text[]),
    CAST(:cause AS text[]), CAST(:claimed_at AS timestamptz[]), CAST(:valid_from AS timestamptz[]),
    CAST(:valid_until AS timestamptz[])
)
ON CONFLICT (user_id, cause) WHERE cause IS NOT NULL DO NOTHING
RETURNING id
""")
NEXT = text("""
SELECT user_id, id, status FROM coupon
WHERE batch_code = :batch_code AND (CAST(:cause AS text) IS NULL OR cause = :cause)
    AND (user_id, id) > (:after_user, :after_id)
ORDER BY user_id, id LIMIT :at_most FOR UPDATE
""")
ONE = select(*COLUMNS).where(
    COUPON.c.user_id == bindparam("owner", type_=BigInteger),
    COUPON.c.id == bindparam("one", type_=BigInteger),
)
REVOKE = moving(CouponAct.REVOKE).where(
    tuple_(COUPON.c.user_id, COUPON.c.id).in_(bindparam("keys", expanding=True))
)
DUE = (
    select(COUPON.c.user_id, COUPON.c.id)
    .where(COUPON.c.status == CouponStatus.USABLE.value, COUPON.c.valid_until <= MOMENT)
    .order_by(COUPON.c.valid_until)
    .limit(AT_MOST)
    .with_for_update(skip_locked=True)
)
EXPIRE = moving(CouponAct.EXPIRE).where(tuple_(COUPON.c.user_id, COUPON.c.id).in_(DUE))


class PostgresCouponRuns:
    """Implements `app.ports.coupons.CouponRuns`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def start_run(
        self, kind: RunKind, batch_code: str, audience: str, by: str, moment: datetime
    ) -> CouponRun:
        given = {
            "kind": kind.value,
            "batch_code": batch_code,
            "audience": audience,
            "by": by,
            "moment": moment,
        }
        return CouponRun(
            id=(await self._connection.execute(START, given)).scalar_one(),
            kind=kind,
            batch_code=batch_code,
            audience=audience,
            started_by=by,
            started_at=moment,
        )

    async def run(self, run_id: int) -> CouponRun | None:
        wanted = select(RUN).where(RUN.c.id == run_id).with_for_update()
        found = (await self._connection.execute(wanted)).first()
        return None if found is None else _run(found)

    async def open_runs(self, batch_code: str) -> Sequence[CouponRun]:
        wanted = (
            select(RUN)
            .where(RUN.c.batch_code == batch_code, RUN.c.finished_at.is_(None))
            .order_by(RUN.c.id)
        )
        return [_run(row) for row in await self._connection.execute(wanted)]

    async def save_run(self, run: CouponRun) -> None:
        given = {
            "id": run.id,
            "cursor": run.cursor,
            "finished_at": run.finished_at,
            **asdict(run.counts),
        }
        await self._connection.execute(SAVE, given)

    async def members_of_segment(self, segment: str, after: int, at_most: int) -> Sequence[int]:
        given = {"segment": segment, "after": after, "at_most": at_most}
        return (await self._connection.execute(MEMBERS, given)).scalars().all()

    async def segment_size(self, segment: str) -> int:
        return (await self._connection.execute(SEGMENT_SIZE, {"segment": segment})).scalar_one()

    async def hold_members(self, user_ids: Sequence[int]) -> frozenset[int]:
        found = await self._connection.execute(HOLD, {"user_ids": list(user_ids)})
        return frozenset(found.scalars())

    async def known_members(self, user_ids: Sequence[int]) -> frozenset[int]:
        found = await self._connection.execute(KNOWN, {"user_ids": list(user_ids)})
        return frozenset(found.scalars())

    async def held(
        self, user_ids: Sequence[int], batch_code: str, cause: str
    ) -> Mapping[int, Held]:
        given = {"user_ids": list(user_ids), "batch_code": batch_code, "cause": cause}
        rows = await self._connection.execute(HELD, given)
        return {row.user_id: Held(had=row.had, of_run=row.of_run) for row in rows}

    async def add_all(self, coupons: Sequence[NewCoupon]) -> int:
        given: dict[str, object] = {
            "user_id": [new.user_id for new in coupons],
            "batch_code": [new.batch_code for new in coupons],
            "origin": [new.origin.value for new in coupons],
            "cause": [new.cause for new in coupons],
            "claimed_at": [new.claimed_at for new in coupons],
            "valid_from": [new.valid_from for new in coupons],
            "valid_until": [new.valid_until for new in coupons],
        }
        return len((await self._connection.execute(ADD_ALL, given)).all())

    async def revoke(
        self,
        batch_code: str,
        cause: str | None,
        after: tuple[int, int],
        moment: datetime,
        at_most: int,
    ) -> RevokedChunk:
        given = {
            "batch_code": batch_code,
            "cause": cause,
            "after_user": after[0],
            "after_id": after[1],
            "at_most": at_most,
        }
        found = (await self._connection.execute(NEXT, given)).all()
        keys = [(row.user_id, row.id) for row in found]
        if not keys:
            return RevokedChunk(last=None, statuses={}, revoked=0)
        revoked = await self._revoke(keys, moment)
        statuses = Counter(CouponStatus(row.status) for row in found)
        return RevokedChunk(last=keys[-1], statuses=statuses, revoked=revoked)

    async def revoke_one(self, user_id: int, coupon_id: int, moment: datetime) -> Coupon | None:
        await self._revoke([(user_id, coupon_id)], moment)
        given = {"owner": user_id, "one": coupon_id}
        found = (await self._connection.execute(ONE, given)).first()
        return None if found is None else coupon_of(found)

    async def _revoke(self, keys: Sequence[tuple[int, int]], moment: datetime) -> int:
        given = {"keys": keys, "moment": moment}
        return (await self._connection.execute(REVOKE, given)).rowcount

    async def expire_due(self, moment: datetime, at_most: int) -> int:
        given = {"moment": moment, "at_most": at_most}
        return (await self._connection.execute(EXPIRE, given)).rowcount


def _run(row: Any) -> CouponRun:
    return CouponRun(
        id=row.id,
        kind=RunKind(row.kind),
        batch_code=row.batch_code,
        audience=row.audience,
        started_by=row.started_by,
        started_at=row.started_at,
        finished_at=row.finished_at,
        cursor=row.cursor,
        counts=RunCounts(
            seen=row.seen, issued=row.issued, had=row.had, unknown=row.unknown, short=row.short
        ),
    )
