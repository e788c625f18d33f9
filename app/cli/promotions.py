"""`youhui promotions`: promotions checked, drafted, approved, published, shown and paused."""

from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from app.cli import promotion_acts as acts
from app.cli.promotion_files import as_yaml, loaded, reviewed
from app.cli.promotion_store import BY, EXIT_CODES, named, with_store, with_store_and_places
from app.cli.promotion_tables import of_changes, of_publication, of_versions, shown_states
from app.documents.changes import changes
from app.documents.promotions import dump_promotion
from app.domain.promotions.lifecycle import SERVED, Act, State
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.review import KnownPlaces
from app.ports.promotions import PromotionStore, VersionRecord
from app.resolvers.promotion_lifecycle import (
    Wanted,
    publish_wanted,
    record_named,
    served_or_newest,
    wanted_by_documents,
    wanted_by_names,
)
from app.resolvers.publish_promotions import (
    PublishReport,
    compare_promotions,
    publish_promotions,
)
from app.storage.promotions import PostgresPromotionStore

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
FILES = click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
SUFFIXES = frozenset({".yaml", ".yml", ".json"})


@click.group()
def promotions() -> None:
    """优惠活动：核对、起草、批准、发布、暂停、查看 · the life of promotions.

    \b
    草稿 draft → 待批准 submitted → 已批准 approved（须由他人 by another）
      → 已上线 live ⇄ 已暂停 paused → 已结束 ended

    每次修改都是一个新版本，写作 CODE@2；版本一经写下不再改变，谁在何时做了什么都有记录。

    Every change is a new version, written CODE@2; a version never changes once written, and who
    did what and when is kept.

    FILE 是 YAML（或 JSON），最外层为 promotions 列表，每项的字段与 `youhui promotions show`
    打印的一致（格式见 docs/schemas/promotions-v1.json）；可从 seed/promotions/*.yaml 改起。

    FILE is YAML (or JSON) with a list `promotions`; the fields of each are those that
    `youhui promotions show` prints (docs/schemas/promotions-v1.json). The files in
    seed/promotions are a start.
    """


for command in (
    acts.draft, acts.submit, acts.approve, acts.send_back, acts.pause, acts.resume, acts.end, acts.history,
):  # fmt: skip
    promotions.add_command(command)


@promotions.command(epilog=EXIT_CODES)
@click.argument("what", metavar="FILE|CODE[@N]...", nargs=-1, required=True)
@BY
@click.option("--dry-run", is_flag=True, help="只比较文件，不写入 · compare FILEs, write nothing")
@click.option(
    "--demo", is_flag=True, help="演示：不经批准，记入历史 · no approval; history says so"
)
def publish(what: tuple[str, ...], by: str, dry_run: bool, demo: bool) -> None:
    """发布已批准的版本：全部上线或全部不动，无需重启 · make approved versions live, all or none.

    写 CODE 发布最新版本；写 FILE 则其中每份文档都须与已批准的版本一致。与线上相同的不产生新版本，
    未写到的活动保持原样。发布已暂停活动的新版本后仍是暂停，用 resume 恢复。

    CODE is its newest version; each document of a FILE must be what was approved. What is as it
    was makes no new version; promotions that are not named stay as they are. A version published
    over a paused one stays paused until `resume`.
    """
    files, names = _told_apart(what)
    if (demo or dry_run) and names:
        raise click.UsageError("--demo 和 --dry-run 只用于 FILE · take FILEs alone")
    found = loaded(files)
    if dry_run:
        report = with_store(lambda store: compare_promotions(found, store))
        Console().print(of_publication(report, compared=True))
        return

    async def published(store: PostgresPromotionStore, places: KnownPlaces) -> None:
        if demo:
            reviewed(found, await _others(store), places)
            report = await publish_promotions(found, store, by)
        else:
            wanted = await _wanted(found, names, store)
            reviewed(wanted.promotions, await _others(store), places)
            report = await _published(wanted, store, by)
        Console().print(of_publication(report))

    with_store_and_places(published, by, Act.PUBLISH)


async def _wanted(
    found: Sequence[Promotion], names: Sequence[str], store: PostgresPromotionStore
) -> Wanted:
    """Of documents and names together."""
    by_documents = await wanted_by_documents(found, store)
    by_names = await wanted_by_names(named(names), store)
    return Wanted(
        named=by_documents.named + by_names.named,
        promotions=by_documents.promotions + by_names.promotions,
        unchanged=by_documents.unchanged,
    )


async def _published(wanted: Wanted, store: PostgresPromotionStore, by: str) -> PublishReport:
    served = await store.live()
    moved = await publish_wanted(wanted, store, by)
    return PublishReport(
        catalog_version=moved.catalog_version,
        new=tuple(code for code in moved.versions if code not in served),
        changed=tuple(code for code in moved.versions if code in served),
        unchanged=wanted.unchanged,
        loose_ends=(),
    )


async def _others(store: PromotionStore) -> list[Promotion]:
    """What is live and can be read."""
    held = (await store.live()).values()
    return [one.promotion for one in held if one.promotion is not None]


def _told_apart(what: Sequence[str]) -> tuple[list[Path], list[str]]:
    """Files and names. Wrong usage: what looks like a file and is none."""
    files = [Path(word) for word in what if Path(word).is_file()]
    names = [word for word in what if not Path(word).is_file()]
    for name in names:
        if Path(name).suffix.lower() in SUFFIXES or "/" in name:
            raise click.BadParameter(f"没有这个文件 · there is no file {name}")
    return files, names


