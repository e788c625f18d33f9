"""Operators' acts on many coupons: issuing to an audience (发券), making codes, revoking; and the
sweep of those that have ended. Each step is one transaction, and each may be repeated."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.domain.audit.record import AuditRecord, Plain
from app.domain.promotions.coupon_span import coupon_span
from app.domain.promotions.escrow import Bounds
from app.domain.promotions.promotion import CouponDelivery, Promotion
from app.domain.promotions.usage import Used, issued_key
from app.domain.wallet.coupon import Coupon, CouponOrigin
from app.domain.wallet.runs import CouponRun, RunCounts, RunKind
from app.ports.coupons import NewCoupon, RevokedChunk
from app.ports.work import Work
from app.resolvers.desk import Desk
from app.resolvers.once import repeated

CHUNK = 500
"""Members, coupons or codes a transaction: locks are held for some milliseconds."""
SWEPT = 1_000


class RunRefused(Exception):
    """An operator's act that cannot be done; nothing was changed. `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


class Audience(Protocol):
    """Whom a run is for. `name` tells audiences apart: "segment:NAME", "file:SHA-256"."""

    @property
    def name(self) -> str: ...

    async def next_members(self, work: Work, after: int) -> tuple[Sequence[int], int]:
        """Up to `CHUNK` user ids beyond the cursor `after`, and the cursor behind them; none: the
        end."""
        ...


@dataclass(frozen=True, slots=True)
class SegmentAudience:
    """Members of a segment, by rising id: who joins it behind the cursor meanwhile is left out."""

    segment: str

    @property
    def name(self) -> str:
        return f"segment:{self.segment}"

    async def next_members(self, work: Work, after: int) -> tuple[Sequence[int], int]:
        found = await work.coupons.members_of_segment(self.segment, after, CHUNK)
        return found, found[-1] if found else after


@dataclass(frozen=True, slots=True)
class ListedAudience:
    """Members listed in a file, in its order; the cursor counts them. `digest`: of the file."""

    digest: str
    user_ids: Sequence[int]

    @property
    def name(self) -> str:
        return f"file:{self.digest}"

    async def next_members(self, work: Work, after: int) -> tuple[Sequence[int], int]:
        del work  # the list is at hand
        found = self.user_ids[after : after + CHUNK]
        return found, after + len(found)


def batch_named(desk: Desk, code: str) -> tuple[Promotion, CouponDelivery]:
    """A batch whose coupons can be had now, with its delivery. Raises `RunRefused`."""
    batch = desk.catalog.rules.by_code.get(code)
    if batch is None or batch.delivery is None:
        raise RunRefused(f"没有券批次 {code}（或未上线）", f"there is no live coupon batch {code}")
    valid_from, valid_until = coupon_span(batch, desk.moment)
    ends_at = batch.validity.ends_at
    if valid_from >= valid_until or (ends_at is not None and desk.moment >= ends_at):
        raise RunRefused(f"券批次 {code} 已结束", f"the batch {code} has ended")
    return batch, batch.delivery


async def start_run(
    desk: Desk, kind: RunKind, code: str, audience: str, *, again: bool = False
) -> CouponRun:
    """A new run. Raises `RunRefused` where one of the same batch and audience is unfinished, unless
    `again`."""
    batch_named(desk, code)
    async with desk.works.begin(None) as work:
        for known in await work.coupons.open_runs(code):
            if not again and (known.kind, known.audience) == (kind, audience):
                raise RunRefused(
                    f"发放 {known.id} 尚未完成：用 --resume {known.id} 继续，或用 --again 另起一次",
                    f"run {known.id} is unfinished: go on with --resume {known.id}, or --again",
                )
        return await work.coupons.start_run(kind, code, audience, desk.actor.name, desk.moment)


async def find_run(desk: Desk, run_id: int) -> CouponRun:
    """Raises `RunRefused`."""
    async with desk.works.begin(None) as work:
        return await _run(work, run_id)


async def issue_chunk(desk: Desk, run_id: int, audience: Audience) -> CouponRun:
    """The next members of the run, in one transaction with its cursor; the run as it then stands,
    with `finished_at` once there are no more.

    Exactly once a member and run, whoever repeats it and however often: by the coupon's cause. A
    member who has `per_user` coupons of the batch gets none. The stock is never passed: who comes
    when it is gone is counted as `short`. Raises `RunRefused`.
    """
    return await repeated(lambda: _issue_chunk(desk, run_id, audience))


