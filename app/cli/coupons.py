"""`youhui coupons`: issue a batch to many members, make codes for it, take coupons back."""

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from app.cli.code_file import CodeFile, CodeFileFault
from app.cli.errors import CommandFailed
from app.cli.operating import OpenDesk, operating, refused
from app.cli.promotion_store import BY, EXIT_CODES
from app.domain.wallet.coupon import CouponStatus
from app.domain.wallet.runs import CouponRun, RunCounts, RunKind
from app.outside import Outside
from app.ports.work import UnknownMember
from app.resolvers import coupon_runs as resolve
from app.resolvers.coupon_runs import Audience, ListedAudience, RunRefused, SegmentAudience
from app.resolvers.desk import Desk
from app.resolvers.keys import CouponKey
from app.schema import ids
from app.security.code_hashes import KeyedCodeHashes
from app.storage.stock import PostgresStockRepository

T = TypeVar("T")
Told = Callable[[int], None]

BATCH = click.argument("batch", metavar="BATCH")
SHOWN_FAULTS = 10


@click.group()
def coupons() -> None:
    """券：发放、兑换码、收回 · issue coupons, make codes, take coupons back."""


@coupons.command(epilog=EXIT_CODES)
@BATCH
@click.option("--segment", metavar="S", help="发给该人群 · to the members of a segment")
@click.option(
    "--file",
    "listed",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="发给文件所列用户，一行一个编号 · to the user ids of a file, one a line",
)
@BY
@click.option(
    "--resume", type=click.IntRange(1), metavar="RUN", help="继续中断的发放 · go on with a run"
)
@click.option("--again", is_flag=True, help="另起一次，不继续 · a new run beside an unfinished one")
@click.option("--dry-run", "dry", is_flag=True, help="只统计，不发放 · count, and issue nothing")
def issue(
    *,
    batch: str,
    segment: str | None,
    listed: Path | None,
    by: str,
    resume: int | None,
    again: bool,
    dry: bool,
) -> None:
    """发券给一个人群或名单 · issue a batch to a segment or a list.

    每 500 人一个事务；中断后用 --resume RUN 继续，同一次发放中一人至多一张，库存不会超出。
    已达每人上限者不再发。

    A transaction for each 500 members. After an interruption --resume RUN goes on: a member gets
    one coupon of a run at most, and the stock is never passed. Who has as many as one may gets none.
    """
    if (segment is None) == (listed is None):
        raise click.UsageError("写 --segment 或 --file 之一 · give --segment or --file")
    audience = SegmentAudience(segment) if segment is not None else _listed(listed or Path())
    if dry:
        _tell_dry(batch, audience, by)
        return

    async def issued(_: Outside, desk: OpenDesk) -> CouponRun:
        run = await (
            resolve.find_run(desk(), resume)
            if resume is not None
            else resolve.start_run(desk(), RunKind.ISSUE, batch, audience.name, again=again)
        )
        if run.batch_code != batch:
            raise RunRefused(
                f"发放 {run.id} 的券批次是 {run.batch_code}", f"run {run.id} is of {run.batch_code}"
            )
        click.echo(f"发放 run {run.id}", err=True)
        with _bar(f"发放 issuing {batch}", await _size(desk(), audience)) as told:
            while run.finished_at is None:
                told(run.counts.seen)
                run = await resolve.issue_chunk(desk(), run.id, audience)
        return run

    run = _operated(by, issued)
    Console().print(_summary(f"发放 run {run.id}：{batch}", run.counts))


def _tell_dry(batch: str, audience: Audience, by: str) -> None:
    async def counted(outside: Outside, desk: OpenDesk) -> RunCounts:
        counts = await resolve.would_issue(desk(), batch, audience)
        _, delivery = resolve.batch_named(desk(), batch)
        if delivery.stock is None:
            return counts
        stock = PostgresStockRepository(outside.engine)
        left = max(0, delivery.stock - (await stock.issued([batch])).get(batch, 0))
        short = max(0, counts.issued - left)
        return counts + RunCounts(issued=-short, short=short)

    counts = _operated(by, counted)
    Console().print(_summary(f"试算，未发放 dry run, nothing issued：{batch}", counts))


