"""TLS that ends at the process itself, and a proxy that ends it before."""

import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.cli.errors import ExitCode
from tests.e2e.live import Live, free_port, serving


def certificate_in(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert_file, key_file


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    return certificate_in(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def secured(seeded_database_url, redis_number_url, tmp_path_factory, certificate) -> Iterator[Live]:
    cert, key = certificate
    trusting = ssl.create_default_context(cafile=str(cert))
    with serving(
        seeded_database_url,
        redis_number_url,
        tmp_path_factory.mktemp("secured"),
        tls=trusting,
        YOUHUI_TLS_CERT_FILE=str(cert),
        YOUHUI_TLS_KEY_FILE=str(key),
    ) as live:
        yield live


def test_an_operation_over_tls(secured: Live):
    assert secured.url.startswith("https://")
    answer = secured.ask("{ now }")
    assert answer.json()["data"]["now"]
    assert "max-age" in answer.headers["strict-transport-security"]


def test_the_newest_tls_is_spoken(secured: Live, certificate):
    trusting = ssl.create_default_context(cafile=str(certificate[0]))
    port = int(secured.url.rpartition(":")[2])
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        trusting.wrap_socket(plain, server_hostname="127.0.0.1") as session,
    ):
        assert session.version() == "TLSv1.3"


@pytest.mark.parametrize("path", ["/graphql?query={now}", "/nothing", "/health/live"])
def test_no_answer_names_what_serves_it(secured: Live, path):
    answer = secured.http.get(path)
    told = f"{answer.headers} {answer.text}".lower()
    for name in ("uvicorn", "starlette", "python", "strawberry", "graphql-core", "x-powered-by"):
        assert name not in told
    assert "server" not in answer.headers


def test_a_key_of_another_certificate_is_told_at_the_start(certificate, tmp_path):
    _, other = certificate_in(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "serve", "--port", str(free_port())],
        check=False,
        capture_output=True,
        text=True,
        env={
            "PATH": "",
            "YOUHUI_DATABASE_URL": "postgresql://127.0.0.1:1/none",
            "YOUHUI_DATA_DIR": str(tmp_path),
            "YOUHUI_DOCUMENTS": "open",
            "YOUHUI_TLS_CERT_FILE": str(certificate[0]),
            "YOUHUI_TLS_KEY_FILE": str(other),
        },
    )
    assert done.returncode == ExitCode.USAGE
    assert "TLS" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_proxy_in_front_is_believed_where_it_is_trusted(
    seeded_database_url, redis_number_url, tmp_path
):
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
    with serving(
        seeded_database_url, redis_number_url, tmp_path, YOUHUI_TRUSTED_PROXIES="127.0.0.1"
    ) as live:
        behind = httpx2.get(f"{live.url}/health/live", headers=told)
        assert "strict-transport-security" in behind.headers


def test_and_not_where_it_is_not(live: Live):
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
    answer = httpx2.get(f"{live.url}/health/live", headers=told)
    assert "strict-transport-security" not in answer.headers
