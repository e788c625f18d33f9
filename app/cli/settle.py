"""`youhui settle`: what each funder owes for a day, as files for spreadsheets and in words."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.csv_files import as_text, in_yuan, write_csv
from app.cli.errors import CommandFailed, storage_failed
from app.cli.servers import databases
from app.domain.orders.settlement import Difference, Owed, Settlement, StationDay
from app.domain.shared.funder import Funder
from app.ports.errors import StorageUnavailable
from app.schema.texts.amounts import money
from app.settings import Settings
from app.storage.engine import make_engine
from app.storage.funding import PostgresSettlementRepository

FUNDERS = {
    Funder.PLATFORM: "平台 platform",
    Funder.STATION: "油站 station",
    Funder.BRAND: "品牌 brand",
}
OWED_COLUMNS = (
    "日期 date",
    "承担方 funder",
    "油站编号 station code",
    "油站 station",
    "订单数 orders",
    "优惠(分) discount fen",
    "退款数 refunds",
    "退回(分) returned fen",
    "应付(分) owed fen",
    "应付(元) owed yuan",
)
STATION_COLUMNS = (
    "日期 date",
    "油站编号 station code",
    "油站 station",
    "订单数 orders",
    "优惠前(分) gross fen",
    "实付(分) paid fen",
    "优惠(分) discount fen",
    "退款数 refunds",
    "退款优惠前(分) refunded gross fen",
    "退款(分) refunded fen",
    "退回优惠(分) returned fen",
)
SHOWN_IN = ZoneInfo("Asia/Shanghai")


@click.command()
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="油站当地的日期 · a day of the stations' own calendars",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("settlements"),
    show_default=True,
    help="写入的文件夹 · where the files go",
)
def settle(day: datetime, out: Path) -> None:
    """一天的补贴分摊：各承担方应付多少 · what each funder owes for a day, to the fen.

    写两个 CSV（Excel 可直接打开）：按承担方和油站的应付，以及油站当天的订单与退款；两者逐分核对，
    不一致时退出码为 1。

    Two files for spreadsheets: what is owed by funder and station, and the orders and refunds of
    each station. Both are held against each other to the fen; exit code 1 if they differ.
    """
    found = _settlement(day.date())
    files = write_files(found, out)
    console = Console()
    console.print(_summary(found))
    for file in files:
        click.echo(f"✓ {file}")
    if found.day >= datetime.now(UTC).astimezone(SHOWN_IN).date():
        click.echo("这一天还没有结束，数字会变。 The day is not over: the figures will change.")
    differences = found.differences()
    if differences:
        console.print(_differences(differences))
        raise CommandFailed(
            f"{len(differences)} 个油站的分摊与订单、退款不一致，见上表。",
            f"Entries of {len(differences)} stations do not tie to their orders: see above.",
        )
    click.echo("✓ 与订单、退款逐分一致 ties to orders and refunds, to the fen")


def _settlement(day: date) -> Settlement:
    async def read(url: str) -> Settlement:
        engine = make_engine(
            url, application_name="youhui-settle", pool_size=1, statement_timeout_ms=600_000
        )
        try:
            return await PostgresSettlementRepository(engine).settlement(day)
        finally:
            await engine.dispose()

    with databases(Settings()) as at:
        try:
            return asyncio.run(read(at.database_url))
        except StorageUnavailable as fault:
            raise storage_failed(fault) from fault


def write_files(found: Settlement, out: Path) -> list[Path]:
    """The two files, each whole or not at all; a file that stands is replaced."""
    out.mkdir(parents=True, exist_ok=True)
    day = found.day.isoformat()
    owed = [_owed_row(day, row) for row in found.owed]
    stations = [_station_row(day, row) for row in found.stations]
    return [
        write_csv(out / f"settlement-{day}.csv", OWED_COLUMNS, owed),
        write_csv(out / f"settlement-{day}-stations.csv", STATION_COLUMNS, stations),
    ]


def _owed_row(day: str, row: Owed) -> list[str | int]:
    return [
        day,
        row.funder.value,
        as_text(row.station.code),
        as_text(row.station.name),
        row.orders,
        row.discount_fen,
        row.refunds,
        row.returned_fen,
        row.owed_fen,
        in_yuan(row.owed_fen),
    ]


def _station_row(day: str, row: StationDay) -> list[str | int]:
    return [
        day,
        as_text(row.station.code),
        as_text(row.station.name),
        row.orders,
        row.gross_fen,
        row.paid_fen,
        row.discount_fen,
        row.refunds,
        row.refunded_gross_fen,
        row.refunded_fen,
        row.returned_fen,
    ]


def _summary(found: Settlement) -> Table:
    table = Table(title=f"补贴分摊 settlement {found.day}", title_justify="left")
    for column in ("承担方 funder", "油站 station"):
        table.add_column(column)
    for column in ("订单 orders", "优惠 discount", "退款 refunds", "退回 returned", "应付 owed"):
        table.add_column(column, justify="right")
    for funder in Funder:
        rows = [row for row in found.owed if row.funder is funder]
        for row in rows:
            table.add_row(FUNDERS[funder], Text(row.station.name), *_figures([row]))
        style = "bold" if rows else "dim"
        table.add_row(FUNDERS[funder], "合计 in all", *_figures(rows), style=style)
        table.add_section()
    table.add_row("全部 all", "", *_figures(found.owed), style="bold")
    return table


def _figures(rows: Sequence[Owed]) -> list[str]:
    """An order with several funders counts once for each: only sums of one funder tell orders."""
    one_funder = len({row.funder for row in rows}) <= 1
    return [
        str(sum(row.orders for row in rows)) if one_funder else "",
        money(sum(row.discount_fen for row in rows)),
        str(sum(row.refunds for row in rows)) if one_funder else "",
        money(sum(row.returned_fen for row in rows)),
        money(sum(row.owed_fen for row in rows)),
    ]


def _differences(found: Sequence[Difference]) -> Table:
    table = Table(
        "油站 station",
        "分摊优惠 entries",
        "订单优惠 orders",
        "分摊退回 entries",
        "退款退回 refunds",
        title="不一致 differences",
    )
    for row in found:
        figures = (
            row.entries_discount_fen,
            row.orders_discount_fen,
            row.entries_returned_fen,
            row.refunds_returned_fen,
        )
        table.add_row(Text(row.station.name), *map(money, figures))
    return table
