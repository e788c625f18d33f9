"""The published promotions of one version."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from app.domain.promotions.index import RuleIndex
from app.domain.promotions.limits import LimitPer
from app.domain.promotions.promotion import Promotion


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All promotions and batches live in one version, by code. Immutable.

    `index` is compiled once, when the version is read: 5,000 promotions take some 100 ms.
    """

    version: str
    by_code: Mapping[str, Promotion]
    index: RuleIndex = field(init=False, repr=False, compare=False)
    shared_codes: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """Those of which others may use up what is left: by budget, in total, by station, by stock."""
    device_codes: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """Those that limit what one device may use."""
    limits_users: bool = field(init=False, repr=False, compare=False)
    """Whether some promotion limits what one member may use."""
    rewards: tuple[Promotion, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", RuleIndex.of(self.by_code.values()))
        shared = (code for code, promotion in self.by_code.items() if _is_shared(promotion))
        object.__setattr__(self, "shared_codes", tuple(shared))
        by_device = (p.code for p in self.by_code.values() if _limits_devices(p))
        object.__setattr__(self, "device_codes", tuple(by_device))
        limits = (limit for promotion in self.by_code.values() for limit in promotion.limits)
        limits_users = any(limit.per is LimitPer.USER for limit in limits)
        object.__setattr__(self, "limits_users", limits_users)
        rewards = (promotion for promotion in self.by_code.values() if promotion.is_reward)
        object.__setattr__(self, "rewards", tuple(rewards))

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


def _is_shared(promotion: Promotion) -> bool:
    delivery = promotion.delivery
    stocked = delivery is not None and delivery.claimable and delivery.stock is not None
    return stocked or any(limit.per.shared for limit in promotion.all_limits)


def _limits_devices(promotion: Promotion) -> bool:
    return any(limit.per is LimitPer.DEVICE for limit in promotion.limits)
