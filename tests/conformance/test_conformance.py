"""Real clients work unchanged, and the audits of the specification pass. `make conformance` prints
the same as a table."""

from collections.abc import Iterator

import pytest

from tests.conformance.suite import OPEN, Report, installed, run
from tests.e2e.live import serving

HAS = {
    "Apollo Client": {"query", "persisted", "get", "subscription", "defer", "errors"},
    "urql": {"query", "persisted", "get", "subscription", "defer", "errors"},
    "graphql-request": {"query", "get", "defer", "errors"},
    "graphql-ws": {"subscription", "errors"},
    "graphql-sse": {"query", "subscription", "defer", "errors"},
    "Relay": {"query", "persisted", "get", "subscription", "defer", "errors"},
    "wx.request": {"query", "persisted", "get", "defer", "errors"},
}
"""What each client is tried for: it has nothing else of the kind."""


@pytest.fixture
def report(seeded_copy_url, redis_url, tmp_path) -> Iterator[Report]:
    if not installed():
        pytest.skip("没有 Node.js：客户端一致性未测试 · no Node.js: clients are not tested here")
    with serving(seeded_copy_url, redis_url, tmp_path, **OPEN) as live:
        yield run(live)


def test_audits_pass_and_every_client_does_all_that_it_can(report: Report):
    """One test: with several workers, two would each run everything."""
    assert list(report.failures()) == []
    assert (report.passed, len(report.audits)) == (61, 61)
    tried = {
        client: {name for name in report.capabilities if row[name] == "ok"}
        for client, row in report.clients.items()
    }
    assert tried == HAS
