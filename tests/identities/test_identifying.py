"""Who somebody is by what they proved: one person, one member, however many identities and however
many come at once."""

import asyncio
from base64 import b64encode

import pytest

from app.ports.work import UnknownMember
from app.security.sealing import SealingKeys
from app.storage.work import PostgresWorks
from tests.identities.people import MINI, WEB, People, phone, wechat
from tests.support.purchases import SEALER


async def test_who_comes_again_is_the_same_member(people: People):
    first = await people.come(wechat("o1"))
    assert first.new
    assert not (await people.come(wechat("o1"))).new
    assert {(await people.come(wechat("o1"))).user_id} == {first.user_id}
    assert (await people.come(wechat("o2"))).user_id != first.user_id
    assert await people.acts() == ["account.open", "account.open"]


async def test_the_same_openid_in_another_app_is_somebody_else(people: People):
    mini, web = await people.come(wechat("o1")), await people.come(wechat("o1", provider=WEB))
    assert mini.user_id != web.user_id


@pytest.mark.parametrize("proven", [wechat("o1"), wechat("o1", "u1"), phone()], ids=str)
async def test_first_ones_at_once_find_one_member(people: People, proven):
    found = await asyncio.gather(*[people.come(proven) for _ in range(10)])
    assert len({one.user_id for one in found}) == 1
    assert sum(one.new for one in found) == 1
    assert await people.rows("SELECT count(*) FROM member") == [(1,)]


async def test_two_apps_at_once_with_one_unionid_find_one_member(people: People):
    both = [wechat("o1", "u1"), wechat("w1", "u1", WEB)]
    found = await asyncio.gather(*[people.come(proven) for proven in both * 5])
    assert len({one.user_id for one in found}) == 1


async def test_a_unionid_finds_the_member_from_another_app(people: People):
    mini = await people.come(wechat("o1", "u1"))
    web = await people.come(wechat("w1", "u1", WEB))
    assert (web.user_id, web.new) == (mini.user_id, False)


async def test_a_unionid_that_comes_later_is_learnt_and_not_forgotten(people: People):
    mini = await people.come(wechat("o1"))
    await people.come(wechat("o1", "u1"))
    await people.come(wechat("o1"))
    assert (await people.come(wechat("w1", "u1", WEB))).user_id == mini.user_id


async def test_a_unionid_that_comes_later_joins_two_accounts(people: People):
    mini, web = await people.come(wechat("o1")), await people.come(wechat("w1", "u1", WEB))
    joined = await people.come(wechat("o1", "u1"))
    assert (joined.user_id, joined.joined_user_id) == (mini.user_id, web.user_id)
    assert (await people.come(wechat("w1", provider=WEB))).user_id == mini.user_id
    assert await people.rows("SELECT count(*) FROM member") == [(1,)]
    with pytest.raises(UnknownMember) as gone:
        async with people.works.begin(web.user_id):
            pass
    assert gone.value.heir == mini.user_id


async def test_many_at_once_join_two_accounts_once(people: People):
    mini, web = await people.come(wechat("o1")), await people.come(wechat("w1", "u1", WEB))
    found = await asyncio.gather(*[people.come(wechat("o1", "u1")) for _ in range(8)])
    assert {one.user_id for one in found} == {mini.user_id}
    assert [one.joined_user_id for one in found if one.joined_user_id] == [web.user_id]
    assert (await people.acts()).count("account.join") == 1


async def test_a_phone_is_sealed_and_found(people: People):
    one = await people.come(phone(1))
    assert (await people.come(phone(1))).user_id == one.user_id
    assert await people.phone_of(one.user_id) == "+8613800000001"
    ((masked,),) = await people.rows("SELECT phone_masked FROM member")
    assert masked == "138****0001"
    everything = await people.rows("SELECT phone_hash, sealed FROM member_phone")
    assert b"13800000001" not in b"".join(everything[0])


async def test_a_phone_bound_under_a_retired_key_is_found_and_indexed_anew(people: People):
    old, new = (b64encode(bytes([number]) * 32).decode() for number in (1, 2))
    people.works = PostgresWorks(people.engine, SealingKeys.of([old]))
    before = await people.come(phone())
    people.works = PostgresWorks(people.engine, SealingKeys.of([new, old]))
    assert (await people.come(phone())).user_id == before.user_id
    await people.bind(before.user_id, phone())
    people.works = PostgresWorks(people.engine, SealingKeys.of([new]))
    assert (await people.come(phone())).user_id == before.user_id


async def test_a_new_phone_takes_the_place_of_the_old(people: People):
    one = await people.come(wechat("o1"))
    for number in (1, 2, 2):
        await people.bind(one.user_id, phone(number))
    assert await people.phone_of(one.user_id) == "+8613800000002"
    assert (await people.come(phone(1))).new


async def test_binding_the_phone_of_another_account_joins_them(people: People):
    by_phone, mini = await people.come(phone(1)), await people.come(wechat("o1"))
    joined = await people.bind(mini.user_id, phone(1))
    assert (joined.user_id, joined.joined_user_id) == (by_phone.user_id, mini.user_id)
    assert {(await people.come(p)).user_id for p in (phone(1), wechat("o1"))} == {by_phone.user_id}
    assert await people.phone_of(by_phone.user_id) == "+8613800000001"


async def test_a_number_that_got_a_new_owner_hands_no_account_over(people: People):
    """Two WeChat accounts of the same app are two persons: the phone alone goes over."""
    before, after = await people.come(wechat("o1")), await people.come(wechat("o2"))
    await people.bind(before.user_id, phone(1))
    taken = await people.bind(after.user_id, phone(1))
    assert (taken.user_id, taken.joined_user_id) == (after.user_id, None)
    assert await people.phone_of(before.user_id) is None
    assert await people.rows("SELECT phone_masked FROM member ORDER BY user_id") == [
        (None,),
        ("138****0001",),
    ]
    assert "identity.lose_phone" in await people.acts()


async def test_one_phone_bound_by_many_at_once_ends_with_one(people: People):
    members = [await people.come(wechat(f"o{number}")) for number in range(6)]
    await asyncio.gather(*[people.bind(one.user_id, phone(1)) for one in members])
    assert len(await people.rows("SELECT owner_id FROM member_phone")) == 1
    masked = "SELECT count(*) FROM member WHERE phone_masked IS NOT NULL"
    assert await people.rows(masked) == [(1,)]


async def test_who_is_gone_binds_nothing(people: People):
    with pytest.raises(UnknownMember):
        await people.bind(404, phone(1))
    assert await people.rows("SELECT 1 FROM member_phone") == []


def test_what_was_proven_is_not_printed():
    assert "o1" not in repr(wechat("o1", "u1"))
    assert "u1" not in repr(wechat("o1", "u1"))
    assert "138" not in repr(phone(1))
    assert MINI.value in repr(wechat("o1"))


async def test_members_of_the_demo_are_marked(people: People):
    """They must not stand in the way of the demo's next start."""
    people.works = PostgresWorks(people.engine, SEALER, demo_members=True)
    await people.come(wechat("o1"))
    assert await people.rows("SELECT generated FROM member") == [(True,)]
