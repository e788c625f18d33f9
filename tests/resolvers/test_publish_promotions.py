"""Publishing: what is new, changed and as it was, and which names hang loose."""

from dataclasses import replace

from app.domain.promotions.benefits.amount_off import AmountOff
from app.domain.promotions.loose_ends import LooseEnd
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.terms import Lane
from app.domain.shared.text import LocalizedText
from app.resolvers.publish_promotions import compare_promotions, publish_promotions
from tests.fakes.promotions import MemoryPromotions


def offer(code: str, off_fen: int = 100, *names: str, tags: frozenset[str] = frozenset()):
    return Promotion(
        code=code,
        title=LocalizedText(zh=code),
        lane=Lane.ACTIVITY,
        benefit=AmountOff(off_fen=off_fen),
        stacks_with=frozenset(names),
        tags=tags,
    )


async def test_it_tells_new_changed_and_unchanged() -> None:
    store = MemoryPromotions(offer("A"), offer("B"), offer("C"))
    report = await publish_promotions([offer("D"), offer("A"), offer("B", 200)], store, "me")
    assert (report.new, report.changed, report.unchanged) == (("D",), ("B",), ("A",))
    live = await store.live()
    assert live["B"].promotion == offer("B", 200)
    assert live["B"].published_by == "me"
    assert live["C"].promotion == offer("C")
    assert report.catalog_version == store.version


async def test_comparing_changes_nothing() -> None:
    store = MemoryPromotions(offer("A"))
    report = await compare_promotions([offer("A", 200), offer("B")], store)
    assert (report.new, report.changed, report.catalog_version) == (("B",), ("A",), None)
    assert list(await store.live()) == ["A"]


async def test_a_handshake_takes_two() -> None:
    store = MemoryPromotions(offer("A"), offer("B", 100, "NEW"))
    report = await publish_promotions([offer("NEW", 1, "A", "B", "NOBODY")], store, "me")
    assert report.loose_ends == (
        LooseEnd("NEW", "A", answered_by_nobody=True),
        LooseEnd("NEW", "NOBODY", answered_by_nobody=False),
    )


async def test_a_handshake_may_go_by_tags_and_to_itself() -> None:
    night = frozenset({"night"})
    tagged = [offer("A", 1, "tag:night", tags=night), offer("B", 1, "tag:night", tags=night)]
    report = await publish_promotions([*tagged, offer("C", 1, "C")], MemoryPromotions(), "me")
    assert report.loose_ends == ()


async def test_what_a_file_changes_answers_what_it_brings() -> None:
    """The hand is looked for among what is live after publishing, not before."""
    old, new = offer("A"), replace(offer("A"), stacks_with=frozenset({"B"}))
    report = await publish_promotions([new, offer("B", 1, "A")], MemoryPromotions(old), "me")
    assert report.loose_ends == ()
