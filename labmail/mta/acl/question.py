"""What the rules of an ACL may know: who is calling, and for whom.

Facts only, gathered before the first rule is asked. Law: Exim specification, §44.8 to §44.22.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..recipient import Recipient

Service = Literal["smtp", "submission"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The client of an SMTP session, as far as rules care."""

    address: str
    """The lab address that it speaks from, such as ``128.10.12.4``."""
    service: Service = "smtp"
    user: str | None = None
    """The login under which it authenticated, if it did."""
    helo: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list of the configuration says: whether somebody is in it, and by which item."""

    yes: bool
    item: str = ""

    def __bool__(self) -> bool:
        return self.yes


NOT_LISTED = Listed(False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the lists that an administrator keeps say of a recipient and a client."""

    local_domains: Listed = NOT_LISTED
    relay_to_domains: Listed = NOT_LISTED
    relay_from_hosts: Listed = NOT_LISTED


@dataclass(frozen=True, slots=True)
class Verified:
    """What the routers say of an address.

    ``text`` is for the client, ``detail`` for the log: our files are none of the client's business.
    """

    state: Literal["yes", "no", "later"]
    text: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """ "May this caller hand over a letter from ``sender`` for ``recipient``?"

    ``sender`` is "" for the null reverse-path; ``recipient`` is None while only ``MAIL FROM`` has
    been said; ``verified`` is None until a rule asks for it.
    """

    caller: Caller
    policy: Policy
    sender: str
    recipient: Recipient | None = None
    verified: Verified | None = None

    def ends_here(self) -> bool:
        """Whether the recipient's domain is one of ``local_domains``."""
        return self.recipient is not None and self.policy.local_domains.yes
