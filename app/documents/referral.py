"""The rules of referral: the document that the owner writes, and how rules and terms are kept.

The names are those of the dataclasses; a span is ISO 8601 ("P7D"). What is stored keeps the form it
was written in for ever: a field may be added with a default; none is renamed or taken away.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from app.documents.findings import DocumentInvalid, Finding, written
from app.documents.findings import Path as Place
from app.documents.wording import findings_of
from app.documents.yaml_text import Text, read_text
from app.domain.referral.rules import ReferralReward, ReferralRules, ReferralTerms

_RULES = TypeAdapter(ReferralRules)
_TERMS = TypeAdapter(ReferralTerms)
_REWARD = TypeAdapter(ReferralReward)


def load_rules_file(path: Path) -> ReferralRules:
    """Rules of a YAML or JSON file. Raises DocumentInvalid with every finding; OSError as it is."""
    try:
        return rules_in(read_text(path))
    except DocumentInvalid as error:
        raise DocumentInvalid(error.findings, str(path)) from error


def rules_in(text: Text) -> ReferralRules:
    """Raises DocumentInvalid: an unknown or missing field, a wrong type, a senseless value."""
    given = text.value
    if not isinstance(given, dict):
        raise DocumentInvalid([Finding("", "应为带字段的对象", "must be an object with fields")])
    document = cast("dict[str, object]", given)
    try:
        rules = _RULES.validate_json(json.dumps(document, default=str))
    except ValidationError as error:
        found = findings_of(error.errors(include_url=False), document)
        raise DocumentInvalid(found) from error
    unknown = [
        Finding(written(place), "没有这个字段", "no such field", text.line(place))
        for place in _unknown(document, dump_rules(rules))
    ]
    if unknown:
        raise DocumentInvalid(unknown)
    return rules


def _unknown(given: Mapping[str, object], known: Mapping[str, object]) -> Iterator[Place]:
    for name, value in given.items():
        if name not in known:
            yield (name,)
        elif isinstance(value, dict) and isinstance(known[name], dict):
            inner = cast("dict[str, object]", value), cast("dict[str, object]", known[name])
            yield from ((name, *place) for place in _unknown(*inner))


def dump_rules(rules: ReferralRules) -> dict[str, Any]:
    """Plain JSON values; `load_rules` reads them back."""
    return _RULES.dump_python(rules, mode="json")


def load_rules(document: Mapping[str, Any]) -> ReferralRules:
    """What `dump_rules` wrote."""
    return _RULES.validate_python(document)


def dump_terms(terms: ReferralTerms) -> dict[str, Any]:
    return _TERMS.dump_python(terms, mode="json")


def load_terms(document: Mapping[str, Any]) -> ReferralTerms:
    """What `dump_terms` wrote."""
    return _TERMS.validate_python(document)


def load_reward(document: Mapping[str, Any]) -> ReferralReward:
    """One reward of dumped terms."""
    return _REWARD.validate_python(document)
