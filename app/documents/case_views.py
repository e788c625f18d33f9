"""A quote in the words of cases, beside what the case expects of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.documents.case_orders import (
    borne_in_words,
    consumed_in_words,
    ledger_in_words,
    refunds_in_words,
    rewards_in_words,
)
from app.documents.cases import Case
from app.domain.checkout.engine import payable_if_forced
from app.domain.checkout.impossible import ChoiceImpossible
from app.domain.checkout.purchase import Purchase
from app.domain.checkout.quote import AppliedOffer, PriceLine, Quote, UnappliedOffer, Unlock
from app.domain.promotions.candidate import Candidate
from app.domain.promotions.reason import Reason

REASON_FIELDS = {
    "gap_fen": None,
    "gap_ml": None,
    "gap_count": None,
    "available_from": None,
    "guest": False,
}

USAGE_FIELDS = ("limit", "used", "limit_fen", "used_fen", "resets_at")


@dataclass(frozen=True, slots=True)
class Difference:
    """`name`: the word of `expect`; `expected` and `found` in the words of cases."""

    name: str
    expected: object
    found: object


def differences(
    case: Case, purchase: Purchase, answer: Quote | ChoiceImpossible
) -> list[Difference]:
    """Where the answer is not what the case expects, in the order in which that is written.

    KeyError: a word that no case has."""
    expect = case.expect
    if isinstance(answer, ChoiceImpossible):
        refused = refusal_in_words(answer)
        if "refused" in expect:
            return _unequal({"refused": expect["refused"]}, {"refused": refused})
        return _unequal(expect, dict.fromkeys(expect, f"refused: {refused}"))
    if "refused" in expect:
        return [Difference("refused", expect["refused"], "a price")]
    return _unequal(wanted(expect), seen(answer, purchase, expect))


def _unequal(expected: Mapping[str, Any], found: Mapping[str, Any]) -> list[Difference]:
    return [
        Difference(name, value, found[name])
        for name, value in expected.items()
        if found[name] != value
    ]


def refusal_in_words(refusal: ChoiceImpossible) -> list[str | int | None]:
    """[fault, code or coupon id or null]."""
    named = refusal.code if refusal.coupon_id is None else refusal.coupon_id
    return [refusal.fault.value, named]


def seen(answer: Quote, purchase: Purchase, expect: Mapping[str, Any]) -> dict[str, Any]:
    """What the case looks at, in the words of cases. KeyError: a word that no case has."""
    price = answer.price
    by_code = {name_of(offer.candidate): offer for offer in answer.unapplied}
    views = {
        "payable_fen": lambda: price.payable_fen,
        "discount_fen": lambda: price.discount_fen,
        "unit_price_mill": lambda: price.unit_price_mill,
        "litres": lambda: str(Decimal(price.measure.shown_volume_ml) / 1000),
        "expires_at": lambda: answer.expires_at,
        "fixes_payment": lambda: answer.fixes_payment,
        "forgone_fen": lambda: price.certificate.forgone_fen,
        "applied": lambda: [applied_in_words(offer) for offer in price.applied],
        "not_applied": lambda: {
            code: unapplied_in_words(by_code[code], want)
            if code in by_code
            else "applied or unknown"
            for code, want in expect["not_applied"].items()
        },
        "nearest_first": lambda: [name_of(offer.candidate) for offer in answer.unapplied],
        "unlocks": lambda: [
            unlock_in_words(hint, want) for hint, want in _paired(answer.unlocks, expect["unlocks"])
        ],
        "lines": lambda: [line_in_words(line) for line in answer.lines],
        "rewards": lambda: rewards_in_words(answer.rewards),
        "consumes": lambda: consumed_in_words(price),
        "ledger": lambda: ledger_in_words(price),
        "borne": lambda: borne_in_words(price, expect["borne"]),
        "refunds": lambda: refunds_in_words(price, expect["refunds"]),
        "forced": lambda: {
            code: payable_if_forced(purchase, by_code[code].candidate) for code in expect["forced"]
        },
    }
    return {name: views[name]() for name in expect}


def name_of(candidate: Candidate) -> str:
    """Its code, or BATCH#id for a coupon."""
    code = candidate.promotion.code
    return code if candidate.coupon is None else f"{code}#{candidate.coupon.id}"


