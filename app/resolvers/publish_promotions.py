"""Use case: make promotions live in every process, all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.promotions.loose_ends import LooseEnd, loose_ends
from app.domain.promotions.promotion import Promotion
from app.ports.promotions import PromotionStore


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishReport:
    """What publishing does, by code in the order given. `catalog_version` None: only compared.

    `loose_ends`: names in `stacks_with` that change nothing yet.
    """

    catalog_version: int | None
    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    loose_ends: tuple[LooseEnd, ...]


async def publish_promotions(
    promotions: Sequence[Promotion], store: PromotionStore, by: str
) -> PublishReport:
    """Each promotion whose document differs from the live one becomes its next version; the
    catalog version rises when any does. Requests that have begun finish on the version they
    began with; running processes follow without a restart.

    Raises ValueError for a code that occurs twice, `StorageUnavailable`: nothing live.
    """
    compared = await compare_promotions(promotions, store)
    version = await store.publish(promotions, by)
    return PublishReport(
        catalog_version=version,
        new=compared.new,
        changed=compared.changed,
        unchanged=compared.unchanged,
        loose_ends=compared.loose_ends,
    )


async def compare_promotions(
    promotions: Sequence[Promotion], store: PromotionStore
) -> PublishReport:
    """What publishing these would do now; changes nothing. Raises `StorageUnavailable`."""
    live = {code: held.promotion for code, held in (await store.live()).items()}
    then = live | {promotion.code: promotion for promotion in promotions}
    readable = [promotion for promotion in then.values() if promotion is not None]
    known = [promotion for promotion in promotions if promotion.code in live]
    return PublishReport(
        catalog_version=None,
        new=tuple(p.code for p in promotions if p.code not in live),
        changed=tuple(p.code for p in known if live[p.code] != p),
        unchanged=tuple(p.code for p in known if live[p.code] == p),
        loose_ends=tuple(loose_ends(promotions, readable)),
    )
