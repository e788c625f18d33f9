"""Use cases: promotions on their way from a draft to live, by what a document or a code names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.promotions.lifecycle import (
    SERVED,
    Act,
    LifecycleRefusal,
    State,
    UnknownVersion,
)
from app.domain.promotions.promotion import Promotion
from app.ports.promotions import Moved, PromotionRegister, VersionRecord

Named = tuple[str, int | None]


class NotApproved(LifecycleRefusal):
    """What is to be published is not what was approved."""

    def __init__(self, code: str, newest: VersionRecord | None) -> None:
        stands = "" if newest is None else f"{code}@{newest.version} {newest.state}"
        super().__init__(
            code,
            None if newest is None else newest.version,
            f"{code} 的这份文档未获批准（{stands or '尚无版本'}）；先 draft、submit，由他人 approve",
            f"this document of {code} is not approved ({stands or 'no version yet'}): draft it, "
            "submit it, and let someone else approve it",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to publish: versions by (code, version), with their promotions. `unchanged`: codes
    whose documents are served already."""

    named: tuple[tuple[str, int], ...]
    promotions: tuple[Promotion, ...]
    unchanged: tuple[str, ...]


async def wanted_by_documents(
    promotions: Sequence[Promotion], register: PromotionRegister
) -> Wanted:
    """The approved versions that say what these documents say. Raises `NotApproved` for the first
    that none does, `StorageUnavailable`."""
    records = await register.versions([promotion.code for promotion in promotions])
    named: list[tuple[str, int]] = []
    meant: list[Promotion] = []
    unchanged: list[str] = []
    for promotion in promotions:
        versions = records.get(promotion.code, ())
        newest = versions[-1] if versions else None
        if newest is None or newest.promotion != promotion:
            raise NotApproved(promotion.code, newest)
        if newest.state in SERVED:
            unchanged.append(promotion.code)
        elif newest.state is State.APPROVED:
            named.append((promotion.code, newest.version))
            meant.append(promotion)
        else:
            raise NotApproved(promotion.code, newest)
    return Wanted(named=tuple(named), promotions=tuple(meant), unchanged=tuple(unchanged))


async def wanted_by_names(names: Sequence[Named], register: PromotionRegister) -> Wanted:
    """The versions named, left out: the newest. Raises `NotApproved`, `UnknownVersion` and
    `StorageUnavailable`."""
    records = await register.versions([code for code, _ in names])
    named: list[tuple[str, int]] = []
    meant: list[Promotion] = []
    for code, version in names:
        record = record_named(records, code, version)
        if record.state is not State.APPROVED or record.promotion is None:
            raise NotApproved(code, record)
        named.append((code, record.version))
        meant.append(record.promotion)
    return Wanted(named=tuple(named), promotions=tuple(meant), unchanged=())


def record_named(
    records: Mapping[str, Sequence[VersionRecord]], code: str, version: int | None
) -> VersionRecord:
    """That version; None: the newest. Raises `UnknownVersion`."""
    for record in reversed(records.get(code, ())):
        if version in (None, record.version):
            return record
    raise UnknownVersion(code, version)


def served_or_newest(records: Mapping[str, Sequence[VersionRecord]], code: str) -> VersionRecord:
    """The version that is served, else the newest. Raises `UnknownVersion`."""
    served = [record for record in records.get(code, ()) if record.state in SERVED]
    return served[-1] if served else record_named(records, code, None)


async def publish_wanted(wanted: Wanted, register: PromotionRegister, by: str) -> Moved:
    """Makes them live, all or none. Raises `LifecycleRefusal` where one has moved on since, and
    `StorageUnavailable`."""
    if not wanted.named:
        return Moved(versions={}, catalog_version=None)
    return await register.move(wanted.named, Act.PUBLISH, by)
