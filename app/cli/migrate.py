"""`youhui migrate`: bring a database to a version of its structure."""

import click

from app.cli.servers import databases
from app.settings import Settings
from app.storage.migrate import downgrade, upgrade


@click.command()
@click.option("--down", metavar="REVISION", help="退回到某个版本 · undo down to this revision")
@click.option("--to", metavar="REVISION", default="head", show_default=True, help="升级到 · up to")
def migrate(down: str | None, to: str) -> None:
    """升级（或退回）数据库结构 · run the database migrations."""
    with databases(Settings()) as at:
        if down is not None:
            downgrade(at.database_url, down)
        else:
            upgrade(at.database_url, to)
    click.echo("数据库结构已就绪 · the database's structure is in place")
