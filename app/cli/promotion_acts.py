"""`youhui promotions draft|submit|approve|send-back|pause|resume|end|history`: acts."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from rich.console import Console

from app.cli.promotion_files import loaded, reviewed
from app.cli.promotion_store import BY, EXIT_CODES, NOTE, named, with_store
from app.cli.promotion_tables import of_history, of_moves
from app.domain.promotions.lifecycle import Act, State
from app.ports.promotions import PromotionRegister, VersionRecord
from app.resolvers.promotion_lifecycle import record_named

NAMES = click.argument("names", metavar="CODE[@N]...", nargs=-1, required=True)
FILES = click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
)


@click.command(epilog=EXIT_CODES)
@FILES
@BY
@click.option("--submit", "submitted", is_flag=True, help="同时提交批准 · submit at once")
def draft(files: tuple[Path, ...], by: str, submitted: bool) -> None:
    """起草新版本；尚未上线的旧版本随之结束 · record new versions as drafts.

    与最新版本相同的不产生新版本 · what is as its newest version makes no new one.
    """
    found = loaded(files)
    reviewed(found)
    drafted = with_store(lambda store: store.draft(found, by), by, Act.DRAFT)
    new = {code: version for code, version in drafted.items() if version is not None}
    unchanged = [code for code, version in drafted.items() if version is None]
    if new:
        Console().print(of_moves(new, State.DRAFT))
    if unchanged:
        click.echo(f"不变 unchanged: {', '.join(unchanged)}")
    if submitted and new:
        _move([f"{code}@{version}" for code, version in new.items()], Act.SUBMIT, by)


@click.command(epilog=EXIT_CODES)
@NAMES
@BY
@NOTE
def submit(names: tuple[str, ...], by: str, note: str | None) -> None:
    """提交批准 · ask for approval."""
    _move(names, Act.SUBMIT, by, note)


@click.command(epilog=EXIT_CODES)
@click.argument("names", metavar="CODE@N...", nargs=-1, required=True)
@BY
@NOTE
def approve(names: tuple[str, ...], by: str, note: str | None) -> None:
    """批准所读的版本；起草人不能批准 · approve the version you have read; never your own.

    须写明版本：读过之后又改了的，批准的不会是它。先看 youhui promotions diff CODE。

    The version must be named, so that an edit made since cannot slip in. See it first:
    youhui promotions diff CODE.
    """
    lacking = [code for code, version in named(names) if version is None]
    if lacking:
        raise click.BadParameter(
            f"请写明所读的版本 · name the version that you have read: {lacking[0]}@N"
        )
    _move(names, Act.APPROVE, by, note)


@click.command("send-back", epilog=EXIT_CODES)
@NAMES
@BY
@click.option("--note", required=True, help="为什么退回，起草人会看到 · why, for its author")
def send_back(names: tuple[str, ...], by: str, note: str) -> None:
    """退回已提交或已批准的版本，写明理由 · give a version back to its author, and say why."""
    _move(names, Act.SEND_BACK, by, note)


@click.command(epilog=EXIT_CODES)
@NAMES
@BY
@NOTE
def pause(names: tuple[str, ...], by: str, note: str | None) -> None:
    """暂停：仍可见并说明，但不再使用 · keep it visible and explained, and never applied."""
    _move(names, Act.PAUSE, by, note)


@click.command(epilog=EXIT_CODES)
@NAMES
@BY
@NOTE
def resume(names: tuple[str, ...], by: str, note: str | None) -> None:
    """恢复暂停的活动 · apply it again."""
    _move(names, Act.RESUME, by, note)


@click.command(epilog=EXIT_CODES)
@NAMES
@BY
@NOTE
def end(names: tuple[str, ...], by: str, note: str | None) -> None:
    """结束：下线，或放弃未上线的版本；不可恢复 · take it off for good, or abandon a draft."""
    _move(names, Act.END, by, note)


@click.command(epilog=EXIT_CODES)
@click.argument("codes", metavar="CODE...", nargs=-1, required=True)
def history(codes: tuple[str, ...]) -> None:
    """谁在何时做了什么 · who did what, and when."""
    for versions in with_store(lambda store: _known(store, codes)).values():
        Console().print(of_history(versions))


async def _known(
    store: PromotionRegister, codes: Sequence[str]
) -> Mapping[str, Sequence[VersionRecord]]:
    """Raises `UnknownVersion` for a code that does not exist."""
    records = await store.versions(codes)
    for code in codes:
        record_named(records, code, None)
    return records


AFTER = {
    Act.SUBMIT: State.SUBMITTED,
    Act.APPROVE: State.APPROVED,
    Act.SEND_BACK: State.DRAFT,
    Act.PAUSE: State.PAUSED,
    Act.RESUME: State.LIVE,
    Act.END: State.ENDED,
}


def _move(names: Sequence[str], act: Act, by: str, note: str | None = None) -> None:
    wanted = named(names)
    moved = with_store(lambda store: store.move(wanted, act, by, note), by, act)
    Console().print(of_moves(moved.versions, AFTER[act]))
    if moved.catalog_version is not None:
        click.echo(f"目录版本 catalog version {moved.catalog_version}")
