"""Both sides' keys, as WeChat Pay's console would hand them out; made at first use.

A merchant signs requests with its key, the simulator answers and notices with the platform's; the
API v3 key seals what notices carry (AEAD_AES_256_GCM).
"""

import json
import os
import secrets
import shutil
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

FOLDER = "pay-simulator"
KEYS = "keys"
MERCHANT_KEY, PLATFORM_KEY, PLATFORM_PUBLIC, ACCOUNT = (
    "merchant-key.pem",
    "platform-key.pem",
    "platform-public.pem",
    "account.json",
)
OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorKeys:
    """`merchant_pem`, `platform_public_pem`, `api_v3_key`, `serial`, `public_key_id`: what the
    merchant is given."""

    mch_id: str
    serial: str
    public_key_id: str
    api_v3_key: str = field(repr=False)
    merchant_pem: str = field(repr=False)
    platform_public_pem: str
    _merchant: RSAPublicKey = field(repr=False)
    _platform: RSAPrivateKey = field(repr=False)

    @classmethod
    def kept_under(cls, data_dir: Path) -> "SimulatorKeys":
        """Those of `data_dir`, made there at first use, readable by the owner only. Several
        processes may start at once: the first that is done wins, and all read its keys."""
        folder = data_dir / FOLDER / KEYS
        if not folder.exists():
            _make(folder)
        account = json.loads((folder / ACCOUNT).read_text("ascii"))
        merchant_pem = (folder / MERCHANT_KEY).read_text("ascii")
        return cls(
            **account,
            merchant_pem=merchant_pem,
            platform_public_pem=(folder / PLATFORM_PUBLIC).read_text("ascii"),
            _merchant=_private(merchant_pem).public_key(),
            _platform=_private((folder / PLATFORM_KEY).read_text("ascii")),
        )

    def is_the_merchants(self, message: bytes, signature: str) -> bool:
        try:
            self._merchant.verify(
                b64decode(signature, validate=True), message, PKCS1v15(), SHA256()
            )
        except (InvalidSignature, Base64Error, ValueError):
            return False
        return True

    def sign(self, message: bytes) -> str:
        """As the platform."""
        return _signature(self._platform, message)

    def sealed(self, content: bytes, associated: str) -> dict[str, str]:
        """A notice's resource: nobody without the API v3 key reads or changes it."""
        nonce = secrets.token_hex(6)
        sealed = AESGCM(self.api_v3_key.encode()).encrypt(
            nonce.encode(), content, associated.encode()
        )
        return {
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": b64encode(sealed).decode(),
            "associated_data": associated,
            "nonce": nonce,
        }


def strangers_signature(message: bytes) -> str:
    """By a key that nobody was told to trust."""
    return _signature(_strangers_key(), message)


@cache
def _strangers_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def _signature(key: RSAPrivateKey, message: bytes) -> str:
    return b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()


def _private(pem: str) -> RSAPrivateKey:
    """Made by `_make`, and by nobody else: whether its numbers are prime needs no proof, which takes
    a tenth of a second at every start."""
    key = load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("not an RSA key")
    return key


def _make(folder: Path) -> None:
    """Whole or not at all: made beside it, then renamed, which fails if another was first."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder.with_name(f"{KEYS}.{secrets.token_hex(8)}")
    draft.mkdir(mode=0o700)
    try:
        merchant, platform = (generate_private_key(65537, 2048) for _ in range(2))
        public = platform.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        account = {
            "mch_id": "1900000001",
            "serial": secrets.token_hex(20).upper(),
            "public_key_id": f"PUB_KEY_ID_{secrets.token_hex(16).upper()}",
            "api_v3_key": secrets.token_hex(16),
        }
        _write(draft / MERCHANT_KEY, _pem(merchant))
        _write(draft / PLATFORM_KEY, _pem(platform))
        _write(draft / PLATFORM_PUBLIC, public)
        _write(draft / ACCOUNT, json.dumps(account).encode())
        try:
            draft.rename(folder)
        except OSError:
            if not folder.exists():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _pem(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