async def _issue_chunk(desk: Desk, run_id: int, audience: Audience) -> CouponRun:
    async with desk.works.begin(None) as work:
        run = await _run(work, run_id)
        if run.audience != audience.name:
            raise RunRefused(
                f"发放 {run.id} 的对象是 {run.audience}，不是 {audience.name}",
                f"run {run.id} is for {run.audience}, not for {audience.name}",
            )
        if run.finished_at is not None:
            return run
        batch, delivery = batch_named(desk, run.batch_code)
        user_ids, cursor = await audience.next_members(work, run.cursor)
        if not user_ids:
            done = replace(run, finished_at=desk.moment)
            await work.coupons.save_run(done)
            return done
        taking, counts = await _takers(work, run.batch_code, cause_of(run.id), delivery, user_ids)
        issued = await _take_up_to(work, batch, delivery, len(taking))
        await work.coupons.add_all(
            [_issued(desk, run, batch, user_id) for user_id in taking[:issued]]
        )
        counts = replace(counts, issued=issued, short=len(taking) - issued)
        moved = replace(run, cursor=cursor, counts=run.counts + counts)
        await work.coupons.save_run(moved)
        await work.audit.add(_run_record(desk, "coupon.issue", run, {"issued": issued}))
        return moved


async def would_issue(desk: Desk, code: str, audience: Audience) -> RunCounts:
    """What a new run would come to, as things stand; nothing is written. Its `short` counts those
    for whom no stock was left."""
    _, delivery = batch_named(desk, code)
    counts, cursor = RunCounts(), 0
    seen_before: set[int] = set()
    while True:
        async with desk.works.begin(None) as work:
            user_ids, cursor = await audience.next_members(work, cursor)
            if not user_ids:
                break
            fresh = [user_id for user_id in user_ids if user_id not in seen_before]
            seen_before.update(fresh)
            taking, chunk = await _takers(work, code, "", delivery, fresh, lock=False)
        twice = len(user_ids) - len(fresh)
        counts += replace(chunk, issued=len(taking), had=chunk.had + twice, seen=len(user_ids))
    return counts


async def _takers(
    work: Work,
    code: str,
    cause: str,
    delivery: CouponDelivery,
    user_ids: Sequence[int],
    *,
    lock: bool = True,
) -> tuple[list[int], RunCounts]:
    """Those of the members who are to get a coupon, each once, under their locks; and the others
    counted. `lock` False: as they stand, for counting only."""
    once_each = sorted(set(user_ids))
    known = (
        await work.coupons.hold_members(once_each)
        if lock
        else (await work.coupons.known_members(once_each))
    )
    held = await work.coupons.held(sorted(known), code, cause)
    taking = [
        user_id
        for user_id in once_each
        if user_id in known
        and not ((had := held.get(user_id)) and (had.of_run or had.had >= delivery.per_user))
    ]
    unknown = len(once_each) - len(known)
    had = len(user_ids) - unknown - len(taking)
    return taking, RunCounts(seen=len(user_ids), unknown=unknown, had=had)


async def _take_up_to(work: Work, batch: Promotion, delivery: CouponDelivery, wanted: int) -> int:
    """Takes `wanted` coupons from the stock, or all that are left; how many."""
    bounds = Bounds(max_uses=delivery.stock)
    while wanted > 0:
        used = await work.counters.add(issued_key(batch.code), Used(wanted, 0), bounds)
        if used is None:
            return wanted
        left = (delivery.stock or 0) - used.uses
        wanted = min(wanted - 1, left)
    return 0


def cause_of(run_id: int) -> str:
    """Why a member has a coupon of a run."""
    return f"run:{run_id}"


def _issued(desk: Desk, run: CouponRun, batch: Promotion, user_id: int) -> NewCoupon:
    valid_from, valid_until = coupon_span(batch, desk.moment)
    return NewCoupon(
        user_id=user_id,
        batch_code=batch.code,
        origin=CouponOrigin.ISSUE,
        cause=cause_of(run.id),
        claimed_at=desk.moment,
        valid_from=valid_from,
        valid_until=valid_until,
    )


