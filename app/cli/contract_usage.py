"""`youhui contract usage` and `retire`: who still uses what, and an end for who does not."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import click
import orjson
from graphql import build_schema as schema_of
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.contract_options import APP_VERSION, CHANNEL, IN_FOLDER, shelf_in
from app.cli.errors import CommandFailed, storage_failed
from app.cli.servers import databases
from app.gateway.trusted.manifest import Manifest
from app.gateway.trusted.reach import reach_of
from app.gateway.trusted.shelf import Shelf, file_of, write_retired
from app.gateway.trusted.versions import AppVersion
from app.ports.contract_usage import UsedDocument, UsedOn, Uses
from app.ports.errors import StorageUnavailable
from app.schema.build import build_schema, print_sdl
from app.settings import Settings
from app.storage.contract_usage import PostgresContractUsageRepository
from app.storage.engine import make_engine

T = TypeVar("T")
UNSAID = "未说明 not said"


@click.command()
@IN_FOLDER
@click.option("--days", type=click.IntRange(1, 400), default=30, show_default=True,
              help="最近几天 · of the last days")  # fmt: skip
@click.option("--fields", is_flag=True, help="按字段 · by field, not by operation")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · as JSON")
def usage(folder: Path, days: int, fields: bool, as_json: bool) -> None:
    """各渠道各版本最近使用了什么 · what each channel and version used, and when last.

    没有说明版本的请求记为“未说明”。用量每隔几秒写入一次，最近几秒的可能还没有。

    Requests that did not say their version stand as "not said". Uses are written down every few
    seconds: the last ones may be missing.
    """
    shelf = shelf_in(folder)
    since = datetime.now(UTC).date() - timedelta(days=days - 1)
    used = _added_up(_read(lambda repository: repository.since(since)))
    if fields:
        counts = _by_field(used, shelf)
        if as_json:
            click.echo(orjson.dumps(_fields_json(counts)))
        else:
            Console(soft_wrap=True).print(_fields_table(counts))
    elif as_json:
        click.echo(orjson.dumps(_operations_json(used, shelf), option=orjson.OPT_UTC_Z))
    else:
        Console(soft_wrap=True).print(_operations_table(used, shelf))


@click.command()
@CHANNEL
@APP_VERSION
@IN_FOLDER
@click.option("--days", type=click.IntRange(1, 400), default=30, show_default=True,
              help="这些天内没有用过才停用 · only if not used for so many days")  # fmt: skip
@click.option("--force", is_flag=True, help="还在用也停用 · even if it is still used")
def retire(channel: str, version: AppVersion, folder: Path, days: int, force: bool) -> None:
    """停用一个版本 · take a version out of use.

    清单被删除，版本记入 retired.json；部署之后，它的请求得到 UPGRADE_REQUIRED 和可用的最低版本。

    Its manifest is deleted and the version noted in retired.json. Once that is deployed, its
    requests are answered by UPGRADE_REQUIRED with the lowest version that is still served.
    """
    shelf = shelf_in(folder)
    manifest = shelf.manifest(channel, version)
    if manifest is None:
        live = "、".join(map(str, shelf.live(channel))) or "—"
        raise CommandFailed(
            f"{channel} 没有在用的版本 {version}；在用的是 {live}。",
            f"{channel} {version} is not in use; in use are: {live}.",
        )
    if shelf.live(channel) == [version]:
        raise CommandFailed(
            f"{version} 是 {channel} 唯一在用的版本，停用后没有可升级的版本。",
            f"{version} is the only version of {channel}: there is nothing to upgrade to.",
        )
    if not force:
        _refuse_if_used(shelf, manifest, days)
    file_of(folder, channel, version).unlink()
    gone = shelf.retired.get(channel, frozenset()) | {version}
    write_retired(folder, {**shelf.retired, channel: gone})
    click.echo(f"✓ {channel} {version} 已停用，部署后生效 retired, once this is deployed")


def _refuse_if_used(shelf: Shelf, manifest: Manifest, days: int) -> None:
    """Uses without a version count too, of documents that no other version in use has."""
    since = datetime.now(UTC) - timedelta(days=days)
    others = {
        sha256 for other in shelf.manifests if other is not manifest for sha256 in other.documents
    }
    used = [
        (document, uses)
        for document, uses in _read(lambda repository: repository.last_used()).items()
        if uses.last_at >= since and _is_of(document, manifest, others)
    ]
    if used:
        last = max(uses.last_at for _, uses in used)
        names = "、".join(sorted({document.operation for document, _ in used})[:5])
        raise CommandFailed(
            f"{manifest.channel} {manifest.version} 最近 {days} 天内还在用：最后一次 "
            f"{last.astimezone():%Y-%m-%d %H:%M}（{names}）。仍要停用请加 --force。",
            f"It was used within {days} days. To retire it all the same, say --force.",
        )


def last_use_lines(shelf: Shelf) -> list[str]:
    """Of each live version, when it was last used."""
    last: dict[tuple[str, str], Uses] = {}
    for document, uses in _read(lambda repository: repository.last_used()).items():
        before = last.get(document[:2])
        last[document[:2]] = uses if before is None else before + uses
    return [
        f"{manifest.channel} {manifest.version}  最近使用 last used "
        + _moment(last.get((manifest.channel, str(manifest.version))))
        for manifest in shelf.manifests
    ]


def _moment(uses: Uses | None) -> str:
    return f"{uses.last_at.astimezone():%Y-%m-%d %H:%M:%S}" if uses else "—"


def _is_of(document: UsedDocument, manifest: Manifest, others: set[str]) -> bool:
    if (document.channel, document.version) == (manifest.channel, str(manifest.version)):
        return True
    if document.version or document.channel not in ("", manifest.channel):
        return False
    return document.sha256 in manifest.documents and document.sha256 not in others


def _read(ask: Callable[[PostgresContractUsageRepository], Awaitable[T]]) -> T:
    async def read(url: str) -> T:
        engine = make_engine(url, application_name="youhui-contract", pool_size=1)
        try:
            return await ask(PostgresContractUsageRepository(engine))
        finally:
            await engine.dispose()

    with databases(Settings()) as at:
        try:
            return asyncio.run(read(at.database_url))
        except StorageUnavailable as fault:
            raise storage_failed(fault) from fault


def _added_up(rows: Iterable[UsedOn]) -> dict[UsedDocument, Uses]:
    """Over the days; what live manifests hold and nobody used is added where it is shown."""
    sums: dict[UsedDocument, Uses] = {}
    for row in rows:
        before = sums.get(row.document)
        sums[row.document] = row.uses if before is None else before + row.uses
    return sums


@dataclass(frozen=True, slots=True)
class _Line:
    """`uses` None: never in these days. `live`: its manifest is among those in use."""

    document: UsedDocument
    uses: Uses | None
    live: bool


def _lines(used: Mapping[UsedDocument, Uses], shelf: Shelf) -> Sequence[_Line]:
    """Every document of a live manifest, and whatever else was used; by channel and version."""
    live = {
        UsedDocument(manifest.channel, str(manifest.version), document.sha256, document.name)
        for manifest in shelf.manifests
        for document in manifest.documents.values()
    }
    lines = [_Line(document, used.get(document), document in live) for document in live | set(used)]
    return sorted(lines, key=lambda line: (*line.document[:2], line.document.operation))


def _operations_table(used: Mapping[UsedDocument, Uses], shelf: Shelf) -> Table:
    table = Table("渠道 channel", "版本 version", "操作 operation", header_style="bold")
    table.add_column("次数 uses", justify="right")
    table.add_column("最近一次 last")
    group = None
    for line in _lines(used, shelf):
        document = line.document
        if group not in (None, document[:2]):
            table.add_section()
        group = document[:2]
        table.add_row(
            document.channel or UNSAID,
            document.version or UNSAID,
            Text(document.operation, "" if line.live or not document.version else "dim"),
            str(line.uses.count) if line.uses else "0",
            _moment(line.uses),
        )
    return table


def _operations_json(used: Mapping[UsedDocument, Uses], shelf: Shelf) -> list[dict[str, object]]:
    return [
        {
            "channel": line.document.channel or None,
            "version": line.document.version or None,
            "operation": line.document.operation,
            "sha256": line.document.sha256,
            "uses": line.uses.count if line.uses else 0,
            "lastAt": line.uses.last_at if line.uses else None,
            "live": line.live,
        }
        for line in _lines(used, shelf)
    ]


_ByField = dict[tuple[str, str], Counter[str]]


def _by_field(used: Mapping[UsedDocument, Uses], shelf: Shelf) -> _ByField:
    """By channel and version, how many requests selected each `Type.field`. Documents of versions
    out of use have no text here any more: they are left out."""
    schema = schema_of(print_sdl(build_schema()))
    texts = {document.sha256: document.text for document in shelf.by_id.values()}
    fields = {sha256: reach_of(text, schema).fields for sha256, text in texts.items()}
    counts: _ByField = {}
    for document, uses in used.items():
        of_version = counts.setdefault(document[:2], Counter())
        for field in fields.get(document.sha256, ()):
            of_version[field] += uses.count
    return counts


def _fields_table(counts: _ByField) -> Table:
    """A row a field, a column a version."""
    versions = sorted(counts)
    table = Table("字段 field", header_style="bold")
    for channel, version in versions:
        table.add_column(f"{channel or UNSAID}\n{version or UNSAID}", justify="right")
    for field in sorted({field for of_version in counts.values() for field in of_version}):
        table.add_row(field, *(str(counts[version][field] or "") for version in versions))
    return table


def _fields_json(counts: _ByField) -> list[dict[str, object]]:
    return [
        {"channel": channel or None, "version": version or None, "fields": dict(sorted(of.items()))}
        for (channel, version), of in sorted(counts.items())
    ]
