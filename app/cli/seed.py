"""`youhui seed`: fills the database with demo data, which is generated and says so."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

from app.cli.errors import CommandFailed, storage_failed
from app.cli.servers import Databases, announcements_at, databases
from app.integrations.demo_seed.source import DemoFiles
from app.ports.errors import StorageUnavailable
from app.ports.seeding import SeedProgress, SeedRecipe
from app.resolvers.seed import SeedOutcome, SeedRefusal, SeedRefused, SeedReport, run_seed
from app.settings import Settings
from app.storage.engine import make_engine
from app.storage.seeding import PostgresSeedStore

KINDS = {
    "making_station": "生成油站 making stations",
    "making_member": "生成会员 making members",
    "brand": "品牌 brands",
    "amenity": "设施 amenities",
    "region": "地区 regions",
    "price_zone": "价区 price zones",
    "ceiling_price": "国标价 official prices",
    "station": "油站 stations",
    "station_product": "油品 products",
    "pump_price": "枪价 pump prices",
    "promotion": "优惠活动 promotions",
    "member": "会员 members",
    "member_preferences": "偏好 preferences",
    "loyalty_account": "积分与加油金账户 accounts of points and fuel credit",
    "ledger_entry": "账户流水 ledger entries",
    "ledger_posting": "借贷分录 ledger postings",
    "ledger_lot": "账户批次 ledger lots",
    "favourite_station": "收藏 favourites",
    "fuel_order": "订单 orders",
    "coupon": "券 coupons",
}

DEFAULTS = SeedRecipe()


@click.command()
@click.option(
    "--stations",
    type=click.IntRange(1, 20_000),
    default=DEFAULTS.stations,
    show_default=True,
    help="油站数 · how many stations",
)
@click.option(
    "--members",
    type=click.IntRange(10, 200_000),
    default=DEFAULTS.members,
    show_default=True,
    help="会员数，含演示身份 · how many members, the personas among them",
)
@click.option(
    "--seed",
    type=int,
    default=DEFAULTS.seed,
    show_default=True,
    help="随机种子：相同则数据相同 · same seed, same data",
)
@click.option("--force", is_flag=True, help="替换已有演示数据 · replace demo data, and only that")
@click.option(
    "--beside-members",
    is_flag=True,
    help="库中已有真实会员也写入 · even where real members live in the database",
)
def seed(stations: int, members: int, seed: int, force: bool, beside_members: bool) -> None:
    """生成演示数据：油站、会员、订单与券均为虚构并有标记 · generate demo data.

    品牌、城市与国标价是公开事实（见 seed/SOURCES.md），其余全部虚构。重复执行不改变任何东西。

    Brands, places and official prices are facts (seed/SOURCES.md); all else is invented and marked
    as generated. Seeding again changes nothing.
    """
    recipe = SeedRecipe(stations=stations, members=members, seed=seed)
    with databases(Settings()) as at:
        report = seed_database(at, recipe, force=force, beside_members=beside_members)
    tell(report)


def seed_database(
    at: Databases,
    recipe: SeedRecipe = DEFAULTS,
    *,
    force: bool = False,
    beside_members: bool = False,
) -> SeedReport:
    """Seeds the database behind `at`, with a bar on standard error where that is a terminal.

    A refusal is `CommandFailed`: nothing was touched.
    """
    announcements = announcements_at(at)

    async def seeded(progress: SeedProgress) -> SeedReport:
        engine = make_engine(at.database_url, pool_size=1, statement_timeout_ms=0)
        try:
            return await run_seed(
                DemoFiles(),
                PostgresSeedStore(engine, announcements),
                moment=datetime.now(UTC).replace(microsecond=0),
                recipe=recipe,
                force=force,
                beside_members=beside_members,
                progress=progress,
            )
        finally:
            await engine.dispose()

    try:
        with _bars() as progress:
            return asyncio.run(seeded(progress))
    except SeedRefused as refused:
        raise _refusal(refused) from refused
    except StorageUnavailable as fault:
        raise storage_failed(fault) from fault


def tell(report: SeedReport) -> None:
    """What was done, on standard output."""
    local = report.seeded_at.astimezone().strftime("%Y-%m-%d %H:%M")
    if report.outcome is SeedOutcome.UNCHANGED:
        click.echo(
            f"演示数据已在（{local} 生成），没有改动 · demo data stands since {local}: unchanged"
        )
        return
    click.echo(
        "以下油站、会员、订单与券均为虚构的演示数据 · demo data, generated: none of it is real"
    )
    table = Table()
    table.add_column("种类 kind")
    table.add_column("行 rows", justify="right")
    for kind, label in KINDS.items():
        if kind in report.rows:
            table.add_row(label, f"{report.rows[kind]:,}")
    Console().print(table)
    click.echo("品牌、地名与国标价为公开事实 · brands, places and official prices are facts")


def _refusal(refused: SeedRefused) -> CommandFailed:
    if refused.refusal is SeedRefusal.FOREIGN_MEMBERS:
        return CommandFailed(
            f"库中有 {refused.foreign_members} 个非演示会员，未写入。确要写入加 --beside-members。",
            f"{refused.foreign_members} real members live in this database: nothing was written. "
            "--beside-members seeds all the same.",
        )
    return CommandFailed(
        "库中已有另一份演示数据（参数或素材不同），未改动。用 --force 替换。",
        "Other demo data stand here (of another recipe or other files): nothing was touched. "
        "--force replaces them.",
    )


@contextmanager
def _bars() -> Iterator[SeedProgress]:
    """One bar for each kind of row; silent where standard error is no terminal."""
    console = Console(stderr=True)
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    tasks: dict[str, TaskID] = {}

    def progress(kind: str, done: int, total: int) -> None:
        if kind not in tasks:
            tasks[kind] = bars.add_task(KINDS.get(kind, kind), total=total)
        bars.update(tasks[kind], completed=done)

    with bars:
        yield progress
