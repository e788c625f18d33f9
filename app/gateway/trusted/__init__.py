"""Trusted documents: what each version of each client may ask, and who asked it last."""
