"""Promotions, their versions and their history as tables."""

import json
from collections.abc import Iterable, Mapping, Sequence

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from app.documents.changes import MISSING, Change
from app.domain.promotions.lifecycle import OPEN, SERVED, State
from app.domain.promotions.promotion import Promotion, Validity
from app.ports.promotions import VersionRecord
from app.resolvers.publish_promotions import PublishReport

STATES = {
    State.DRAFT: ("草稿 draft", "dim"),
    State.SUBMITTED: ("待批准 submitted", "cyan"),
    State.APPROVED: ("已批准 approved", "blue"),
    State.LIVE: ("已上线 live", "green"),
    State.PAUSED: ("已暂停 paused", "yellow"),
    State.ENDED: ("已结束 ended", "dim"),
}
UNREADABLE = "[red]本程序无法读取，未启用 unreadable: not offered[/red]"


def of_versions(records: Mapping[str, Sequence[VersionRecord]], states: set[State]) -> Table:
    """One row for each version that is served or on its way, in one of the states."""
    table = _table("代码 code", "标题 title", "层级 lane", "方式 benefit", "有效期 validity",
                   "状态 state", "最近 last")  # fmt: skip
    for versions in records.values():
        for record in versions:
            if record.state in states:
                table.add_row(*_version(record))
    return table


def shown_states(*, everything: bool, only: str | None) -> set[State]:
    if only is not None:
        return {State(only)}
    return set(State) if everything else set(OPEN | SERVED)


def _version(record: VersionRecord) -> tuple[str | Text, ...]:
    last = record.steps[-1]
    said = f"{last.at.astimezone():%Y-%m-%d %H:%M} {last.by}"
    name = f"{record.code}@{record.version}"
    return name, *_described(record.promotion), state_text(record.state), Text(said)


def state_text(state: State) -> Text:
    return Text(*STATES[state])


def _described(promotion: Promotion | None) -> tuple[str, str, str, str]:
    """Title, lane, benefit and validity."""
    if promotion is None:
        return UNREADABLE, "", "", ""
    state = "[yellow]（文档暂停 paused: true）[/yellow] " if promotion.paused else ""
    title = f"{state}{escape(promotion.title.zh)}"
    return title, promotion.lane, promotion.benefit.kind, _dates(promotion.validity)


def _dates(validity: Validity) -> str:
    ends = [
        "…" if instant is None else f"{instant.astimezone():%Y-%m-%d %H:%M}"
        for instant in (validity.starts_at, validity.ends_at)
    ]
    return "长期 always" if ends == ["…", "…"] else " – ".join(ends)


def of_history(versions: Iterable[VersionRecord]) -> Table:
    table = _table("版本 version", "时间 when", "谁 who", "做了 act", "状态 state", "附言 note")
    for record in versions:
        for index, step in enumerate(record.steps):
            table.add_row(
                f"{record.code}@{record.version}" if index == 0 else "",
                f"{step.at.astimezone():%Y-%m-%d %H:%M:%S}",
                Text(step.by),
                step.act.value,
                state_text(step.state),
                Text(step.note or ""),
            )
        table.add_section()
    return table


def of_changes(title: str, found: Sequence[Change]) -> Table:
    table = _table("字段 field", "原 before", "新 after", title=title)
    for change in found:
        before, after = (_value(part) for part in (change.before, change.after))
        table.add_row(change.path, Text(before, "red"), Text(after, "green"))
    return table


def _value(value: object) -> str:
    return "—" if value is MISSING else json.dumps(value, ensure_ascii=False)


def of_publication(report: PublishReport, *, compared: bool = False) -> Table:
    title = "比较 compared" if compared else "已发布 published"
    table = _table("结果 result", "个 count", "代码 codes", title=title)
    for name, codes in (
        ("新增 new", report.new),
        ("更改 changed", report.changed),
        ("不变 unchanged", report.unchanged),
    ):
        table.add_row(name, str(len(codes)), ", ".join(codes))
    if not compared:
        version = report.catalog_version
        table.caption = (
            f"目录版本 catalog version {'不变 unchanged' if version is None else version}"
        )
    return table


def of_moves(versions: Mapping[str, int], state: State) -> Table:
    table = _table("版本 version", "状态 state")
    for code, version in versions.items():
        table.add_row(f"{code}@{version}", state_text(state))
    return table


def _table(*columns: str, title: str | None = None) -> Table:
    table = Table(*columns, title=title, title_justify="left", header_style="bold")
    table.columns[0].no_wrap = True
    return table
