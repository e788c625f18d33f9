"""`python -m app.cli`: the same as `youhui`."""

from app.cli import main

main()
