"""Signing members in for applications (OAuth 2.1): codes made, exchanged for a session, and what a
code that comes twice does."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from app.domain.audit.record import Plain
from app.domain.identity.identity import IdentifiedMember
from app.domain.identity.phone import ProvenPhone
from app.ports.applications import AuthorizationCode, ServiceAccount
from app.ports.code_hashes import CodeHashes
from app.ports.session_tokens import TokenPair
from app.ports.work import UnknownMember
from app.resolvers.front_desk import Arrival, FrontDesk
from app.resolvers.identifying import identified
from app.resolvers.once import repeated
from app.resolvers.sessions import Opened, end_session, open_session, tell_ended

CODE_LASTS = timedelta(seconds=60)
CODES_KEPT = timedelta(days=1)
"""A used code is known for so long, so that who copied it is found out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeWanted:
    """What an application asked for, judged already."""

    client_id: str
    redirect_uri: str
    challenge: str


async def make_code(
    front: FrontDesk,
    hashes: CodeHashes,
    proven: ProvenPhone,
    wanted: CodeWanted,
    arrival: Arrival,
) -> str:
    """A code for the member of that proof, made now where there was none. It is kept hashed."""
    code = secrets.token_urlsafe(32)
    code_hash = hashes.of(code)[0]
    known: IdentifiedMember = await repeated(
        lambda: _made(front, code_hash, proven, wanted, arrival)
    )
    await tell_ended(front, known.ended, arrival)
    return code


async def _made(
    front: FrontDesk, code_hash: bytes, proven: ProvenPhone, wanted: CodeWanted, arrival: Arrival
) -> IdentifiedMember:
    async with front.works.begin(None) as work:
        known = await identified(work, proven, arrival)
        code = AuthorizationCode(
            client_id=wanted.client_id,
            owner_id=known.user_id,
            redirect_uri=wanted.redirect_uri,
            challenge=wanted.challenge,
            device=arrival.device,
            made_at=arrival.moment,
        )
        await work.applications.keep_code(code_hash, code)
        await work.applications.purge_codes(arrival.moment - CODES_KEPT)
        by: dict[str, Plain] = {"by": proven.proof.value, "client": wanted.client_id}
        await work.audit.add(arrival.record("oauth.authorize", known.user_id, by))
        return known


async def take_code(
    front: FrontDesk, hashes: CodeHashes, code: str, arrival: Arrival
) -> AuthorizationCode | None:
    """The code, used up by it, whatever becomes of the request: of all who come with one code one
    gets it. A code that comes again ends the session that it opened: two hold it, and one of them
    should not."""
    found = hashes.of(code)
    async with front.works.begin(None) as work:
        taken = await work.applications.use_code(found, arrival.moment)
        copied = None if taken else await work.applications.session_of_code(found)
    if copied is not None:
        user_id, session_id = copied
        await end_session(front, user_id, session_id, arrival)
    if taken is None or arrival.moment >= taken.made_at + CODE_LASTS:
        return None
    return taken


async def open_by_code(
    front: FrontDesk, hashes: CodeHashes, code: str, taken: AuthorizationCode, arrival: Arrival
) -> TokenPair | None:
    """A session of the code's member. None: the member is gone."""
    try:
        opened: Opened = await repeated(lambda: _opened(front, hashes.of(code), taken, arrival))
    except UnknownMember:
        return None
    await tell_ended(front, opened.ended, arrival)
    return opened.pair


async def _opened(
    front: FrontDesk, hashes: tuple[bytes, ...], taken: AuthorizationCode, arrival: Arrival
) -> Opened:
    async with front.works.begin(taken.owner_id) as work:
        by: dict[str, Plain] = {"by": "OAUTH", "client": taken.client_id}
        opened = await open_session(front, work, taken.owner_id, arrival, by)
        await work.applications.code_opened(hashes, opened.session_id)
        return opened


async def service_enters(front: FrontDesk, account: ServiceAccount, arrival: Arrival) -> None:
    """A token is about to be given to a machine."""
    async with front.works.begin(None) as work:
        await work.applications.service_used(account.id, arrival.moment)
