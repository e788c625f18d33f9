

VERSION = "0.1.0"
"""As in pyproject.toml; the package need not be installed."""
