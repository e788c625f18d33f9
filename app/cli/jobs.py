"""`youhui jobs`: what waits, what was given up and why; let it run again."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.errors import CommandFailed, storage_failed
from app.cli.servers import databases
from app.ports.errors import StorageUnavailable
from app.settings import Settings
from app.storage.engine import make_engine
from app.storage.job_board import DEAD, JobBoard, QueueState, SeenJob

T = TypeVar("T")

STATUSES = {
    "todo": ("等待 waiting", "cyan"),
    "doing": ("进行中 running", "blue"),
    "succeeded": ("完成 done", "green"),
    "failed": ("放弃 given up", "red"),
    "cancelled": ("已取消 cancelled", "dim"),
    "aborted": ("已中止 aborted", "yellow"),
}


@click.group(invoke_without_command=True)
@click.pass_context
def jobs(context: click.Context) -> None:
    """后台任务：等待的、放弃的及原因 · jobs that wait, and those given up, with the cause."""
    if context.invoked_subcommand is None:
        context.invoke(listed)


@jobs.command("list")
@click.option("--failed", is_flag=True, help="只看放弃的 · only those given up")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
def listed(failed: bool = False, limit: int = 50) -> None:
    """列出任务，最新的在前 · the newest first."""
    statuses = [DEAD] if failed else [DEAD, "todo", "doing", "aborted"]

    async def look(board: JobBoard) -> tuple[QueueState, list[SeenJob]]:
        return await board.state(), await board.jobs(statuses, limit)

    state, found = _on_board(look)
    console = Console()
    console.print(_summary(state), soft_wrap=True)
    if found:
        console.print(_table(found))


@jobs.command()
@click.argument("job_id", type=int, metavar="ID")
def show(job_id: int) -> None:
    """一个任务的全部 · everything about one job."""
    found = _on_board(lambda board: board.job(job_id))
    if found is None:
        raise CommandFailed(
            f"没有任务 {job_id}；完成的任务不保留。",
            f"There is no job {job_id}: those that are done are not kept.",
        )
    table = Table(show_header=False)
    for name, value in (
        ("任务 job", f"{found.id}  {found.name}"),
        ("状态 status", _status(found)),
        ("参数 given", json.dumps(found.given, ensure_ascii=False)),
        ("放入 deferred", _when(found.deferred_at)),
        ("不早于 not before", _when(found.due_at)),
        ("已试 attempts", str(found.attempts)),
        ("最近失败 last failure", _when(found.failed_at)),
        ("原因 cause", Text(_cause(found))),
    ):
        table.add_row(name, value)
    Console().print(table)


@jobs.command()
@click.argument("job_ids", type=int, nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="所有放弃的 · all that were given up")
def retry(job_ids: tuple[int, ...], everything: bool) -> None:
    """让放弃的任务重新执行 · let jobs that were given up run again."""
    if bool(job_ids) == everything:
        raise click.UsageError("写出任务编号，或用 --all · name jobs, or --all")
    again = _on_board(lambda board: board.retry(None if everything else job_ids))
    click.echo(f"✓ {len(again)} 个任务将重新执行 will run again: {_listed(again)}")
    left = sorted(set(job_ids) - set(again))
    if left:
        raise CommandFailed(
            f"未改动：{_listed(left)}。不存在、没有被放弃，或已有相同的任务在等待。",
            f"Left alone: {_listed(left)}: not there, not given up, or the same one waits already.",
        )


@jobs.command()
def health() -> None:
    """后台任务是否正常；不正常时退出码为 1 · exit code 1 if no worker lives or jobs are overdue."""
    state = _on_board(lambda board: board.state())
    Console().print(_summary(state), soft_wrap=True)
    if state.workers == 0:
        raise CommandFailed(
            "没有在工作的后台进程：请启动 youhui worker。",
            "No worker lives: start `youhui worker`.",
        )
    if state.overdue:
        raise CommandFailed(
            "有任务到期一分钟仍无人执行：请增加后台进程。",
            "Jobs have been due for a minute and nobody takes them: start more workers.",
        )


def _on_board(look: Callable[[JobBoard], Awaitable[T]]) -> T:
    async def looked(url: str) -> T:
        engine = make_engine(url, application_name="youhui-jobs", pool_size=1)
        try:
            return await look(JobBoard(engine))
        finally:
            await engine.dispose()

    with databases(Settings()) as at:
        try:
            return asyncio.run(looked(at.database_url))
        except StorageUnavailable as fault:
            raise storage_failed(fault) from fault


def _summary(state: QueueState) -> Text:
    shown = (
        f"等待 waiting {state.waiting} · 进行中 running {state.running} · "
        f"放弃 given up {state.dead} · 逾期 overdue {state.overdue} · 进程 workers {state.workers}"
    )
    wrong = state.dead or state.overdue or not state.workers
    return Text(shown, "yellow" if wrong else "green")


def _table(found: Sequence[SeenJob]) -> Table:
    table = Table("编号 id", "任务 job", "状态 status", "参数 given", "已试 tries",
                  "不早于 not before", "原因 cause", header_style="bold")  # fmt: skip
    for job in found:
        table.add_row(
            str(job.id),
            job.name,
            _status(job),
            Text(" ".join(f"{name}={value}" for name, value in job.given.items())),
            str(job.attempts),
            _when(job.due_at),
            Text(_cause(job)),
        )
    return table


def _cause(job: SeenJob) -> str:
    """Without one where the job never got as far as a task, or nothing could be written."""
    if job.cause is None and job.status == DEAD:
        return "没有记录：任务名未知，或当时数据库断开 none: no such task, or the database was lost"
    return job.cause or ""


def _status(job: SeenJob) -> Text:
    return Text(*STATUSES.get(job.status, (job.status, "")))


def _when(instant: datetime | None) -> str:
    return "—" if instant is None else f"{instant.astimezone():%Y-%m-%d %H:%M:%S}"


def _listed(ids: Sequence[int]) -> str:
    return ", ".join(str(job_id) for job_id in ids) or "—"
