r"""Kinds that Debian's Exim has and this one has no library for: LDAP, MySQL, NIS, SPF.

Configurations name them and have to be read, so they are known; and where no server is set up,
which is so on most machines, the answer is the one that Exim gives. Where one is set up we say that
it can't be asked from here. Quoting needs no server and works.

    nis, nis0              a NIS map
    mysql                  an SQL server, listed in mysql_servers
    ldap, ldapdn, ldapm    a directory server
    spf                    the sender's policy: nothing is known of it here

Law: Exim specification, §9.3, §9.14 to §9.18 (LDAP and its quoting), §9.22 (MySQL).
"""

from __future__ import annotations

import re

from labmail.exim.errors import Deferred
from labmail.exim.lookups.sqlservers import Brand, addressed
from labmail.exim.lookups.table import Answer, CannotOpen, Question, Table, World

_MYSQL = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "'": "\\'", '"': '\\"', "\\": "\\\\"}
_URL_SAFE = re.compile(r"[^A-Za-z0-9!$'\-._()*+]")
_NO_SERVER = "failed to bind the LDAP connection to server NULL:389 - ldap_bind() returned -1"


class Nothing:
    """A table in which nothing is ever found."""

    async def find(self, question: Question, world: World) -> Answer:
        """Nothing, whatever is asked."""
        return Answer(None, f"{question.name} cannot be asked here")


def open_table(name: str, where: str, world: World) -> Table:
    """No policy is ever found. CannotOpen for NIS: this machine belongs to no NIS domain."""
    if name.startswith("nis"):
        raise CannotOpen("failed to get default NIS domain")
    return Nothing()


async def find(question: Question, world: World) -> Answer:
    """Nothing can be asked. Deferred says why, in Exim's words where it would say the same."""
    if question.name != "mysql":
        raise Deferred(_NO_SERVER, help="no LDAP server can be asked from here")
    servers, _ = addressed(Brand("MySQL", "MySQL", "mysql_servers"), question, world)
    for server in servers:
        raise Deferred(
            f"MYSQL connection failed: {server.host} cannot be asked from here",
            help="sqlite and pgsql can be asked",
        )
    raise Deferred("")


def quote(name: str, text: str, option: str | None) -> str | None:
    r"""The text as it may stand in a query for MySQL or LDAP.

    >>> quote("mysql", "O'Hara", None)
    "O\\'Hara"
    """
    if name == "mysql":
        return None if option else re.sub("[\n\t\r\b'\"\\\\]", lambda found: _MYSQL[found[0]], text)
    if option not in (None, "dn"):
        return None
    return _url(_distinguished(text) if option else re.sub(r"[*()\\]", _hexadecimal, text))


def _hexadecimal(found: re.Match[str]) -> str:
    return f"\\{ord(found[0]):02X}"


def _distinguished(text: str) -> str:
    """Inside a distinguished name: RFC 4514 §2.4."""
    body = text.lstrip(" #")
    head, tail = text[: len(text) - len(body)], body[len(body.rstrip(" ")) :]
    body = re.sub(r'([,+"\\<>;])', r"\\\1", body.rstrip(" "))
    return re.sub("(.)", r"\\\1", head) + body + re.sub("(.)", r"\\\1", tail)


def _url(text: str) -> str:
    return _URL_SAFE.sub(lambda found: f"%{ord(found[0]):02X}", text)
