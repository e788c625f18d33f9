"""Publishing promotions: immutable versions of documents, and which of them is live."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import ARRAY, Text, any_, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.documents.findings import DocumentInvalid
from app.documents.promotions import dump_promotion, parse_promotion
from app.domain.promotions.promotion import Promotion
from app.ports.announcements import CatalogAnnouncements
from app.ports.promotions import LivePromotion
from app.storage import catalog_version
from app.storage.engine import reading, unavailable_on_fault
from app.storage.tables import PromotionLiveRow, PromotionVersionRow, table_of

LIVE = table_of(PromotionLiveRow)
VERSION = table_of(PromotionVersionRow)

Document = Mapping[str, Any]


class PostgresPromotionStore:
    """Implements `app.ports.promotions.PromotionStore`. `announcements` None: polls find it."""

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
        if changed and self._announcements is not None:
            await self._announcements.announce(version)
        return version

    async def live(self) -> dict[str, LivePromotion]:
        query = (
            select(VERSION)
            .join(LIVE, (VERSION.c.code == LIVE.c.code) & (VERSION.c.version == LIVE.c.version))
            .order_by(VERSION.c.code)
        )
        async with reading(self._engine) as connection:
            rows = (await connection.execute(query)).all()
        return {
            row.code: LivePromotion(
                promotion=_readable(row.document),
                version=row.version,
                published_at=row.published_at,
                published_by=row.published_by,
            )
            for row in rows
        }


async def put_live(
    connection: AsyncConnection, documents: Mapping[str, Document], by: str
) -> tuple[int, int]:
    """Writes a new version of each document that differs from the live one and makes it live, in
    the caller's transaction. Returns the catalog version held until that ends, so that two who
    publish go one after the other, and the number of documents changed: above 0 the caller owes
    a `bump`."""
    held = await catalog_version.hold(connection)
    live = await _live_documents(connection, list(documents))
    changed = [code for code, document in documents.items() if live.get(code) != document]
    if changed:
        newest = await _newest_versions(connection, changed)
        versions = {code: newest.get(code, 0) + 1 for code in changed}
        await connection.execute(
            insert(VERSION),
            [
                {
                    "code": code,
                    "version": version,
                    "document": documents[code],
                    "published_by": by,
                }
                for code, version in versions.items()
            ],
        )
        row = insert(LIVE)
        await connection.execute(
            row.on_conflict_do_update(
                index_elements=[LIVE.c.code], set_={"version": row.excluded.version}
            ),
            [{"code": code, "version": version} for code, version in versions.items()],
        )
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


async def _live_documents(connection: AsyncConnection, codes: list[str]) -> dict[str, Document]:
    query = (
        select(LIVE.c.code, VERSION.c.document)
        .join(VERSION, (VERSION.c.code == LIVE.c.code) & (VERSION.c.version == LIVE.c.version))
        .where(LIVE.c.code == any_(literal(codes, ARRAY(Text))))
    )
    return {row.code: row.document for row in await connection.execute(query)}


async def _newest_versions(connection: AsyncConnection, codes: list[str]) -> dict[str, int]:
    query = (
        select(VERSION.c.code, func.max(VERSION.c.version).label("newest"))
        .where(VERSION.c.code == any_(literal(codes, ARRAY(Text))))
        .group_by(VERSION.c.code)
    )
    return {row.code: row.newest for row in await connection.execute(query)}


def _readable(document: Document) -> Promotion | None:
    try:
        return parse_promotion(document)
    except DocumentInvalid:
        return None