@promotions.command(epilog=EXIT_CODES)
@FILES
@click.option(
    "--database",
    is_flag=True,
    help="也核对油站、品牌、地区代码与线上活动 · also against stations and what is live",
)
def validate(files: tuple[Path, ...], database: bool) -> None:
    """核对文件的格式与含义，默认不连数据库 · check what files say and mean.

    含义：永远达不到的档、从不开放的时段、减不了钱的活动、不够一次的预算、单方面的叠加等。
    ✗ 会阻止发布，! 只是提醒。

    The meaning: tiers that nothing reaches, windows that never open, offers that lower nothing,
    budgets below one use, handshakes of one side. ✗ keeps it from being published, ! is a hint.
    """
    found = loaded(files)

    async def informed(store: PostgresPromotionStore, places: KnownPlaces) -> int:
        return reviewed(found, await _others(store), places)

    warnings = with_store_and_places(informed) if database else reviewed(found)
    hints = f"，{warnings} 处提醒 · {warnings} hints" if warnings else ""
    count = len(found)
    click.echo(f"✓ {count} 个活动，没有错误 · {count} promotions, no errors{hints}")


@promotions.command(name="list")
@click.option("--all", "everything", is_flag=True, help="也列已结束的 · those that ended, too")
@click.option(
    "--state", type=click.Choice([state.value for state in State]), help="只列此状态 · only these"
)
def listed(everything: bool, state: str | None) -> None:
    """列出线上的和在途的版本 · versions that are live or on their way."""
    records = with_store(lambda store: store.versions())
    states = shown_states(everything=everything, only=state)
    Console().print(of_versions(records, states))


@promotions.command()
@click.argument("codes", metavar="CODE[@N]...", nargs=-1, required=True)
def show(codes: tuple[str, ...]) -> None:
    """打印文档，可修改后再起草 · print documents, to edit and draft anew.

    不写版本：线上的，没有则最新的 · without a version: what is live, else the newest.
    """
    records = _records(codes)
    for record in records:
        last = record.steps[-1]
        click.echo(
            f"# {record.code}@{record.version} {record.state} "
            f"{last.at.astimezone():%Y-%m-%d %H:%M} {last.by}"
        )
    click.echo(as_yaml([_readable(record) for record in records]), nl=False)


@promotions.command()
@click.argument("codes", metavar="[CODE[@N]]...", nargs=-1)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写入文件 · write to a file",
)
def export(codes: tuple[str, ...], output: Path | None) -> None:
    """导出为文件，再导入得到同样的活动 · a file that reads back to the same.

    不写代码：所有线上的 · without a code: all that are live.
    """
    records = _records(codes) if codes else _served()
    if not records:
        raise click.UsageError("线上没有活动 · nothing is live")
    text = as_yaml([_readable(record) for record in records])
    if output is None:
        click.echo(text, nl=False)
        return
    output.write_text(text, encoding="utf-8")
    click.echo(f"✓ {len(records)} → {output}", err=True)


@promotions.command()
@click.argument("what", metavar="FILE | CODE[@N] [CODE@M]", nargs=-1, required=True)
def diff(what: tuple[str, ...]) -> None:
    """逐字段比较 · compare field by field.

    \b
    FILE            文件与线上（没有则最新）  a file against what is live, else the newest
    CODE            线上与最新版本            what is live against the newest
    CODE@1 CODE@3   两个版本                  two versions
    """
    files, names = _told_apart(what)
    pairs = _of_files(files) if files else _of_names(named_pair(names))
    for title, before, after in pairs:
        found = list(changes(before, after))
        if found:
            Console().print(of_changes(title, found))
        else:
            click.echo(f"{title}：没有差别 · no difference")


Pair = tuple[str, dict[str, object], dict[str, object]]


def _of_files(files: Sequence[Path]) -> list[Pair]:
    found = loaded(files)
    records = with_store(lambda store: store.versions([p.code for p in found]))
    pairs: list[Pair] = []
    for promotion in found:
        after = dump_promotion(promotion)
        if promotion.code not in records:
            pairs.append((f"（新 new） → {promotion.code}", {}, after))
            continue
        held = served_or_newest(records, promotion.code)
        title = f"{held.code}@{held.version} {held.state} → 文件 file"
        pairs.append((title, dump_promotion(_readable(held)), after))
    return pairs


def named_pair(names: Sequence[str]) -> list[tuple[str, int | None]]:
    """One name, or two. Wrong usage: more."""
    if len(names) > 2:
        raise click.UsageError("最多写两个版本 · name two versions at most")
    return [named([name])[0] for name in names]


def _of_names(names: Sequence[tuple[str, int | None]]) -> list[Pair]:
    async def found(store: PostgresPromotionStore) -> tuple[VersionRecord, VersionRecord]:
        records = await store.versions([code for code, _ in names])
        (code, version), *others = names
        if others:
            return record_named(records, code, version), record_named(records, *others[0])
        before = served_or_newest(records, code)
        return before, record_named(records, code, version)

    before, after = with_store(found)
    title = " → ".join(f"{one.code}@{one.version} {one.state}" for one in (before, after))
    return [(title, dump_promotion(_readable(before)), dump_promotion(_readable(after)))]


def _records(codes: Sequence[str]) -> list[VersionRecord]:
    """The versions named; without a number what is served, else the newest."""
    names = named(codes)

    async def found(store: PostgresPromotionStore) -> list[VersionRecord]:
        records = await store.versions([code for code, _ in names])
        return [
            record_named(records, code, version) if version else served_or_newest(records, code)
            for code, version in names
        ]

    return with_store(found)


def _served() -> list[VersionRecord]:
    records = with_store(lambda store: store.versions())
    return [one for versions in records.values() for one in versions if one.state in SERVED]


def _readable(record: VersionRecord) -> Promotion:
    if record.promotion is None:
        raise click.BadParameter(f"无法读取 unreadable: {record.code}@{record.version}")
    return record.promotion
