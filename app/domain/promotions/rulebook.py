"""The published promotions of one version."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.domain.promotions.promotion import Promotion


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All promotions and batches live in one version, by code. Immutable."""

    version: str
    by_code: Mapping[str, Promotion]

    @classmethod
    def of(cls, version: str, promotions: Iterable[Promotion]) -> "RuleBook":
        """A code that occurs twice: ValueError."""
        by_code: dict[str, Promotion] = {}
        for promotion in promotions:
            if promotion.code in by_code:
                raise ValueError(f"two promotions have the code {promotion.code!r}")
            by_code[promotion.code] = promotion
        return cls(version, MappingProxyType(by_code))

    def __iter__(self) -> Iterator[Promotion]:
        return iter(self.by_code.values())
