"""Settings: what a host is told that no Exim configuration says.

An MTA takes its orders from the configuration of its host. A few things stand beside it: how much
of the SMTP dialogue is allowed, and what Exim has its ACLs decide, which the lab's simple rules
(`labmail.mta.acl`) do not ask.

Law: Exim specification, chapter 14 (main options).

Try: ``Settings(expn_hosts="128.10.12.0/24")``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from labmail.smtp import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What stands beside the configuration. Host lists are written as in Exim."""

    limits: Limits = field(default_factory=Limits)
    expn_hosts: str = ""
    """Whom EXPN tells the members of a list: nobody, if nothing is said, as in Exim. (There it is
    what ``acl_smtp_expn`` accepts.)"""
