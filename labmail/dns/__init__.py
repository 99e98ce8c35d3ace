"""DNS: zones in BIND's files, the name server that answers from them, the resolver that asks.

In the order to read:

    problems, conf, named          what a configuration says, and what is wrong with it
    peers, zoneclause              in it: other servers and their keys, one zone
    entries, masterfile, check     zone files, and what is wrong with them
    zone, zones, answering         what a server knows, and what it answers
    wire, service, sockets, server octets, and how they come and go (signatures: if not believed)
    recursion, caching             asking other servers for a client, and remembering
    handover, exchange             giving a zone away: who may have it, and how it goes out
    soatimes, transfer, copyfile   keeping a copy: when to look, how it comes, where it lies,
    secondary                      and what becomes of it
    notify, announcing, copies     telling of a change, and all of this in one place
    trouble                        faults: a server that fails or lies
    ask, lookup, mail, resolver    asking: one server, until it is known, which hosts take mail
    text, zonefile                 how it is shown, and written down
    events, copyevents             what is told of it

Law: RFC 1034 and RFC 1035, and for mail RFC 5321 §5.1.
Try: ``python -m labmail.dns``, or `dig` at the endpoint of a lab's name server.
"""

from .answering import Response, answer
from .events import (
    Answered,
    DnsSaid,
    Ignored,
    Lookup,
    MxLookup,
    NoAnswer,
    ZoneLoaded,
    ZoneRefused,
)
from .lookup import Answer, Record
from .mail import MailHost, MailHosts, find_mail_hosts
from .problems import ConfigError, Problem, Spot
from .resolvconf import ResolvConf
from .resolver import Resolver
from .server import NameServer
from .service import Limits
from .zone import Zone
from .zones import Broken, Forward, Zones

__all__ = [
    "Answer",
    "Answered",
    "Broken",
    "ConfigError",
    "DnsSaid",
    "Forward",
    "Ignored",
    "Limits",
    "Lookup",
    "MailHost",
    "MailHosts",
    "MxLookup",
    "NameServer",
    "NoAnswer",
    "Problem",
    "Record",
    "ResolvConf",
    "Resolver",
    "Response",
    "Spot",
    "Zone",
    "ZoneLoaded",
    "ZoneRefused",
    "Zones",
    "answer",
    "find_mail_hosts",
]
