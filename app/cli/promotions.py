"""`youhui promotions`: check, publish, list and show promotions."""

import asyncio
import getpass
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click
import yaml
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.cache.announcements import RedisAnnouncements
from app.cache.keys import Keys
from app.cli.errors import CommandFailed, ExitCode
from app.cli.servers import databases
from app.documents.findings import DocumentInvalid, Finding
from app.documents.promotions import dump_promotion, load_promotions
from app.domain.promotions.loose_ends import LooseEnd
from app.domain.promotions.promotion import Promotion, Validity
from app.ports.errors import StorageUnavailable
from app.ports.promotions import PromotionStore
from app.resolvers.publish_promotions import (
    PublishReport,
    compare_promotions,
    publish_promotions,
)
from app.settings import Settings
from app.storage.engine import make_engine
from app.storage.promotions import PostgresPromotionStore

T = TypeVar("T")

EXIT_CODES = """\b
退出码 exit codes:
  0  完成                done
  1  文件有误，什么都没有写  a file is wrong: nothing was written
  2  用法有误            wrong usage
  6  连不上数据库         the database cannot be reached
"""
FILES = click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
)


def _user_name() -> str:
    """Some containers run under a number that has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


@click.group()
def promotions() -> None:
    """优惠活动：核对、发布、查看 · check, publish and show promotions.

    FILE 是 YAML（或 JSON），最外层为 promotions 列表，每项的字段与 `youhui promotions show`
    打印的一致；可从自带的 seed/promotions/*.yaml 改起。

    FILE is YAML (or JSON) with a list `promotions`; the fields of each are those that
    `youhui promotions show` prints. The files in seed/promotions are a start.
    """


@promotions.command(epilog=EXIT_CODES)
@FILES
@click.option(
    "--by",
    default=_user_name,
    show_default="你的用户名 your user name",
    help="谁发布，留作记录 · who publishes, for the record",
)
@click.option("--dry-run", is_flag=True, help="只比较，不写入 · compare only, write nothing")
def publish(files: tuple[Path, ...], by: str, dry_run: bool) -> None:
    """发布：全部生效或全部不生效，无需重启 · make promotions live, all or none, no restart.

    与线上相同的不产生新版本；未写进文件的活动保持原样。要停用一个活动，写 paused: true 再发布。

    What is as it was makes no new version; promotions that no FILE names stay as they are. To
    stop one, publish it with paused: true.
    """
    loaded = _loaded(files)
    if dry_run:
        report = _with_store(lambda store: compare_promotions(loaded, store))
    else:
        report = _with_store(lambda store: publish_promotions(loaded, store, by))
    Console().print(_summary(report))
    _tell_loose_ends(report.loose_ends)


@promotions.command(epilog=EXIT_CODES)
@FILES
def validate(files: tuple[Path, ...]) -> None:
    """核对文件，不连数据库 · check files, without a database."""
    count = len(_loaded(files))
    click.echo(f"✓ {count} 个活动，没有错误 · {count} promotions, no errors")


@promotions.command(name="list")
def listed() -> None:
    """列出线上的活动 · the promotions that are live."""
    live = _with_store(lambda store: store.live())
    table = Table()
    for name in ("代码 code", "标题 title", "层级 lane", "方式 benefit", "有效期 validity", "版本 version",
                 "发布 published"):  # fmt: skip
        table.add_column(name)
    for code, held in live.items():
        published = f"{held.published_at.astimezone():%Y-%m-%d %H:%M} {held.published_by}"
        table.add_row(code, *_described(held.promotion), str(held.version), published)
    Console().print(table)


@promotions.command()
@click.argument("codes", metavar="CODE...", nargs=-1, required=True)
def show(codes: tuple[str, ...]) -> None:
    """打印线上活动的文件，可修改后再发布 · the documents of live promotions, to edit and publish."""
    live = _with_store(lambda store: store.live())
    found = [live[code].promotion for code in codes if code in live]
    readable = [promotion for promotion in found if promotion is not None]
    if len(readable) < len(codes):
        missing = ", ".join(sorted({*codes} - {promotion.code for promotion in readable}))
        raise click.BadParameter(
            f"线上没有或无法读取 not live, or unreadable: {missing}；见 see `youhui promotions list`"
        )
    click.echo(_yaml(readable), nl=False)


def _loaded(files: Sequence[Path]) -> list[Promotion]:
    """The promotions of all files; prints every finding of every file, then fails."""
    loaded: list[Promotion] = []
    taken: dict[str, Path] = {}
    invalid = 0
    for file in files:
        try:
            found = load_promotions(file)
            _refuse_taken(found, taken, file)
            loaded.extend(found)
        except DocumentInvalid as error:
            invalid += len(error.findings)
            for finding in error.findings:
                _tell(file, finding)
    if invalid:
        raise CommandFailed(
            f"{invalid} 处有误，什么都没有写入。", f"{invalid} findings: nothing was written."
        )
    return loaded


def _refuse_taken(found: Sequence[Promotion], taken: dict[str, Path], file: Path) -> None:
    again = [promotion.code for promotion in found if promotion.code in taken]
    if again:
        raise DocumentInvalid(
            [
                Finding(code, f"代码已在 {taken[code]} 中", f"the code is taken in {taken[code]}")
                for code in again
            ]
        )
    taken.update((promotion.code, file) for promotion in found)


def _tell(file: Path, finding: Finding) -> None:
    place = str(file) if finding.line is None else f"{file}:{finding.line}"
    click.secho(f"{place}  {finding.path}", fg="yellow", err=True)
    click.echo(f"    {finding.zh}\n    {finding.en}", err=True)


def _with_store(use: Callable[[PromotionStore], Awaitable[T]]) -> T:
    """Runs a use case on the databases of the settings; its faults as messages and exit codes."""
    with databases(Settings()) as at:
        announcements = RedisAnnouncements(at.redis_url, Keys()) if at.redis_url else None

        async def used() -> T:
            engine = make_engine(at.database_url, pool_size=1)
            try:
                return await use(PostgresPromotionStore(engine, announcements))
            finally:
                await engine.dispose()

        try:
            return asyncio.run(used())
        except StorageUnavailable as fault:
            raise CommandFailed(
                "数据库不可用或拒绝写入；是否已执行 youhui migrate？",
                f"The database is down or refused; has `youhui migrate` run? {fault}",
                ExitCode.DATABASE_UNREACHABLE,
            ) from fault


def _summary(report: PublishReport) -> Table:
    compared = report.catalog_version is None
    table = Table(title="比较 compared" if compared else "已发布 published", title_justify="left")
    table.add_column("结果 result")
    table.add_column("个 count", justify="right")
    table.add_column("代码 codes")
    for name, codes in (
        ("新增 new", report.new),
        ("更改 changed", report.changed),
        ("不变 unchanged", report.unchanged),
    ):
        table.add_row(name, str(len(codes)), ", ".join(codes))
    if not compared:
        table.caption = f"目录版本 catalog version {report.catalog_version}"
    return table


def _tell_loose_ends(ends: Sequence[LooseEnd]) -> None:
    for end in ends:
        why = (
            "对方没有写回，不能叠加 · it does not name this one in turn: they do not stack"
            if end.answered_by_nobody
            else "没有这样的活动 · there is no such promotion"
        )
        click.secho(f"注意 note: {end.code} stacks_with {end.name}: {why}", fg="yellow", err=True)


def _dates(validity: Validity) -> str:
    ends = [
        "…" if instant is None else f"{instant.astimezone():%Y-%m-%d %H:%M}"
        for instant in (validity.starts_at, validity.ends_at)
    ]
    return "长期 always" if ends == ["…", "…"] else " – ".join(ends)


def _described(promotion: Promotion | None) -> tuple[str, str, str, str]:
    """Title, lane, benefit and validity."""
    if promotion is None:
        return "[red]本程序无法读取，未启用 unreadable: not offered[/red]", "", "", ""
    state = "[yellow]已暂停 paused[/yellow] " if promotion.paused else ""
    title = f"{state}{escape(promotion.title.zh)}"
    return title, promotion.lane, promotion.benefit.kind, _dates(promotion.validity)


def _yaml(promotions: Sequence[Promotion]) -> str:
    documents = [dump_promotion(promotion) for promotion in promotions]
    return yaml.safe_dump({"promotions": documents}, allow_unicode=True, sort_keys=False, width=100)
