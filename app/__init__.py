"""Youhui 油惠: the GraphQL backend-for-frontend of a fuel-discount platform."""

VERSION = "0.1.0"
"""As in pyproject.toml; the package need not be installed."""