async def _run(work: Work, run_id: int) -> CouponRun:
    run = await work.coupons.run(run_id)
    if run is None:
        raise RunRefused(f"没有发放 {run_id}", f"there is no run {run_id}")
    return run


def _run_record(desk: Desk, act: str, run: CouponRun, after: dict[str, Plain]) -> AuditRecord:
    return AuditRecord(
        act=act,
        subject=f"coupon_run:{run.id}",
        user_id=None,
        at=desk.moment,
        actor=desk.actor,
        before={"cursor": run.cursor},
        after={"batch": run.batch_code, **after},
    )


async def keep_codes(desk: Desk, run_id: int, hashes: Sequence[bytes]) -> CouponRun:
    """Codes of the run that have been written down, kept by their hashes; those kept before are
    not kept twice. The run as it then stands; `finished_at` once it has all its codes. Raises
    `RunRefused`."""

    async def kept() -> CouponRun:
        async with desk.works.begin(None) as work:
            run = await _run(work, run_id)
            added = await work.coupons.add_codes(run, hashes)
            counts = run.counts + RunCounts(seen=added)
            wanted = int(run.audience.removeprefix("codes:"))
            done = desk.moment if counts.seen >= wanted else None
            moved = replace(run, cursor=counts.seen, counts=counts, finished_at=done)
            await work.coupons.save_run(moved)
            await work.audit.add(_run_record(desk, "coupon.make_codes", run, {"codes": added}))
            return moved

    return await repeated(kept)


async def revoke_chunk(
    desk: Desk, code: str, run_id: int | None, after: tuple[int, int]
) -> RevokedChunk:
    """Takes back the next coupons of the batch, or of one run of it. One that an order holds or
    used, or that has ended, stays as it is."""

    async def revoked() -> RevokedChunk:
        async with desk.works.begin(None) as work:
            cause = None if run_id is None else cause_of(run_id)
            chunk = await work.coupons.revoke(code, cause, after, desk.moment, CHUNK)
            if chunk.revoked:
                await work.audit.add(
                    _revoked(desk, f"batch:{code}", None, {"run": run_id, "revoked": chunk.revoked})
                )
            return chunk

    return await repeated(revoked)


async def revoke_codes(desk: Desk, code: str, run_id: int | None) -> int:
    """Open codes of the batch, or of one run of it, a chunk of them; 0: there are no more."""

    async def revoked() -> int:
        async with desk.works.begin(None) as work:
            count = await work.coupons.revoke_codes(code, run_id, desk.moment, CHUNK)
            if count:
                await work.audit.add(
                    _revoked(desk, f"batch:{code}", None, {"run": run_id, "codes": count})
                )
            return count

    return await repeated(revoked)


async def revoke_coupon(desk: Desk, user_id: int, coupon_id: int) -> Coupon | None:
    """One coupon as it stands afterwards; None: there is none such. Raises `UnknownMember`."""

    async def revoked() -> Coupon | None:
        async with desk.works.begin(user_id) as work:
            before = (await work.coupons.coupons(user_id, [coupon_id])).get(coupon_id)
            after = await work.coupons.revoke_one(user_id, coupon_id, desk.moment)
            if before and after and before.stored_status is not after.stored_status:
                statuses: dict[str, Plain] = {"status": after.stored_status.value}
                await work.audit.add(_revoked(desk, f"coupon:{coupon_id}", user_id, statuses))
            return after

    return await repeated(revoked)


def _revoked(desk: Desk, subject: str, user_id: int | None, after: dict[str, Plain]) -> AuditRecord:
    return AuditRecord(
        act="coupon.revoke",
        subject=subject,
        user_id=user_id,
        at=desk.moment,
        actor=desk.actor,
        after=after,
    )


async def expire_coupons(desk: Desk) -> int:
    """The sweep: coupons past their end are stored as EXPIRED, a chunk a transaction; how many.
    What shows a coupon never waits for it (`Coupon.status_at`)."""
    swept = 0
    while True:
        async with desk.works.begin(None) as work:
            moved = await work.coupons.expire_due(desk.moment, SWEPT)
        swept += moved
        if moved < SWEPT:
            return swept