def wanted(expect: Mapping[str, Any]) -> dict[str, Any]:
    """The case's expectations, short forms written out."""
    full = dict(expect)
    if "applied" in expect:
        full["applied"] = [_full_applied(offer) for offer in expect["applied"]]
    if "litres" in expect:
        full["litres"] = str(Decimal(int(Decimal(expect["litres"]) * 1000)) / 1000)
    if "expires_at" in expect:
        full["expires_at"] = datetime.fromisoformat(expect["expires_at"])
    if "not_applied" in expect:
        full["not_applied"] = {
            code: {**want, "reasons": [_full_reason(reason) for reason in want["reasons"]]}
            for code, want in expect["not_applied"].items()
        }
    if "unlocks" in expect:
        full["unlocks"] = [_full_unlock(hint) for hint in expect["unlocks"]]
    return full


def _full_applied(offer: Any) -> dict[str, Any]:
    plain = {"cut_fen": 0, "points": 0, "coupon": None}
    if isinstance(offer, list):
        return {**plain, "code": offer[0], "discount_fen": offer[1]}
    return {**plain, **offer}


def _full_unlock(hint: Mapping[str, Any]) -> dict[str, Any]:
    until = hint.get("waits_until")
    return {**hint, "waits_until": datetime.fromisoformat(until)} if until else dict(hint)


def _full_reason(reason: Any) -> dict[str, Any]:
    if isinstance(reason, str):
        return {**REASON_FIELDS, "code": reason}
    full = {**REASON_FIELDS, **reason}
    for name in ("available_from", "resets_at"):
        if full.get(name) is not None:
            full[name] = datetime.fromisoformat(full[name])
    return full


def applied_in_words(offer: AppliedOffer) -> dict[str, Any]:
    return {
        "code": offer.candidate.promotion.code,
        "discount_fen": offer.discount_fen,
        "cut_fen": offer.cut_fen,
        "points": offer.points,
        "coupon": offer.candidate.coupon and offer.candidate.coupon.id,
    }


def unapplied_in_words(offer: UnappliedOffer, want: Mapping[str, Any]) -> dict[str, Any]:
    """Conflicts only where they are wanted."""
    reasons = [
        reason_in_words(reason, wish)
        for reason, wish in _paired(offer.reasons, want.get("reasons", []))
    ]
    shown: dict[str, Any] = {"outcome": offer.outcome.value, "reasons": reasons}
    if "conflicts" in want:
        shown["conflicts"] = [name_of(candidate) for candidate in offer.conflicts]
    return shown


def reason_in_words(reason: Reason, wish: Any) -> dict[str, Any]:
    """What it would accept, and what a limit has counted, only where that is wanted."""
    shown = {"code": reason.code.value, **{name: getattr(reason, name) for name in REASON_FIELDS}}
    if isinstance(wish, Mapping):
        if "accepted" in wish:
            shown["accepted"] = list(reason.accepted)
        shown |= {name: getattr(reason, name) for name in USAGE_FIELDS if name in wish}
    return shown


def unlock_in_words(hint: Unlock, want: Any) -> dict[str, Any]:
    """The fields wanted; all where none is."""
    shown = {
        "kind": hint.kind.value,
        "code": name_of(hint.candidate),
        "add_fen": hint.add_fen,
        "add_ml": hint.add_ml,
        "payable_then_fen": hint.payable_then_fen,
        "unit_price_then_mill": hint.unit_price_then_mill,
        "saves_fen": hint.saves_fen,
        "waits_until": hint.waits_until,
        "payment_method": hint.payment_method,
    }
    return {name: shown[name] for name in (want or shown)}


def line_in_words(line: PriceLine) -> list[Any]:
    return [line.kind.value, line.amount_fen, line.running_total_fen]


def _paired(found: Sequence[Any], wanted_ones: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Each found thing with what the case says of it, if anything."""
    missing = [None] * (len(found) - len(wanted_ones))
    return list(zip(found, [*wanted_ones, *missing], strict=False))
