"""A case, the engine's answer to it, and how the two differ; the same as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from typing import Any

from app.documents.case_orders import borne_in_words, ledger_in_words, rewards_in_words
from app.documents.case_views import (
    Difference,
    applied_in_words,
    differences,
    line_in_words,
    name_of,
    refusal_in_words,
    unlock_in_words,
)
from app.documents.cases import Case, purchase_of
from app.domain.checkout.catalog import Catalog
from app.domain.checkout.engine import payable_if_forced, quote
from app.domain.checkout.impossible import ChoiceImpossible
from app.domain.checkout.purchase import Purchase
from app.domain.checkout.quote import Price, Quote, UnappliedOffer
from app.domain.promotions.reason import Outcome, Reason
from app.domain.shared.text import Language
from app.domain.stations.directory import StationDirectory
from app.schema.texts.checkout import unlock_message
from app.schema.texts.reasons import reason_message
from app.schema.texts.words import Words


@dataclass(frozen=True, slots=True)
class Answered:
    """`differences`: where the answer is not what the case expects."""

    case: Case
    purchase: Purchase
    answer: Quote | ChoiceImpossible
    differences: tuple[Difference, ...]

    @property
    def price(self) -> Price | None:
        return self.answer.price if isinstance(self.answer, Quote) else None

    def words(self, language: Language) -> Words:
        """Texts of this case: a case names brands and regions by code alone."""
        purchase = self.purchase
        catalog = Catalog(
            version=1,
            stations=StationDirectory.of([purchase.station]),
            rules=purchase.rules,
            brands={},
            amenities={},
            regions={},
        )
        return Words(language, catalog)

    def forced_fen(self, offer: UnappliedOffer) -> int | None:
        """The payable if this offer had to be used; None: it cannot be."""
        if offer.outcome is not Outcome.BEATEN:
            return None
        return payable_if_forced(self.purchase, offer.candidate)


def answered(case: Case) -> Answered:
    """Raises ValueError and DocumentInvalid, as `purchase_of` does."""
    purchase = purchase_of(case.given)
    try:
        answer = quote(purchase)
    except ChoiceImpossible as refusal:
        answer = refusal
    return Answered(case, purchase, answer, tuple(differences(case, purchase, answer)))


def as_plain(answered: Answered, language: Language) -> dict[str, Any]:
    """Everything that is known of the answer, as JSON's values."""
    words = answered.words(language)
    told: dict[str, Any] = {"case": answered.case.name}
    if isinstance(answered.answer, ChoiceImpossible):
        told["refused"] = refusal_in_words(answered.answer)
        told["reasons"] = [_reason(reason, words) for reason in answered.answer.reasons]
    else:
        told |= _quote(answered, answered.answer, words)
    told["expected"] = bool(answered.case.expect)
    told["differences"] = [
        {"name": d.name, "expected": _plain(d.expected), "found": _plain(d.found)}
        for d in answered.differences
    ]
    return told


def _quote(answered: Answered, answer: Quote, words: Words) -> dict[str, Any]:
    price = answer.price
    return {
        "payable_fen": price.payable_fen,
        "discount_fen": price.discount_fen,
        "pump_amount_fen": price.measure.pump_amount_fen,
        "volume_ml": price.measure.shown_volume_ml,
        "unit_price_mill": price.unit_price_mill,
        "lines": [line_in_words(line) for line in answer.lines],
        "applied": [applied_in_words(offer) for offer in price.applied],
        "not_applied": {
            name_of(offer.candidate): _unapplied(answered, offer, words)
            for offer in answer.unapplied
        },
        "unlocks": [
            {**unlock_in_words(hint, None), "message": unlock_message(hint, words)}
            for hint in answer.unlocks
        ],
        "certificate": {
            "exact": price.certificate.exact,
            "combinations_considered": price.certificate.nodes,
            "lower_bound_fen": price.certificate.lower_bound_fen,
            "forgone_fen": price.certificate.forgone_fen,
        },
        "rewards": rewards_in_words(answer.rewards),
        "ledger": ledger_in_words(price),
        "borne": borne_in_words(price, {}),
        "fixes_payment": answer.fixes_payment,
        "expires_at": answer.expires_at.isoformat(),
    }


def _unapplied(answered: Answered, offer: UnappliedOffer, words: Words) -> dict[str, Any]:
    return {
        "outcome": offer.outcome.value,
        "reasons": [_reason(reason, words) for reason in offer.reasons],
        "conflicts": [name_of(candidate) for candidate in offer.conflicts],
        "payable_if_forced_fen": answered.forced_fen(offer),
    }


def _reason(reason: Reason, words: Words) -> dict[str, Any]:
    known = {field.name: _plain(getattr(reason, field.name)) for field in fields(reason)}
    return {**known, "message": reason_message(reason, words)}


def _plain(value: Any) -> Any:
    """As JSON holds it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value