async def _size(desk: Desk, audience: Audience) -> int:
    if isinstance(audience, ListedAudience):
        return len(audience.user_ids)
    if not isinstance(audience, SegmentAudience):
        return 0
    async with desk.works.begin(None) as work:
        return await work.coupons.segment_size(audience.segment)


def _listed(path: Path) -> ListedAudience:
    """The whole file is checked before anything is issued. A first line that is no number may name
    the column."""
    octets = path.read_bytes()
    user_ids: list[int] = []
    faults: list[str] = []
    for number, line in enumerate(octets.decode("utf-8-sig", errors="replace").splitlines(), 1):
        text = line.split(",")[0].strip().strip('"')
        if text.isascii() and text.isdigit() and 0 < int(text) < 2**63:
            user_ids.append(int(text))
        elif text and number > 1:
            faults.append(f"  第 {number} 行 line {number}: {text[:40]}")
    if faults:
        more = "" if len(faults) <= SHOWN_FAULTS else f"\n  … {len(faults)}"
        raise CommandFailed(
            f"{path.name} 有不是用户编号的行，什么都没有发。",
            "Some lines are no user ids: nothing was issued.\n"
            + "\n".join(faults[:SHOWN_FAULTS])
            + more,
        )
    return ListedAudience(hashlib.sha256(octets).hexdigest(), user_ids)


@coupons.command(epilog=EXIT_CODES)
@BATCH
@click.option("--count", type=click.IntRange(1, 10_000_000), required=True, metavar="N")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE"
)
@BY
def codes(batch: str, count: int, out: Path, by: str) -> None:
    """为券批次制作兑换码，写入 FILE（仅此一份）· make codes for a batch, into FILE alone.

    数据库只存其加密摘要，丢失文件即无法找回；中断后用同样的命令继续。

    The database holds keyed hashes only: whoever loses the file has lost the codes. After an
    interruption the same command goes on.
    """

    async def made(outside: Outside, desk: OpenDesk) -> CouponRun:
        hashes = KeyedCodeHashes(outside.keys)
        file = CodeFile.begun(out)
        if file is None:
            run = await resolve.start_run(
                desk(), RunKind.CODES, batch, f"codes:{count}", again=True
            )
            file = CodeFile.begin(out, run.id)
        else:
            run = await resolve.find_run(desk(), file.run_id)
        if (run.batch_code, run.audience) != (batch, f"codes:{count}"):
            raise RunRefused(
                f"{file.part.name} 是 {run.batch_code} 的 {run.audience}",
                f"{file.part.name} holds {run.audience} of {run.batch_code}",
            )
        with file, _bar(f"制作 making {batch}", count) as told:
            for written in file.chunks(count, resolve.CHUNK):
                hashed = [hashes.of(code)[0] for code in written]
                run = await resolve.keep_codes(desk(), run.id, hashed)
                told(run.counts.seen)
        file.finish()
        return run

    try:
        run = _operated(by, made)
    except CodeFileFault as fault:
        raise CommandFailed(fault.zh, fault.en) from fault
    click.echo(f"{out}: {count} 个兑换码 codes（run {run.id}）")


