"""What a provider says of the caller. Providers are asked outside of any transaction."""

import re
from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.domain.identity.identity import ProvenIdentity
from app.domain.identity.phone import ProvenPhone
from app.ports.attempts import AttemptKind
from app.ports.wechat_identity import IdentityProofs, ProofRefused, ProviderUnavailable
from app.resolvers.attempts import attempt
from app.resolvers.context import RequestContext
from app.resolvers.refusals import ErrorCode, Refusal, Subject

T = TypeVar("T")
CODE_FORM = re.compile(r"[\w.+/=-]{1,256}", re.ASCII)
AT = ("code",)


async def prove_wechat(context: RequestContext, code: str) -> ProvenIdentity | Refusal:
    """By the code of `wx.login`. Refused: INVALID_INPUT for what cannot be a code, RATE_LIMITED,
    CREDENTIAL_INVALID, and PROVIDER_UNAVAILABLE, whose advice is RETRY."""
    return await _proven(context, code, lambda proofs: proofs.wechat_mini_program(code))


async def prove_wechat_web(context: RequestContext, code: str) -> ProvenIdentity | Refusal:
    """By the code that web authorisation brought back. Refused as `prove_wechat`."""
    return await _proven(context, code, lambda proofs: proofs.wechat_web(code))


async def prove_wechat_phone(context: RequestContext, code: str) -> ProvenPhone | Refusal:
    """By the code of the mini program's phone button. Refused as `prove_wechat`."""
    return await _proven(context, code, lambda proofs: proofs.wechat_phone(code))


async def _proven(
    context: RequestContext, code: str, ask: Callable[[IdentityProofs], Awaitable[T]]
) -> T | Refusal:
    if not CODE_FORM.fullmatch(code):
        return Refusal(code=ErrorCode.INVALID_INPUT, at=AT, subject=Subject.PROOF)
    throttled = await attempt(context, AttemptKind.SIGN_IN, at="code")
    if throttled is not None:
        return throttled
    if context.identities is None or context.identities.proofs is None:
        return Refusal(code=ErrorCode.PROVIDER_UNAVAILABLE, at=AT)
    try:
        return await ask(context.identities.proofs)
    except ProofRefused:
        return Refusal(code=ErrorCode.CREDENTIAL_INVALID, at=AT)
    except ProviderUnavailable:
        return Refusal(code=ErrorCode.PROVIDER_UNAVAILABLE, at=AT)
