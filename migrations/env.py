"""Alembic's environment: synchronous psycopg, the tables' metadata, no names but ours.

The address comes from the caller (`app.storage.migrate`) or, for the `alembic` command, from
YOUHUI_DATABASE_URL. A connection in `config.attributes["connection"]` is used as it is.
"""

import os

from alembic import context
from sqlalchemy import Connection, create_engine, pool

from app.storage.tables import metadata


def is_ours(_thing: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    """Tables that others own (a job queue's) are none of the drift check's business."""
    return kind != "table" or not reflected or name in metadata.tables


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=is_ours,
        compare_type=True,
        compare_server_default=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    url = context.config.get_main_option("sqlalchemy.url") or os.environ.get("YOUHUI_DATABASE_URL")
    if not url:
        raise SystemExit("YOUHUI_DATABASE_URL is not set: the address of the database is needed")
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        run(connection)


def run_offline() -> None:
    """Writes the SQL instead of running it (`alembic upgrade head --sql`)."""
    context.configure(dialect_name="postgresql", target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
