"""A simulator of WeChat Pay, API v3, on this machine: it speaks the protocol for real, moves no
money, and can be told to misbehave.

It is another party's system: its keys are its own, and so is its memory, a journal beside them.
"""
