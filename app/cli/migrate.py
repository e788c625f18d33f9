"""`youhui migrate`: bring a database to a version of its structure."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from alembic.util import CommandError

from app.cli.errors import CommandFailed, ExitCode
from app.cli.servers import databases
from app.settings import Settings
from app.storage.migrate import downgrade, draft, upgrade


@click.command()
@click.option("--down", metavar="REVISION", help="退回到某个版本 · undo down to this revision")
@click.option("--to", metavar="REVISION", default="head", show_default=True, help="升级到 · up to")
@click.option(
    "--autogenerate",
    metavar="MESSAGE",
    help="升级后，按表的定义起草新的迁移 · then draft a new migration from the tables",
)
def migrate(down: str | None, to: str, autogenerate: str | None) -> None:
    """升级（或退回）数据库结构 · run the database migrations."""
    with _revisions_told(), databases(Settings()) as at:
        if down is not None:
            downgrade(at.database_url, down)
            click.echo(f"已退回到 {down} · undone down to {down}")
            return
        upgrade(at.database_url, to)
        click.echo("数据库结构已就绪 · the database's structure is in place")
        if autogenerate is not None:
            written = draft(at.database_url, autogenerate)
            click.echo(f"已起草 {written.name}，请核对 · drafted, to be read and completed")


@contextmanager
def _revisions_told() -> Iterator[None]:
    """A revision that is none: usage, not a fault."""
    try:
        yield
    except CommandError as fault:
        raise CommandFailed(
            f"迁移无法执行：{fault}。版本见 migrations/versions，或用 head、base。",
            "The migration cannot run. Revisions are those of migrations/versions, head and base.",
            ExitCode.USAGE,
        ) from fault
