"""A merchant's account, read from the settings."""

from pathlib import Path

import pytest

from app.domain.shared.payment import PaymentScene
from app.integrations.wechat_pay.account import API, REQUIRED, AccountIncomplete, account_of
from app.settings import WeChatPaySettings

KEY = "-----BEGIN PUBLIC KEY-----"


@pytest.fixture
def given(tmp_path: Path) -> dict[str, object]:
    for name in ("private", "public"):
        (tmp_path / f"{name}.pem").write_text(KEY)
    return {
        "mch_id": "1900000001",
        "serial": "5157F09E",
        "private_key_file": tmp_path / "private.pem",
        "api_v3_key": "0" * 32,
        "public_key_id": "PUB_KEY_ID_1",
        "public_key_file": tmp_path / "public.pem",
        "notify_url": "https://pay.example.com/webhooks/wechat-pay/",
        "mini_program_app_id": "wx1",
    }


def test_an_account_is_read_whole(given: dict[str, object]):
    account = account_of(WeChatPaySettings(**given))
    assert account is not None
    assert (account.public_key_id, account.base_url) == ("PUB_KEY_ID_1", API)
    assert account.notify_url == "https://pay.example.com/webhooks/wechat-pay"
    assert account.app_ids == {PaymentScene.MINI_PROGRAM: "wx1"}
    assert "0" * 32 not in repr(account)


def test_none_is_set_by_addresses_alone():
    assert account_of(WeChatPaySettings()) is None
    assert account_of(WeChatPaySettings(base_url="http://127.0.0.1:8009")) is None


@pytest.mark.parametrize("name", REQUIRED)
def test_what_lacks_is_named(given: dict[str, object], name: str):
    del given[name]
    with pytest.raises(AccountIncomplete, match=f"YOUHUI_WECHAT_PAY_{name.upper()}"):
        account_of(WeChatPaySettings(**given))


def test_a_key_that_cannot_be_read_is_named(given: dict[str, object], tmp_path: Path):
    given["public_key_file"] = tmp_path / "gone.pem"
    with pytest.raises(AccountIncomplete, match=r"gone\.pem"):
        account_of(WeChatPaySettings(**given))


def test_a_platform_certificate_is_no_public_key(given: dict[str, object], tmp_path: Path):
    (tmp_path / "public.pem").write_text("-----BEGIN CERTIFICATE-----")
    with pytest.raises(AccountIncomplete, match="微信支付公钥"):
        account_of(WeChatPaySettings(**given))
