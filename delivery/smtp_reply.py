"""What an SMTP server's answer means for one message (RFC 5321 §4.2, RFC 3463)."""

from __future__ import annotations

from delivery.undeliverable import Undeliverable, because, said

#: Answers that mean yes, and the one that asks for the message. smtplib reads what is no answer of
#: SMTP at all as -1.
YES, GO_AHEAD = range(200, 300), 354
#: Storage exceeded: for now, and for good.
FULL_FOR_NOW, FULL = 452, 552
#: Enhanced codes (RFC 3463 §3.4, §3.5): the mailbox is full; the message is too large.
MAILBOX_FULL, TOO_LARGE = ("5.2.2", "4.2.2"), ("5.2.3", "5.3.4")


def at_sender(host: str, sender: str, code: int, words: bytes) -> None:
    """Judge the answer to ``MAIL FROM``: a refusal is about the setting, so it is everyone's.

    Raises:
        Undeliverable: the server did not take the sender.
    """
    if code in YES:
        return
    if code < 500:
        raise _wait(host, code, words, everyone=True)
    text = said(words)
    if code == FULL:
        raise Undeliverable(because("too_large", host=host, code=code, said=text), final=True)
    why = because("sender_refused", host=host, sender=sender, code=code, said=text)
    raise Undeliverable(why, final=False, everyone=True)


def at_recipient(host: str, address: str, code: int, words: bytes) -> None:
    """Judge the answer to ``RCPT TO``.

    Raises:
        Undeliverable: the server did not take the recipient.
    """
    if code not in YES:
        raise _refusal(host, address, code, words)


def at_go_ahead(host: str, address: str, code: int, words: bytes) -> None:
    """Judge the answer to ``DATA``: only 354 asks for the message, a yes to it means nothing.

    Raises:
        Undeliverable: the server did not ask for the message.
    """
    if code != GO_AHEAD:
        raise _refusal(host, address, code, words)


def at_data(host: str, address: str, code: int, words: bytes) -> str:
    """Judge the answer to the message; return the receipt.

    Raises:
        Undeliverable: the server did not take the message, or (``delivery.in_doubt``) its answer
            says neither yes nor no.
    """
    if code >= 400:
        raise _refusal(host, address, code, words)
    if code not in YES:
        raise Undeliverable(because("in_doubt", host=host), final=False)
    return f"{code} {said(words)}"


def _refusal(host: str, address: str, code: int, words: bytes) -> Undeliverable:
    text = said(words)
    if code < 500:
        if code == FULL_FOR_NOW and text.startswith(MAILBOX_FULL):
            return Undeliverable(because("mailbox_full", address=address, said=text), final=False)
        return _wait(host, code, words, everyone=code == 421)
    if text.startswith(TOO_LARGE):
        return Undeliverable(because("too_large", host=host, code=code, said=text), final=True)
    if code == FULL or text.startswith(MAILBOX_FULL):
        return Undeliverable(because("mailbox_full", address=address, said=text), final=True)
    why = because("refused", host=host, address=address, code=code, said=text)
    return Undeliverable(why, final=True)


def _wait(host: str, code: int, words: bytes, *, everyone: bool) -> Undeliverable:
    why = because("wait_asked", host=host, code=code, said=said(words))
    return Undeliverable(why, final=False, everyone=everyone or code not in range(400, 500))
