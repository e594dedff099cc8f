"""Small conversations of the command line."""

from __future__ import annotations

import sys

import click

from chengqing.cli.base import Refused, text

#: Shortest password accepted, in characters (NIST SP 800-63B-4: 8 or more; 12 for a shared office).
SHORTEST_PASSWORD = 10


def ask_password(from_stdin: bool) -> str:
    """Read a password from a hidden prompt, or the first line of stdin."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = click.prompt(text("ask_password"), hide_input=True, confirmation_prompt=True)
    if len(password) < SHORTEST_PASSWORD:
        raise Refused(text("short_password", length=SHORTEST_PASSWORD), 2)
    return password
