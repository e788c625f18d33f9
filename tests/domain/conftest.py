"""Property tests of the domain: the same examples on every run, and no folder of their own."""

from hypothesis import settings

settings.register_profile("derandomized", derandomize=True, deadline=None, database=None)
settings.load_profile("derandomized")
