import pytest

from app.security.keys import SigningKeys


@pytest.fixture
def keys(tmp_path) -> SigningKeys:
    return SigningKeys.kept_under(tmp_path)
