"""The version of all public rows: raised with every change of them, in its transaction."""

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.storage.tables import CatalogVersionRow, table_of

VERSION = table_of(CatalogVersionRow)


async def bump(connection: AsyncConnection, *, promotions_only: bool = False) -> int:
    """Raises the version by 1 and returns it, in the caller's transaction, which must not end
    without the change it stands for. Until that ends, other changes of public rows wait here, so
    versions become visible in order. Announce the version only after the commit.

    `promotions_only`: nothing else has changed since the last version; processes then keep the
    stations, prices, labels and regions that they have.
    """
    stations = VERSION.c.stations_version if promotions_only else VERSION.c.version + 1
    row = insert(VERSION).values(
        single=True, version=1, stations_version=0 if promotions_only else 1
    )
    raised = row.on_conflict_do_update(
        index_elements=[VERSION.c.single],
        set_={
            "version": VERSION.c.version + 1,
            "stations_version": stations,
            "changed_at": func.now(),
        },
    ).returning(VERSION.c.version)
    return (await connection.execute(raised)).scalar_one()


async def hold(connection: AsyncConnection) -> int:
    """The version, 0 before the first change, held until the caller's transaction ends: no other
    change of public rows starts meanwhile."""
    await connection.execute(text("LOCK TABLE catalog_version IN SHARE ROW EXCLUSIVE MODE"))
    return await read(connection)


async def read(connection: AsyncConnection) -> int:
    """The newest committed version, 0 before the first change."""
    found = (await connection.execute(select(VERSION.c.version))).scalar_one_or_none()
    return 0 if found is None else found
