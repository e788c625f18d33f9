"""Referral: a member's share code and friends, the landing page, and being bound."""

import strawberry

from app.domain.promotions.benefits.reward import RewardKind as DomainRewardKind
from app.domain.referral.code import scene_of
from app.domain.referral.invitee import invitee_state
from app.domain.referral.masking import masked_nickname
from app.domain.referral.referral import SideState
from app.domain.referral.rules import ReferralReward
from app.ports.referral_reads import InvitedFriend
from app.resolvers import referrals as resolve
from app.resolvers.pages import Page
from app.schema.access import OWN, PUBLIC, access
from app.schema.checkout import Reward
from app.schema.enums import InviteeState
from app.schema.errors import UserError, user_error
from app.schema.info import Info, words_of
from app.schema.pagination import PageInfo, decode_cursor, encode_cursor, page_info
from app.schema.scalars import DateTime
from app.schema.texts.referral import landing_url, mini_program_path, reward_label
from app.schema.values import Money

GIVEN = (SideState.REWARDED, SideState.REVERSING, SideState.REVERSED)


def _reward(reward: ReferralReward, info: Info, times: int = 1) -> Reward:
    """`times`: so many of it together; of coupons it is told in the label."""
    words, batch = words_of(info), resolve.batch_of(info.context, reward)
    credit_fen = None if reward.credit_fen is None else reward.credit_fen * times
    title = batch.title.in_language(words.language) if batch else None
    return Reward(
        kind=DomainRewardKind.COUPON if credit_fen is None else DomainRewardKind.FUEL_CREDIT,
        label=reward_label(credit_fen, title, times, words),
        points=None,
        money=None if credit_fen is None else Money.of(credit_fen),
        coupon_title=title,
    )


@access(OWN)
@strawberry.type
class Invitee:
    nickname_masked: str
    state: InviteeState
    bound_at: DateTime
    _friend: strawberry.Private[InvitedFriend]

    @classmethod
    def of(cls, friend: InvitedFriend) -> "Invitee":
        return cls(
            nickname_masked=masked_nickname(friend.nickname),
            state=invitee_state(friend.state, has_paid=friend.has_paid),
            bound_at=DateTime(friend.bound_at),
            _friend=friend,
        )

    @strawberry.field(description="What the referrer was given for this friend.")
    def reward(self, info: Info) -> Reward | None:
        given = self._friend.state in GIVEN
        return _reward(self._friend.reward, info) if given else None


@access(OWN)
@strawberry.type
class InviteeEdge:
    cursor: str
    node: Invitee


@access(OWN)
@strawberry.type
class InviteeConnection:
    edges: list[InviteeEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[InvitedFriend]) -> "InviteeConnection":
        edges = [
            InviteeEdge(cursor=encode_cursor(placed.cursor), node=Invitee.of(placed.item))
            for placed in page.items
        ]
        return cls(edges=edges, page_info=page_info(page))


@access(OWN)
@strawberry.type
class Referral:
    code: str = strawberry.field(description="Fits a mini-program scene.")
    url: str
    mini_program_path: str
    rules: str
    invited: int
    rewarded: int
    cap: int | None
    _own: strawberry.Private[resolve.OwnReferral]

    @classmethod
    def of(cls, own: resolve.OwnReferral, info: Info) -> "Referral":
        rules = own.standing.rules
        return cls(
            code=own.code,
            url=landing_url(rules, own.code),
            mini_program_path=mini_program_path(rules, scene_of(own.code)),
            rules=rules.text.in_language(info.context.language),
            invited=own.standing.invited,
            rewarded=own.standing.rewarded,
            cap=rules.cap,
            _own=own,
        )

    @strawberry.field(description="What stands of the rewards, added up.")
    def earned(self, info: Info) -> list[Reward]:
        return [_reward(reward, info, times) for reward, times in self._own.standing.earned]

    @strawberry.field
    async def invitees(
        self, info: Info, first: int = 20, after: str | None = strawberry.UNSET
    ) -> InviteeConnection:
        page = await resolve.invitees(
            info.context, self._own.viewer, first, decode_cursor(after or None)
        )
        return InviteeConnection.of(page)


@access(PUBLIC)
@strawberry.type
class ReferralLanding:
    code: str
    referrer_masked: str
    title: str
    rules: str
    rewards: list[Reward] = strawberry.field(description="What the friend gets.")
    open: bool

    @classmethod
    def of(cls, found: resolve.FoundLanding, info: Info) -> "ReferralLanding":
        rules, language = found.landing.rules, info.context.language
        return cls(
            code=found.code,
            referrer_masked=masked_nickname(found.landing.nickname),
            title=rules.title.in_language(language),
            rules=rules.text.in_language(language),
            rewards=[_reward(rules.terms.friend, info)],
            open=found.open,
        )


@strawberry.input
class BindReferralInput:
    code: str
    idempotency_key: str


@access(OWN)
@strawberry.type
class BindReferralPayload:
    landing: ReferralLanding | None
    user_errors: list[UserError]


@access(PUBLIC)
@strawberry.type
class ReferralQueries:
    @strawberry.field(description="What a friend who opens a share link sees; public.")
    async def referral_landing(self, info: Info, code: str) -> ReferralLanding | None:
        found = await resolve.landing(info.context, code)
        return ReferralLanding.of(found, info) if found else None


@access(OWN)
@strawberry.type
class ReferralMutations:
    @strawberry.mutation
    async def bind_referral(
        self,
        info: Info,
        input: BindReferralInput,  # noqa: A002 the contract's own word
    ) -> BindReferralPayload | None:
        found, refusals = await resolve.bind_for_viewer(
            info.context, input.code, input.idempotency_key
        )
        words = words_of(info)
        return BindReferralPayload(
            landing=ReferralLanding.of(found, info) if found else None,
            user_errors=[user_error(refusal, words) for refusal in refusals],
        )
