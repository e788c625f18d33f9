"""From the best combinations of a batch to prices."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.checkout.batch import Winners
from app.domain.checkout.crowd import Member
from app.domain.checkout.pricing import unit_price_mill
from app.domain.checkout.quote import AppliedOffer, Certificate, Price
from app.domain.checkout.scene import Scene
from app.domain.promotions.combination import later_words
from app.domain.promotions.entry import Entry


@dataclass(frozen=True, slots=True, eq=False)
class Winnings:
    """The prices of a batch."""

    scenes: Sequence[Scene]
    entries: Sequence[Entry]
    winners: Winners
    _known: dict[Member, AppliedOffer] = field(default_factory=dict[Member, AppliedOffer])

    def all(self) -> list[Price | None]:
        """None: at that place the batch gave up."""
        tied = self.winners.at_each()
        members = iter(self.winners.members([ident for idents in tied for ident in idents]))
        nodes = self.winners.nodes.tolist()
        prices: list[Price | None] = []
        for number, idents in enumerate(tied):
            found = [next(members) for _ in idents]
            first = (
                min(found, key=self._later_words) if len(found) > 1 else found[0] if found else None
            )
            prices.append(None if first is None else self._price(number, first, nodes[number]))
        return prices

    def _price(self, number: int, members: Sequence[Member], nodes: int) -> Price:
        """The figures of the combination that comes first."""
        scene, bill = self.scenes[number], self.scenes[number].bill
        off_fen = sum(granted for _, granted, _ in members)
        payable_fen = bill.lines[0] - off_fen + bill.fee_fen
        return Price(
            purchase=scene.purchase,
            measure=scene.fuel,
            fee_fen=bill.fee_fen,
            non_fuel_fen=0,
            discount_fen=off_fen,
            payable_fen=payable_fen,
            fuel_payable_fen=bill.lines[0] - off_fen,
            unit_price_mill=unit_price_mill(payable_fen, bill.volume_ml),
            applied=tuple(self._applied(member) for member in members),
            certificate=Certificate(exact=True, nodes=nodes, lower_bound_fen=payable_fen),
        )

    def _applied(self, member: Member) -> AppliedOffer:
        """The same offer takes the same off at many places."""
        offer = self._known.get(member)
        if offer is None:
            rank, granted_fen, cut_fen = member
            candidate = self.entries[rank].candidate
            points = candidate.promotion.benefit.points_burnt(granted_fen)
            offer = self._known[member] = AppliedOffer(
                candidate=candidate, discount_fen=granted_fen, cut_fen=cut_fen, points=points
            )
        return offer

    def _later_words(self, members: Sequence[Member]) -> tuple[object, ...]:
        return later_words([self.entries[rank] for rank, _, _ in members])
