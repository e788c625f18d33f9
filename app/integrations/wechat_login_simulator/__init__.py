"""WeChat's login and a gateway of short messages on this machine: the protocols, without the people.

A code's beginning chooses what becomes of it (`outcomes.py`); nothing here is secret or kept.
"""
