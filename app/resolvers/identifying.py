"""Who somebody is, by what they proved: found, or made; and joined, where two accounts turn out to
be one person's."""

from app.domain.audit.record import Plain
from app.domain.identity.identity import (
    Account,
    IdentifiedMember,
    ProvenIdentity,
    may_be_one_person,
)
from app.domain.identity.phone import ProvenPhone
from app.ports.errors import StorageConflict
from app.ports.work import UnknownMember, Work
from app.resolvers.front_desk import Arrival
from app.resolvers.joining import join


async def identified(
    work: Work, proven: ProvenIdentity | ProvenPhone, arrival: Arrival
) -> IdentifiedMember:
    """The member, whose lock is held until the transaction ends; made now where nobody is known by
    this proof. Two first ones at once find one member: the second waits for the first.

    `work`: begun for nobody (`begin(None)`). A unionid that another account is known by joins the
    two: the elder stays. Raises `StorageConflict`: repeat from the start.
    """
    if isinstance(proven, ProvenPhone):
        return await _by_phone(work, proven, arrival)
    return await _by_identity(work, proven, arrival)


async def bound(
    work: Work, user_id: int, proven: ProvenPhone, arrival: Arrival
) -> IdentifiedMember:
    """The phone is the member's. Where it was another account's of the same person, the two become
    one; where a provider knows that the other is somebody else, the phone alone goes over: its
    operator gave the number to a new owner. `work` as for `identified`. Raises `StorageConflict`,
    and `UnknownMember` where the member is gone."""
    book = work.identities
    owner_id = await book.phone_owner(proven.phone)
    account = await book.account(user_id)
    if account is None:
        raise UnknownMember(user_id)
    owner = None if owner_id in (None, user_id) else await book.account(owner_id)
    if owner is not None and may_be_one_person(account, owner):
        joined = await join(work, account, owner, arrival)
    else:
        joined = IdentifiedMember(user_id=user_id)
        await _hold(work, user_id, *(() if owner is None else (owner.user_id,)))
    await book.bind_phone(joined.user_id, proven.phone, arrival.moment)
    after: dict[str, Plain] = {"proof": proven.proof.value, "phone": proven.phone.masked}
    await work.audit.add(arrival.record("identity.bind_phone", joined.user_id, after))
    if owner is not None and joined.joined_user_id is None:
        await work.audit.add(arrival.record("identity.lose_phone", owner.user_id, after))
    return joined


async def _by_phone(work: Work, proven: ProvenPhone, arrival: Arrival) -> IdentifiedMember:
    book = work.identities
    owner_id = await book.phone_owner(proven.phone)
    if owner_id is not None:
        await _hold(work, owner_id)
        return IdentifiedMember(user_id=owner_id)
    user_id = await _made(work, {"proof": proven.proof.value}, arrival)
    await book.bind_phone(user_id, proven.phone, arrival.moment)
    return IdentifiedMember(user_id=user_id, new=True)


async def _by_identity(work: Work, proven: ProvenIdentity, arrival: Arrival) -> IdentifiedMember:
    book = work.identities
    by_subject, by_union = await book.owners(proven)
    found = by_subject if by_subject is not None else by_union
    if found is None:
        user_id = await _made(work, {"provider": proven.provider.value}, arrival)
        known = IdentifiedMember(user_id=user_id, new=True)
    elif by_union in (None, found):
        await _hold(work, found)
        known = IdentifiedMember(user_id=found)
    else:
        known = await join(
            work, await _account(work, found), await _account(work, by_union), arrival
        )
    await book.keep(known.user_id, proven, arrival.moment)
    return known


async def _made(work: Work, by: dict[str, Plain], arrival: Arrival) -> int:
    user_id = await work.identities.new_member(arrival.moment)
    await work.audit.add(arrival.record("account.open", user_id, by))
    return user_id


async def _hold(work: Work, *user_ids: int) -> None:
    """Raises `StorageConflict` where one was joined to another account meanwhile."""
    if len(await work.joining.lock(user_ids)) < len(user_ids):
        raise StorageConflict("an account was joined meanwhile")


async def _account(work: Work, user_id: int | None) -> Account:
    account = None if user_id is None else await work.identities.account(user_id)
    if account is None:
        raise StorageConflict("an account was joined meanwhile")
    return account
