"""What members see of referrals, in memory."""

from dataclasses import dataclass, field

from app.domain.referral.rules import DEFAULT_REFERRAL_RULES
from app.ports.errors import StorageUnavailable
from app.ports.referral_reads import InvitedFriend, InviteePage, Landing, ReferrerStanding


@dataclass
class FakeReferralRepository:
    """`friends`: by referrer, bound last first."""

    landings: dict[str, Landing] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    friends: dict[int, list[InvitedFriend]] = field(default_factory=dict)
    down: bool = False
    statements: int = 0

    async def landing(self, code: str) -> Landing | None:
        self._ask()
        return self.landings.get(code)

    async def standing(self, user_id: int) -> ReferrerStanding:
        self._ask()
        invited = len(self.friends.get(user_id, []))
        return ReferrerStanding(
            code=self.codes.get(user_id),
            invited=invited,
            rewarded=0,
            earned=(),
            rules=DEFAULT_REFERRAL_RULES,
        )

    async def invitees(self, wanted: InviteePage) -> tuple[InvitedFriend, ...]:
        self._ask()
        found = self.friends.get(wanted.referrer_id, [])
        if wanted.after is not None:
            found = [f for f in found if (f.bound_at, f.friend_id) < wanted.after]
        return tuple(found[: wanted.first + 1])

    def _ask(self) -> None:
        self.statements += 1
        if self.down:
            raise StorageUnavailable("fake")
