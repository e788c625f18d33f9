"""`youhui import`: files of stations and of official prices into the database."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.table import Table

from app.cli.errors import CommandFailed, ExitCode, storage_failed
from app.cli.servers import announcements_at, databases
from app.domain.stations.findings import FAULT_TEXTS
from app.integrations.station_files import (
    CeilingMapping,
    MappedCeilingFile,
    MappedStationFile,
    MappingInvalid,
    StationMapping,
    load_mapping,
    rejected_path,
    shipped_mappings,
    write_rejected,
)
from app.ports.errors import StorageUnavailable
from app.ports.station_files import FileFault
from app.ports.station_intake import StationIntake
from app.resolvers.import_ceilings import import_ceilings
from app.resolvers.import_stations import ImportReport, import_stations
from app.settings import Settings
from app.storage.engine import make_engine
from app.storage.station_intake import PostgresStationIntake

Take = Callable[[StationIntake], Awaitable[ImportReport]]
File = MappedStationFile | MappedCeilingFile

EXIT_CODES = """\b
退出码 exit codes:
  0  已导入（被拒的行另存）    done; rejected rows are in FILE.rejected.csv
  1  --strict 且有行被拒，未写入  --strict and rows rejected: nothing written
  2  用法或映射有误           wrong usage or mapping
  6  连不上数据库             the database cannot be reached
  7  文件读不完，未写入        the file cannot be read to its end: nothing written
"""

FILE = click.argument("file", type=click.Path(path_type=Path))
STRICT = click.option(
    "--strict", is_flag=True, help="有一行被拒就什么都不写 · one rejected row: write nothing"
)


@click.group()
def imports() -> None:
    """导入油站与国标价 · stations and official prices from files.

    整个文件先核对，再在一个事务里写入；重复导入不改变任何东西。
    The whole file is checked first and then written in one transaction; importing it again
    changes nothing.
    """


@imports.command(epilog=EXIT_CODES)
@FILE
@click.option(
    "--mapping",
    metavar="M",
    required=True,
    help="自带映射的名字，或 YAML 文件的路径 · a shipped mapping or a path to YAML; shipped: "
    + ", ".join(shipped_mappings("stations")),
)
@STRICT
def stations(file: Path, mapping: str, strict: bool) -> None:
    """导入油站（CSV 或 GeoJSON）· stations from CSV or GeoJSON.

    FILE 为 UTF-8 文本（可带 BOM）。按来源编号更新；被拒的行写入 FILE.rejected.csv，注明行号与原因。

    FILE is UTF-8 text, with or without a byte-order mark. Stations are recognised by their id in
    the source. Rejected rows go to FILE.rejected.csv with their line and all reasons (GeoJSON:
    the number of the feature).
    """
    chosen = _mapping(mapping, "stations")
    if not isinstance(chosen, StationMapping):
        raise TypeError("not a mapping of stations")
    with _checking(file) as on_bytes:
        source = MappedStationFile(file, chosen, on_bytes)
        report = _run(
            lambda intake: import_stations(source, intake, moment=datetime.now(UTC), strict=strict)
        )
    _finish(file, MappedStationFile(file, chosen), report)


@imports.command(epilog=EXIT_CODES)
@FILE
@click.option(
    "--mapping",
    metavar="M",
    default="cn-ceilings",
    show_default=True,
    help="自带映射的名字，或 YAML 文件的路径 · a shipped mapping or a path to YAML",
)
@STRICT
def ceilings(file: Path, mapping: str, strict: bool) -> None:
    """导入国标价（CSV）· official prices (price ceilings) from CSV.

    一行一个价区，生效日期从 0 时（前一日 24 时）起。One row a price zone; a price holds from the
    first instant of its date, which is 24:00 of the day before.
    """
    chosen = _mapping(mapping, "ceilings")
    if not isinstance(chosen, CeilingMapping):
        raise TypeError("not a mapping of ceilings")
    with _checking(file) as on_bytes:
        source = MappedCeilingFile(file, chosen, on_bytes)
        report = _run(lambda intake: import_ceilings(source, intake, strict=strict))
    _finish(file, MappedCeilingFile(file, chosen), report)


def _mapping(name_or_path: str, kind: str) -> StationMapping | CeilingMapping:
    try:
        return load_mapping(name_or_path, kind)
    except MappingInvalid as fault:
        raise click.BadParameter(str(fault), param_hint="--mapping") from fault


@contextmanager
def _checking(file: Path) -> Iterator[Callable[[int], None]]:
    """A bar over the bytes of the file on standard error; silent where that is no terminal."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        size = file.stat().st_size if file.is_file() else None
        task = bar.add_task(f"核对 checking {file.name}", total=size)
        yield lambda count: bar.update(task, completed=count)


def _run(take: Take) -> ImportReport:
    """Runs an import on the databases of the settings; its faults as messages and exit codes."""
    with databases(Settings()) as at:
        announcements = announcements_at(at)

        async def imported() -> ImportReport:
            # An import of a large file may take longer than a request may.
            engine = make_engine(at.database_url, pool_size=1, statement_timeout_ms=0)
            try:
                return await take(PostgresStationIntake(engine, announcements))
            finally:
                await engine.dispose()

        try:
            return asyncio.run(imported())
        except FileFault as fault:
            raise CommandFailed(fault.zh, fault.en, ExitCode.FILE_UNREADABLE) from fault
        except StorageUnavailable as fault:
            raise storage_failed(fault) from fault


def _finish(path: Path, source: File, report: ImportReport) -> None:
    written_to = _keep_rejected(path, source, report)
    Console().print(_summary(path, report))
    if report.rejected:
        click.echo(f"被拒的行 rejected rows: {written_to}")
    if report.count is None:
        raise CommandFailed(
            f"--strict：有 {len(report.rejected)} 行被拒，什么都没有写入。",
            f"--strict: {len(report.rejected)} rows were rejected, so nothing was written.",
            ExitCode.FAILED,
        )


def _keep_rejected(path: Path, source: File, report: ImportReport) -> Path:
    """Writes the rejected rows beside the file; where that folder takes none, into this one."""
    beside = rejected_path(path)
    try:
        write_rejected(beside, report.rejected, source.rows())
    except OSError:
        here = Path.cwd() / beside.name
        write_rejected(here, report.rejected, source.rows())
        return here
    return beside


def _summary(path: Path, report: ImportReport) -> Table:
    table = Table(title=f"导入 import {path.name}", title_justify="left")
    table.add_column("结果 result")
    table.add_column("行 rows", justify="right")
    table.add_row("接受 accepted", str(report.accepted))
    if report.count is not None:
        for name, number in (
            ("  新增 new", report.count.new),
            ("  更新 changed", report.count.changed),
            ("  不变 unchanged", report.count.unchanged),
            ("  过时，未采用 older than stored, left alone", report.count.outdated),
        ):
            table.add_row(name, str(number))
    table.add_row("被拒 rejected", str(len(report.rejected)))
    for fault, number in sorted(report.rejected_by_reason.items()):
        text = FAULT_TEXTS[fault]
        table.add_row(f"  {text.zh} {text.en} [dim]{fault}[/dim]", str(number))
    for fault, number in sorted(report.notes.items()):
        text = FAULT_TEXTS[fault]
        table.add_row(f"注意 note: {text.zh} {text.en}", str(number))
    version = report.count.version if report.count is not None else None
    table.caption = f"目录版本 catalog version {version}" if version else "没有变化 nothing changed"
    return table
