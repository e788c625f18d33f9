"""Signing in: whoever proved who they are gets a session."""

from dataclasses import dataclass, field

from app.domain.audit.record import Plain
from app.domain.identity.identity import IdentifiedMember, ProvenIdentity
from app.domain.identity.phone import ProvenPhone
from app.domain.identity.principal import member
from app.domain.profiles.member import Member
from app.ports.session_tokens import TokenPair
from app.resolvers.context import RequestContext, Viewer
from app.resolvers.front_desk import Arrival, FrontDesk
from app.resolvers.identifying import identified
from app.resolvers.once import repeated
from app.resolvers.proving import prove_wechat
from app.resolvers.refusals import ErrorCode, Refusal
from app.resolvers.sessions import Opened, handed, open_session, tell_ended
from app.resolvers.sms_codes import prove_sms
from app.resolvers.viewer import viewer_profile

Proven = ProvenIdentity | ProvenPhone


@dataclass(frozen=True, slots=True)
class GivenWechatCode:
    """Of `wx.login`."""

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GivenSmsCode:
    """As typed."""

    phone: str = field(repr=False)
    code: str = field(repr=False)


Given = GivenWechatCode | GivenSmsCode


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """`pair` None: a cookie carries it, or it was refused. `found`: who is signed in now."""

    found: tuple[Viewer, Member] | None = None
    pair: TokenPair | None = None
    new: bool | None = None
    refusals: tuple[Refusal, ...] = ()


async def signed_in(
    front: FrontDesk, proven: Proven, arrival: Arrival
) -> tuple[IdentifiedMember, Opened]:
    """The member of that proof, made now where there was none, and a new session of theirs: in one
    transaction, so that nobody has the one without the other."""
    known: IdentifiedMember
    opened: Opened
    known, opened = await repeated(lambda: _signed_in(front, proven, arrival))
    await tell_ended(front, (*known.ended, *opened.ended), arrival)
    return known, opened


async def sign_in(context: RequestContext, given: Given) -> SignedIn:
    """For a request, which is the member's from then on. The provider is asked first, outside of
    any transaction."""
    context.no_store = True
    proven = await _proven(context, given)
    if isinstance(proven, Refusal):
        return SignedIn(refusals=(proven,))
    if context.front is None:
        return SignedIn(refusals=(Refusal(code=ErrorCode.PROVIDER_UNAVAILABLE),))
    known, opened = await signed_in(context.front, proven, context.arrival())
    context.become(member(known.user_id, opened.session_id))
    return SignedIn(
        found=await viewer_profile(context), pair=handed(context, opened.pair), new=known.new
    )


async def _proven(context: RequestContext, given: Given) -> Proven | Refusal:
    match given:
        case GivenWechatCode(code):
            return await prove_wechat(context, code)
        case GivenSmsCode(phone, code):
            return await prove_sms(context, phone, code)


async def _signed_in(
    front: FrontDesk, proven: Proven, arrival: Arrival
) -> tuple[IdentifiedMember, Opened]:
    async with front.works.begin(None) as work:
        known = await identified(work, proven, arrival)
        by: dict[str, Plain] = {"by": _by(proven), "new": known.new}
        return known, await open_session(front, work, known.user_id, arrival, by)


def _by(proven: Proven) -> str:
    return proven.provider.value if isinstance(proven, ProvenIdentity) else proven.proof.value
