"""Nights in which letters wait: the faults of exercise 04.3, each in another place.

Every fault is in a file, as an administrator would have left it, so that it can be mended where it
is. What the log of the sending host says behind ``defer`` tells them apart:

    Connection refused, by mail.ask.com           its daemon listens to itself only
    Connection refused, by another host           a route of our own leads to the wrong one
    host lookup did not complete                  the zone of ask.com was not loaded
    Network is unreachable                        the zone names an address that is nobody's
    451 after RCPT                                mail.ask.com cannot read its aliases

Try: ``another_night(2).host("mail.example.com").mainlog``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ..lab import Lab, load_town
from .answers import ANSWERS, CONF_D, HOST

if TYPE_CHECKING:
    from ..lab import LabHost

THERE, NAMES = "mail.ask.com", "ns.ask.com"
ZONE, ALIASES = "/etc/bind/db.ask.com", "/etc/aliases"

NIGHT = "Another night"
"""The lab of 04.3."""
NIGHTS = ("Night 1", "Night 2", "Night 3")
"""The subjects of the letters that wait."""
MORNING = "Good morning"
"""The subject of the letter that must not wait."""

ASTRAY = """\
partner:
  driver = manualroute
  domains = ask.com
  route_list = * games.example.com
  transport = remote_smtp
"""


def _edit(host: LabHost, path: str, old: str, new: str) -> None:
    text = host.files.read_text(path)
    if old not in text:
        raise ValueError(f"{path} on {host.name} has no {old!r}: the town is another one")
    host.files.write_text(path, text.replace(old, new))


def _deaf(lab: Lab) -> None:
    host = lab.host(THERE)
    _edit(host, ANSWERS, "dc_minimaldns", "dc_local_interfaces='127.0.0.1'\ndc_minimaldns")
    host.update_exim4_conf()
    host.restart("smtp")


def _astray(lab: Lab) -> None:
    host = lab.host(HOST)
    host.files.write_text(f"{CONF_D}/router/150_partner", ASTRAY)
    host.update_exim4_conf()
    host.reload()


def _zone(old: str, new: str) -> Callable[[Lab], None]:
    def break_(lab: Lab) -> None:
        _edit(lab.host(NAMES), ZONE, old, new)
        lab.host(NAMES).restart("dns")

    return break_


def _aliases(lab: Lab) -> None:
    lab.host(THERE).files.append(ALIASES, "bob: bob carol\n")


FAULTS: Mapping[str, Callable[[Lab], None]] = {
    "a number in the zone is missing": _zone("MX  10 mail", "MX  mail"),
    "a daemon that listens to itself only": _deaf,
    "an address that is nobody's": _zone(
        "mail    IN A   128.10.30.2", "mail    IN A   128.10.30.9"
    ),
    "aliases without a comma": _aliases,
    "a route to the wrong host": _astray,
}


def another_night(seed: int = 1) -> Lab:
    """The two companies once more: something is broken, and three letters have waited a while."""
    lab = Lab(replace(load_town("two_companies"), name=NIGHT))
    list(FAULTS.values())[seed % len(FAULTS)](lab)
    for subject in NIGHTS:
        lab.user("alice@example.com").send(to="bob@ask.com", subject=subject, text="Awake?\n")
    lab.clock.advance("40m")
    return lab
