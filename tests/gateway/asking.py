"""Asking `/graphql`, and reading the codes of what it refuses."""

NEW = "application/graphql-response+json"
PRIVATE = "private, no-store"


def ask(client, query, *, accept=NEW, **more):
    headers = {"Accept": accept, **more.pop("headers", {})}
    return client.post("/graphql", json={"query": query, **more}, headers=headers)


def fetch(client, query, *, accept=NEW, **more):
    headers = {"Accept": accept, **more.pop("headers", {})}
    return client.get("/graphql", params={"query": query, **more}, headers=headers)


def codes(response):
    return [error["extensions"]["code"] for error in response.json()["errors"]]