@coupons.command(epilog=EXIT_CODES)
@click.option("--coupon", metavar="ID", help="一张券：其编号或 USER:ID · one coupon")
@click.option("--batch", metavar="BATCH", help="整个批次 · a whole batch, its open codes too")
@click.option("--run", "run_id", type=click.IntRange(1), metavar="RUN", help="一次发放 · one run")
@BY
def revoke(coupon: str | None, batch: str | None, run_id: int | None, by: str) -> None:
    """收回未用的券和未兑的码 · take back coupons not used and codes not redeemed.

    被订单占用的、已用的、已过期的不变；订单释放后可再次执行。What an order holds or used, and
    what has ended, stays as it is; run it again once orders have let go.
    """
    if sum(given is not None for given in (coupon, batch, run_id)) != 1:
        raise click.UsageError(
            "写 --coupon、--batch、--run 之一 · give one of --coupon, --batch, --run"
        )
    if coupon is not None:
        _revoke_one(_coupon_key(coupon), by)
        return

    async def revoked(_: Outside, desk: OpenDesk) -> tuple[dict[CouponStatus, int], int, int]:
        code = batch or (await resolve.find_run(desk(), run_id or 0)).batch_code
        found: dict[CouponStatus, int] = {}
        taken, codes, after = 0, 0, (0, 0)
        with _bar(f"收回 revoking {code}", None) as told:
            while count := await resolve.revoke_codes(desk(), code, run_id):
                codes += count
            while (chunk := await resolve.revoke_chunk(desk(), code, run_id, after)).last:
                after, taken = chunk.last, taken + chunk.revoked
                for status, number in chunk.statuses.items():
                    found[status] = found.get(status, 0) + number
                told(sum(found.values()))
        return found, taken, codes

    found, taken, codes = _operated(by, revoked)
    Console().print(_revoked_summary(found, taken, codes))


def _coupon_key(given: str) -> CouponKey:
    key = ids.coupon_key(given)
    if key is not None:
        return key
    user, _, coupon = given.partition(":")
    if not (user.isascii() and user.isdigit() and coupon.isascii() and coupon.isdigit()):
        raise click.BadParameter("券的编号或 USER:ID · a coupon's id, or USER:ID")
    return CouponKey(int(user), int(coupon))


def _revoke_one(key: CouponKey, by: str) -> None:
    try:
        coupon = _operated(
            by, lambda _, desk: resolve.revoke_coupon(desk(), key.user_id, key.coupon_id)
        )
    except UnknownMember:
        coupon = None
    if coupon is None:
        raise refused("没有这张券", "there is no such coupon")
    if coupon.stored_status is not CouponStatus.REVOKED:
        raise refused(
            f"券的状态是 {coupon.stored_status}，不能收回",
            f"the coupon is {coupon.stored_status} and cannot be taken back",
        )
    click.echo("已收回 revoked")


def _operated(by: str, use: Callable[[Outside, OpenDesk], Awaitable[T]]) -> T:
    try:
        return operating(by, use)
    except RunRefused as refusal:
        raise CommandFailed(refusal.zh, refusal.args[0]) from refusal


@contextmanager
def _bar(title: str, total: int | None) -> Iterator[Told]:
    """On standard error; silent where that is no terminal. Told how many are done."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, completed=done)


def _summary(title: str, counts: RunCounts) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("结果 result")
    table.add_column("人数 members", justify="right")
    for name, number in (
        ("名单 looked at", counts.seen),
        ("  发放 issued", counts.issued),
        ("  已有，不再发 have it already", counts.had),
        ("  没有此用户 no such member", counts.unknown),
        ("  库存不足 stock gone", counts.short),
    ):
        table.add_row(name, f"{number:,}")
    return table


def _revoked_summary(found: dict[CouponStatus, int], taken: int, codes: int) -> Table:
    table = Table(title="收回 revoked", title_justify="left")
    table.add_column("结果 result")
    table.add_column("张 coupons", justify="right")
    usable = found.get(CouponStatus.USABLE, 0)
    for name, number in (
        ("收回 taken back", taken),
        ("已过期 ended", usable - taken + found.get(CouponStatus.EXPIRED, 0)),
        ("订单占用，未动 held by orders", found.get(CouponStatus.RESERVED, 0)),
        ("已使用 used", found.get(CouponStatus.REDEEMED, 0)),
        ("此前已收回 revoked before", found.get(CouponStatus.REVOKED, 0)),
        ("作废的兑换码 codes made void", codes),
    ):
        table.add_row(name, f"{number:,}")
    return table
