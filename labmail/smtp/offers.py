"""Offers: what a server says that it can do, in its answer to EHLO (RFC 5321 §4.1.1.1).

    250-mail.ask.com at your service
    250-SIZE 52428800            a name, and its parameter
    250-AUTH PLAIN LOGIN
    250 HELP

Try: ``offers(Reply(250, "mail.ask.com\\nSIZE 52428800\\nHELP"))``.
"""

from __future__ import annotations

from .replies import Reply


def offers(reply: Reply) -> dict[str, str]:
    r"""The extensions of an answer to EHLO, names in capitals, each with its parameters.

    ``AUTH=LOGIN``, as some servers of old wrote it, is ``AUTH LOGIN``.

    >>> offers(Reply(250, "mail.ask.com\nSIZE 52428800\nauth=LOGIN\nHELP"))
    {'SIZE': '52428800', 'AUTH': 'LOGIN', 'HELP': ''}
    """
    found: dict[str, str] = {}
    for line in reply.text.split("\n")[1:]:
        name, _, text = line.strip().partition(" ")
        if name.upper().startswith("AUTH="):
            name, text = "AUTH", f"{name[5:]} {text}"
        known = found.get(name.upper(), "")
        found[name.upper()] = " ".join(dict.fromkeys(f"{known} {text}".split()))
    return found


def told(cipher: tuple[str, str, int] | None) -> str:
    """How a conversation is ciphered, in one word; "" if it is not.

    >>> told(("TLS_AES_256_GCM_SHA384", "TLSv1.3", 256))
    'TLS1.3:TLS_AES_256_GCM_SHA384:256'
    """
    if not cipher:
        return ""
    name, version, bits = cipher
    return f"{version.replace('TLSv', 'TLS')}:{name}:{bits}"
