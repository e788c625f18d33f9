"""Signing in by WeChat: mini program, official account (web pages), and the phone button."""
