"""Where a word of an ACL makes sense: at which of the moments at which ACLs are asked.

There is no recipient before RCPT, and no letter before its data. A word that comes too early is no
mistake when the configuration is read, for an ACL may be used at several places; it is one when it
is asked, and the client hears 451.

    connect ─ helo ─ starttls ─ auth ─ mail ─ rcpt ─ predata ─ mime ─ dkim ─ data_prdr ─ data ─ quit

Law: Exim specification, chapter 44 (access control lists).

Try: ``cannot("domains", "helo")``.
"""

from __future__ import annotations

from labmail.exim.options.acl import MODIFIERS

PLACES = {
    "connect": "connection",
    "helo": "EHLO or HELO",
    "starttls": "STARTTLS",
    "auth": "AUTH",
    "mail": "MAIL",
    "mailauth": "MAILAUTH",
    "rcpt": "RCPT",
    "predata": "PREDATA",
    "mime": "MIME",
    "dkim": "DKIM",
    "data_prdr": "PRDR",
    "data": "DATA",
    "quit": "QUIT",
    "notquit": "NOTQUIT",
    "etrn": "ETRN",
    "expn": "EXPN",
    "vrfy": "VRFY",
    "not_smtp_start": "non-SMTP-start",
    "not_smtp": "non-SMTP",
}
"""As in the names of the options (`acl_smtp_rcpt`), and as messages call them."""

PROGRAMS = ("not_smtp", "not_smtp_start")
UNSENT = ("connect", "helo", "starttls", "auth", "mailauth", "etrn", "expn", "vrfy")
CONTENT = ("data", "data_prdr", "not_smtp")
COMING = ("mail", "rcpt", "predata", "mime", "data")

ONLY: dict[str, tuple[str, ...]] = {
    "decode": ("mime",),
    "mime_regex": ("mime",),
    "dkim_signers": ("dkim",),
    "dkim_status": ("dkim",),
    "domains": ("rcpt", "vrfy", "data_prdr"),
    "local_parts": ("rcpt", "vrfy", "data_prdr"),
    "recipients": ("rcpt",),
    "malware": CONTENT,
    "spam": CONTENT,
    "regex": ("mime", *CONTENT),
    "add_header": (*COMING, "data_prdr", "dkim", *PROGRAMS),
    "remove_header": (*COMING, "data_prdr", *PROGRAMS),
}
"""These have something to look at here only."""

NEVER: dict[str, tuple[str, ...]] = {
    "senders": (*UNSENT, "quit"),
    "sender_domains": (*UNSENT, "quit"),
    "spf": (*UNSENT, *PROGRAMS),
    "spf_guess": (*UNSENT, *PROGRAMS),
    "authenticated": ("connect", "helo", *PROGRAMS),
    "encrypted": ("helo", *PROGRAMS),
    "hosts": PROGRAMS,
    "delay": ("notquit",),
    "queue": ("data", "data_prdr", "not_smtp"),
}
"""And these have nothing to look at here."""

CONTROL_ONLY: dict[str, tuple[str, ...]] = {
    "allow_auth_unadvertised": ("connect", "helo"),
    "caseful_local_part": ("rcpt",),
    "caselower_local_part": ("rcpt",),
    "fakedefer": (*COMING, "data_prdr"),
    "fakereject": (*COMING, "data_prdr"),
    "freeze": (*COMING, "not_smtp"),
    "no_mbox_unspool": COMING,
    "queue": (*COMING, "not_smtp"),
    "queue_only": (*COMING, "not_smtp"),
    "submission": ("mail", "rcpt", "predata"),
    "suppress_local_fixups": ("mail", "rcpt", "predata", "not_smtp_start"),
    "utf8_downconvert": ("rcpt", "vrfy"),
}

CONTROL_NEVER: dict[str, tuple[str, ...]] = {
    "dkim_disable_verify": ("data", "data_prdr", *PROGRAMS),
    "dscp": ("notquit", *PROGRAMS),
    "enforce_sync": PROGRAMS,
    "no_callout_flush": PROGRAMS,
    "no_delay_flush": PROGRAMS,
    "no_enforce_sync": PROGRAMS,
    "no_multiline_responses": PROGRAMS,
    "no_pipelining": PROGRAMS,
}


def cannot(word: str, place: str) -> str:
    """Exim's sentence if a condition or a modifier cannot be used at a place, else nothing.

    >>> cannot("domains", "helo"), cannot("domains", "rcpt")
    ('cannot test domains condition in EHLO or HELO ACL', '')
    """
    if _fits(word, place, ONLY, NEVER):
        return ""
    does = "use" if word in MODIFIERS else "test"
    return f"cannot {does} {word} condition in {PLACES[place]} ACL"


def cannot_control(control: str, place: str) -> str:
    """The same for what stands after `control =`.

    >>> cannot_control("submission", "data")
    'cannot use "control=submission" in DATA ACL'
    """
    if _fits(control, place, CONTROL_ONLY, CONTROL_NEVER):
        return ""
    told = "queue" if control == "queue_only" else control
    return f'cannot use "control={told}" in {PLACES[place]} ACL'


def _fits(
    word: str, place: str, only: dict[str, tuple[str, ...]], never: dict[str, tuple[str, ...]]
) -> bool:
    return place in only.get(word, PLACES) and place not in never.get(word, ())
