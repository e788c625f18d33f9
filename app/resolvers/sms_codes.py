"""One-time passwords by SMS: sent, and checked. Nothing here depends on whether a member has the
phone: who asks learns nothing of it."""

from dataclasses import replace

from app.domain.identity.otp import (
    DIGITS,
    MOST_A_DAY_PER_ADDRESS,
    MOST_A_DAY_PER_PHONE,
    RESEND_AFTER,
    SentCode,
    code_of,
    holds,
    read_code,
    resend_wait_s,
)
from app.domain.identity.phone import Phone, PhoneProof, ProvenPhone, read_phone
from app.ports.attempts import AttemptKind
from app.ports.sms import SmsUnavailable
from app.resolvers.attempts import attempt
from app.resolvers.context import RequestContext
from app.resolvers.identity_desk import IdentityDesk
from app.resolvers.once import repeated
from app.resolvers.refusals import ErrorCode, Refusal, Subject

A_DAY_S = 86_400
PHONE, CODE, ADDRESS = "sms.phone", "sms.code", "sms.address"
NOT_A_PHONE = Refusal(code=ErrorCode.INVALID_INPUT, at=("phone",), subject=Subject.PHONE)
NOT_SENT = Refusal(code=ErrorCode.PROVIDER_UNAVAILABLE, at=("phone",))
NOT_ACCEPTED = Refusal(code=ErrorCode.CREDENTIAL_INVALID, at=("code",))
"""One answer for a wrong, a used and an old code, and for a phone that none was sent to."""


async def send_code(context: RequestContext, typed: str) -> int | Refusal:
    """Seconds until another one may be sent, or why none was: INVALID_INPUT, RATE_LIMITED with the
    seconds to wait, PROVIDER_UNAVAILABLE."""
    desk, phone = context.identities, read_phone(typed)
    if phone is None:
        return NOT_A_PHONE
    if desk is None or desk.sms is None:
        return NOT_SENT
    about = desk.index.index(phone.e164, PHONE)[0].hex()
    throttled = await attempt(context, AttemptKind.SMS_CODE_SENT, about=about, at="phone")
    if throttled is not None:
        return throttled
    code = code_of(desk.draw(10**DIGITS))
    wait_s: int = await repeated(lambda: _made(context, desk, phone, code))
    if wait_s:
        return Refusal(code=ErrorCode.RATE_LIMITED, at=("phone",), retry_after_s=wait_s)
    try:
        await desk.sms.send_code(phone, code)
    except SmsUnavailable:
        await repeated(lambda: _unmade(desk, phone))
        return NOT_SENT
    return int(RESEND_AFTER.total_seconds())


async def _made(context: RequestContext, desk: IdentityDesk, phone: Phone, code: str) -> int:
    """0: the code is kept, and is to be sent. Else the seconds to wait; nothing is kept."""
    moment = context.moment
    hashes = desk.index.index(phone.e164, PHONE)
    async with desk.works.begin(None) as work:
        book = work.sms_codes
        last = await book.last(hashes)
        wait_s = resend_wait_s(None if last is None else last.made_at, moment)
        if wait_s:
            return wait_s
        subjects = [(hashes[0], MOST_A_DAY_PER_PHONE)]
        if context.client_address is not None:
            address = desk.index.index(context.client_address, ADDRESS)[0]
            subjects.append((address, MOST_A_DAY_PER_ADDRESS))
        for subject, most in subjects:
            if await book.count(subject, moment) > most:
                return A_DAY_S - int(moment.timestamp()) % A_DAY_S
        made = SentCode(code_hash=_hashes(desk, phone, code)[0], made_at=moment)
        await book.keep(hashes[0], made)
        return 0


async def _unmade(desk: IdentityDesk, phone: Phone) -> None:
    """What the gateway did not take is good for nothing, and nobody waits for it: the next may be
    asked for at once. It counts for the day all the same."""
    hashes = desk.index.index(phone.e164, PHONE)
    async with desk.works.begin(None) as work:
        last = await work.sms_codes.last(hashes)
        if last is not None:
            gone = replace(last, used=True, made_at=last.made_at - RESEND_AFTER)
            await work.sms_codes.keep(hashes[0], gone)


async def prove_sms(
    context: RequestContext, typed_phone: str, typed_code: str
) -> ProvenPhone | Refusal:
    """The phone, whose code is used up by it; or why not: INVALID_INPUT, RATE_LIMITED,
    CREDENTIAL_INVALID."""
    desk, phone, code = context.identities, read_phone(typed_phone), read_code(typed_code)
    if phone is None:
        return NOT_A_PHONE
    if code is None or desk is None:
        return NOT_ACCEPTED
    about = desk.index.index(phone.e164, PHONE)[0].hex()
    throttled = await attempt(context, AttemptKind.SMS_CODE_CHECKED, about=about, at="code")
    if throttled is not None:
        return throttled
    right: bool = await repeated(lambda: _checked(context, desk, phone, code))
    return ProvenPhone(phone, PhoneProof.SMS) if right else NOT_ACCEPTED


async def _checked(context: RequestContext, desk: IdentityDesk, phone: Phone, code: str) -> bool:
    """Committed before anything follows from it: a code is good once, and a miss counts."""
    hashes = desk.index.index(phone.e164, PHONE)
    async with desk.works.begin(None) as work:
        last = await work.sms_codes.last(hashes)
        right = holds(last, _hashes(desk, phone, code), context.moment)
        if last is not None and not last.used:
            after = replace(last, used=True) if right else replace(last, misses=last.misses + 1)
            await work.sms_codes.keep(hashes[0], after)
        return right


def _hashes(desk: IdentityDesk, phone: Phone, code: str) -> tuple[bytes, ...]:
    """Of a code for this phone: the same code for another has another hash."""
    return desk.index.index(f"{phone.e164}:{code}", CODE)
