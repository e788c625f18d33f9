"""OAuth 2.1 for the native app and for machines: authorisation codes with PKCE, and client
credentials (RFC 6749, 7636, 7009, 8252, 8414, 9207). What a request must hold is judged by authlib,
over what was read before; it reads and writes nothing itself."""
