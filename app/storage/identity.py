"""What tells one database from every other, also from its own copies and its predecessors."""

from sqlalchemy import URL, text

from app.storage.engine import make_engine, reading

# The cluster, the database in it, the table of catalog versions in that: a copy by template or by
# dump, and a structure torn down and built anew, where versions count from 1 again, differ.
IDENTITY = text("""
SELECT to_hex(cluster.system_identifier) || '-' || here.oid || '-'
    || coalesce(to_regclass('catalog_version')::oid, 0)
FROM pg_control_system() AS cluster, pg_database AS here
WHERE here.datname = current_database()
""")


async def database_identity(url: str | URL) -> str:
    """The same for every process that works on this database, whatever the address it uses.

    Over a connection of its own. Raises `StorageUnavailable`.
    """
    engine = make_engine(url, pool_size=1)
    try:
        async with reading(engine) as connection:
            return (await connection.execute(IDENTITY)).scalar_one()
    finally:
        await engine.dispose()
