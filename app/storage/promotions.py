"""Promotions as immutable versions of documents: recorded, approved, published, paused."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import ARRAY, Text, any_, func, literal, select, true
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.documents.findings import DocumentInvalid
from app.documents.promotions import dump_promotion, parse_promotion
from app.domain.promotions.lifecycle import OPEN, SERVED, Act, State, Step
from app.domain.promotions.promotion import Promotion
from app.ports.announcements import CatalogAnnouncements
from app.ports.promotions import LivePromotion, Moved, VersionRecord
from app.storage import catalog_version
from app.storage.engine import reading, unavailable_on_fault
from app.storage.promotion_steps import LIVE, STEP, VERSION, Document, Lives, record, step_of

SERVED_ACTS = frozenset({Act.PAUSE, Act.RESUME, Act.END})
"""Of a code without a version, they mean the one that is served."""


class PostgresPromotionStore:
    """Implements `PromotionStore` and `PromotionRegister` of `app.ports.promotions`.
    `announcements` None: polls find what has changed."""

    def __init__(
        self, engine: AsyncEngine, announcements: CatalogAnnouncements | None = None
    ) -> None:
        self._engine = engine
        self._announcements = announcements

    async def publish(self, promotions: Sequence[Promotion], by: str) -> int:
        documents = documents_of(promotions)
        async with unavailable_on_fault(), self._engine.begin() as connection:
            held, changed = await put_live(connection, documents, by)
            version = held
            if changed:
                version = await catalog_version.bump(connection, promotions_only=True)
        if changed:
            await self._announce(version)
        return version

    async def live(self) -> dict[str, LivePromotion]:
        published = (
            select(STEP.c.code, STEP.c.version, STEP.c.done_by, STEP.c.done_at)
            .where(STEP.c.act.in_([Act.PUBLISH.value, Act.PUBLISH_UNREVIEWED.value]))
            .subquery()
        )
        query = (
            select(
                VERSION.c.code,
                VERSION.c.version,
                VERSION.c.document,
                LIVE.c.paused,
                func.coalesce(published.c.done_by, VERSION.c.published_by).label("by"),
                func.coalesce(published.c.done_at, VERSION.c.published_at).label("at"),
            )
            .join(LIVE, (VERSION.c.code == LIVE.c.code) & (VERSION.c.version == LIVE.c.version))
            .outerjoin(
                published,
                (published.c.code == LIVE.c.code) & (published.c.version == LIVE.c.version),
            )
            .order_by(VERSION.c.code)
        )
        async with reading(self._engine) as connection:
            rows = (await connection.execute(query)).all()
        return {
            row.code: LivePromotion(
                promotion=_readable(row.document),
                version=row.version,
                published_at=row.at,
                published_by=row.by,
                paused=row.paused,
            )
            for row in rows
        }

    async def draft(self, promotions: Sequence[Promotion], by: str) -> dict[str, int | None]:
        documents = documents_of(promotions)
        async with unavailable_on_fault(), self._engine.begin() as connection:
            await catalog_version.hold(connection)
            lives = await Lives.of(connection, list(documents))
            newest = await _unended_documents(connection, lives)
            changed = [code for code, doc in documents.items() if newest.get(code) != doc]
            drafted = {code: _next_version(lives, code) for code in changed}
            new = {(code, version): documents[code] for code, version in drafted.items()}
            for code, version in drafted.items():
                lives.steps[code].setdefault(version, [])
                lives.do(code, version, Act.DRAFT, by)
                lives.replace_others(code, version, OPEN, by)
            await record(connection, new, by)
            await lives.write(connection)
        return {code: drafted.get(code) for code in documents}

    async def move(
        self, named: Sequence[tuple[str, int | None]], act: Act, by: str, note: str | None = None
    ) -> Moved:
        async with unavailable_on_fault(), self._engine.begin() as connection:
            await catalog_version.hold(connection)
            lives = await Lives.of(connection, [code for code, _ in named])
            meant = {code: _meant(lives, code, version, act) for code, version in named}
            for code, version in meant.items():
                lives.state(code, version)
                if act is Act.PUBLISH:
                    lives.publish(code, version, act, by)
                else:
                    lives.do(code, version, act, by, note)
            changed = await lives.write(connection)
            raised = None
            if changed:
                raised = await catalog_version.bump(connection, promotions_only=True)
        if raised is not None:
            await self._announce(raised)
        return Moved(versions=meant, catalog_version=raised)

    async def versions(
        self, codes: Sequence[str] | None = None
    ) -> dict[str, tuple[VersionRecord, ...]]:
        wanted = true() if codes is None else VERSION.c.code == _any_of(codes)
        documents = select(VERSION).where(wanted).order_by(VERSION.c.code, VERSION.c.version)
        stepped = true() if codes is None else STEP.c.code == _any_of(codes)
        steps = select(STEP).where(stepped).order_by(STEP.c.code, STEP.c.version, STEP.c.step)
        async with unavailable_on_fault(), self._engine.connect() as connection:
            steady = await connection.execution_options(isolation_level="REPEATABLE READ")
            rows = (await steady.execute(documents)).all()
            done: dict[tuple[str, int], list[Step]] = defaultdict(list)
            for row in await steady.execute(steps):
                done[row.code, row.version].append(step_of(row))
        found: dict[str, list[VersionRecord]] = defaultdict(list)
        for row in rows:
            found[row.code].append(_record_of(row, done[row.code, row.version]))
        return {code: tuple(records) for code, records in found.items()}

    async def _announce(self, version: int) -> None:
        if self._announcements is not None:
            await self._announcements.announce(version)


async def put_live(
    connection: AsyncConnection, documents: Mapping[str, Document], by: str
) -> tuple[int, int]:
    """Writes a new version of each document that differs from the live one and makes it live
    without a review, in the caller's transaction. Returns the catalog version held until that
    ends, so that two who publish go one after the other, and the number of documents changed:
    above 0 the caller owes a `bump`."""
    held = await catalog_version.hold(connection)
    live = await _live_documents(connection, list(documents))
    changed = [code for code, document in documents.items() if live.get(code) != document]
    if changed:
        lives = await Lives.of(connection, changed)
        versions = {code: _next_version(lives, code) for code in changed}
        new = {(code, version): documents[code] for code, version in versions.items()}
        await record(connection, new, by)
        for code, version in versions.items():
            lives.publish(code, version, Act.PUBLISH_UNREVIEWED, by)
        await lives.write(connection)
    return held, len(changed)


def documents_of(promotions: Sequence[Promotion]) -> dict[str, Document]:
    """By code, as JSON reads them back, so that they compare with what is stored. Each is parsed
    once here: no process shall meet a live document that it cannot read."""
    twice = [code for code, times in Counter(p.code for p in promotions).items() if times > 1]
    if twice:
        raise ValueError(f"codes that occur twice: {', '.join(sorted(twice))}")
    documents = {p.code: orjson.loads(orjson.dumps(dump_promotion(p))) for p in promotions}
    for document in documents.values():
        parse_promotion(document)
    return documents


def _next_version(lives: Lives, code: str) -> int:
    return max(lives.steps[code], default=0) + 1


def _meant(lives: Lives, code: str, version: int | None, act: Act) -> int:
    """Raises `UnknownVersion` where nothing can be meant."""
    if version is not None:
        return version
    if act in SERVED_ACTS and code in lives.served:
        return lives.served[code]
    return lives.newest(code)


async def _unended_documents(connection: AsyncConnection, lives: Lives) -> dict[str, Document]:
    """The document of each code's newest version, where that has not ended."""
    newest: list[tuple[str, int]] = []
    for code, versions in lives.steps.items():
        version = max(versions, default=0)
        if version and lives.state(code, version) in OPEN | SERVED:
            newest.append((code, version))
    found: dict[str, Document] = {}
    query = select(VERSION.c.code, VERSION.c.version, VERSION.c.document)
    wanted = set(newest)
    codes = _any_of([code for code, _ in newest])
    for row in await connection.execute(query.where(VERSION.c.code == codes)):
        if (row.code, row.version) in wanted:
            found[row.code] = row.document
    return found


async def _live_documents(connection: AsyncConnection, codes: list[str]) -> dict[str, Document]:
    query = (
        select(LIVE.c.code, VERSION.c.document)
        .join(VERSION, (VERSION.c.code == LIVE.c.code) & (VERSION.c.version == LIVE.c.version))
        .where(LIVE.c.code == _any_of(codes))
    )
    return {row.code: row.document for row in await connection.execute(query)}


def _any_of(codes: Sequence[str]) -> Any:
    return any_(literal(list(codes), ARRAY(Text)))


def _record_of(row: Any, steps: Sequence[Step]) -> VersionRecord:
    """A version that nobody kept steps of was replaced before they were."""
    unknown = Step(
        act=Act.REPLACE, state=State.ENDED, by=row.published_by, at=row.published_at, note=None
    )
    return VersionRecord(
        code=row.code,
        version=row.version,
        promotion=_readable(row.document),
        steps=tuple(steps) or (unknown,),
    )


def _readable(document: Document) -> Promotion | None:
    try:
        return parse_promotion(document)
    except DocumentInvalid:
        return None
