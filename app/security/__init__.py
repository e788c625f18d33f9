"""Security: signing keys, access tokens, signed quotes."""
