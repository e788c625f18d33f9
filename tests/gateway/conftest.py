import pytest
from starlette.testclient import TestClient

from app.security.keys import SigningKeys
from tests.gateway.support import Edge


@pytest.fixture(scope="session")
def keys(tmp_path_factory) -> SigningKeys:
    return SigningKeys.kept_under(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def edge(keys) -> Edge:
    return Edge(keys)


@pytest.fixture
def client(edge) -> TestClient:
    return TestClient(edge.app())
