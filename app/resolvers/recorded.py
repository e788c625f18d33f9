"""Refusals as plain values and back, so that the first answer to a request can be given again."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from app.domain.promotions.reason import Reason, ReasonCode
from app.resolvers.refusals import Advice, ErrorCode, Refusal, Subject


def dump_refusal(refusal: Refusal) -> dict[str, object]:
    """Without what is unset; instants in ISO 8601."""
    kept = _plain(refusal)
    kept["reasons"] = [_plain(reason) for reason in refusal.reasons]
    return kept


def load_refusal(kept: Mapping[str, Any]) -> Refusal:
    """What `dump_refusal` was given."""
    given = dict(kept)
    given["code"] = ErrorCode(given["code"])
    given["at"] = tuple(given.get("at", ()))
    given["reasons"] = tuple(_load_reason(reason) for reason in given["reasons"])
    if "subject" in given:
        given["subject"] = Subject(given["subject"])
    if "told" in given:
        given["told"] = Advice(given["told"])
    return Refusal(**_with_instants(given))


def _load_reason(kept: Mapping[str, Any]) -> Reason:
    given = dict(kept)
    given["code"] = ReasonCode(given["code"])
    given["accepted"] = tuple(given.get("accepted", ()))
    return Reason(**_with_instants(given))


def _plain(value: Refusal | Reason) -> dict[str, object]:
    plain: dict[str, object] = {}
    for each in fields(value):
        worth = getattr(value, each.name)
        if worth is None or worth == ():
            continue
        plain[each.name] = worth.isoformat() if isinstance(worth, datetime) else worth
    return plain


def _with_instants(given: dict[str, Any]) -> dict[str, Any]:
    for name in ("resets_at", "available_from"):
        if name in given:
            given[name] = datetime.fromisoformat(given[name])
    return given
