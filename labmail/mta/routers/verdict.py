"""What a router may answer about an address.

    Accept      mine: give it to this transport (with the hosts to try, for a remote one)
    Redirect    it is really these other addresses
    Discard     mine, and it is to be thrown away
    Decline     not mine: ask the next router
    Pass        not mine, whatever ``no_more`` says: ask the router behind me
    Fail        nobody's: return the letter
    Defer       I cannot tell now: try again later

Every answer says why. Law: Exim specification, §3.10 and chapter 15 (generic options).

Try: ``Decline("/etc/aliases has no line for bob")``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Host:
    """A host that a transport may try: name, address, and its preference if an MX said one."""

    name: str
    address: str
    preference: int | None = None
    port: int | None = None

    def __str__(self) -> str:
        """As ``exim -bt`` shows it: ``mail.ask.com [128.10.30.2] MX=10``."""
        port = f":{self.port}" if self.port else ""
        preference = "" if self.preference is None else f" MX={self.preference}"
        return f"{self.name} [{self.address}]{port}{preference}"


@dataclass(frozen=True, slots=True)
class Person:
    """A line of the host's /etc/passwd."""

    login: str
    uid: int
    gid: int
    name: str
    home: str


@dataclass(frozen=True, slots=True)
class Accept:
    transport: str
    hosts: tuple[Host, ...] = ()
    why: str = ""
    person: Person | None = None
    event: str | None = None
    """The event of what was asked last (the DNS), cause of what follows; so in all answers."""


@dataclass(frozen=True, slots=True)
class Redirect:
    children: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Discard:
    why: str = ""


@dataclass(frozen=True, slots=True)
class Decline:
    why: str
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    why: str
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Fail:
    text: str
    why: str = ""
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Defer:
    text: str
    freeze: bool = False
    """True where trying again cannot help until somebody mends the configuration."""
    public: bool = False
    """True where ``text`` was written for the sender; what speaks of our files is for the log."""
    why: str = ""
    event: str | None = None


Answer = Accept | Redirect | Discard | Decline | Pass | Fail | Defer
