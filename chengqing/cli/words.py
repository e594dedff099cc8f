"""Small conversations of the command line."""

from __future__ import annotations

import sys

import click

from chengqing.cli.base import Refused, language, text
from templates.catalogue import say


def ask_password(from_stdin: bool, email: str) -> str:
    """Read a new password from a hidden prompt, or the first line of stdin.

    Raises:
        Refused: the sign-in page would not take it either.
    """
    from dashboard.people import password_problem

    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt(text("ask_password"), hide_input=True, confirmation_prompt=True)
    problem = password_problem(password, email)
    if problem:
        raise Refused(say(problem, language()), 2)
    return password


def mail_address(email: str) -> str:
    """Return an address that mail can be sent to.

    Raises:
        Refused: it is none.
    """
    from dashboard.people import mailable

    if not mailable(email):
        raise Refused(say("dashboard.email_bad", language()), 2)
    return email
