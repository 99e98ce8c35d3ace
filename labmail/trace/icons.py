"""The drawings: sixteen pixels square, strokes of 1.5, no fill.

An icon tells the members of a role apart: an ACL and a router both decide, and both are diamonds;
the shield and the signpost say which is which.
"""

from __future__ import annotations

PATHS = {
    "person": "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.3 14c.3-2.7 2.6-4.2 5.7-4.2s5.4 1.5 5.7 4.2z",
    "letter": "M1.8 3.8h12.4v8.6H1.8zM2 4.2l6 4.6 6-4.6",
    "host": "M2.5 2.8h11V7h-11zM2.5 9h11v4.2h-11zM4.8 4.9h.2M4.8 11.1h.2M8.4 4.9h3M8.4 11.1h3",
    "names": "M4 2.2h9v11.6H4zM2.6 5H4M2.6 8H4M2.6 11H4M6.6 5.6h4M6.6 8.4h4",
    "shield": "M8 1.7l5.3 1.9v4c0 3.2-2.1 5.4-5.3 6.7-3.2-1.3-5.3-3.5-5.3-6.7v-4z"
    "M5.7 7.8l1.7 1.7 3-3.3",
    "queue": "M2.2 6.4h11.6v7.2H2.2zM2.5 6.8L8 10.6l5.5-3.8M3.6 4.2h8.8M5 2h6",
    "router": "M8 1.6v12.8M8 2.6h4.2l1.9 1.8-1.9 1.8H8M8 7.2H3.8L1.9 9l1.9 1.8H8M5.8 14.4h4.4",
    "mailbox": "M1.8 12.6V7.4a3 3 0 0 1 3-3h6.4a3 3 0 0 1 3 3v5.2zM7.8 12.6V7.4a3 3 0 0 0-3-3"
    "M3.8 8h2M11.2 7.6V2.2h2.2",
    "fetch": "M8 1.8v7.4M5 6.4l3 3 3-3M2.2 9.8v4h11.6v-4",
    "clock": "M8 1.9a6.1 6.1 0 1 1 0 12.2A6.1 6.1 0 0 1 8 1.9zM8 4.6V8l2.5 1.6",
    "flag": "M4 14.3V2.2h8.4l-2.2 3.1 2.2 3.1H4",
    "back": "M5.6 2.7L2.2 6.1l3.4 3.4M2.2 6.1h7.9c2.2 0 3.7 1.5 3.7 3.6s-1.5 3.6-3.7 3.6H6.4",
    "check": "M3 8.6l3.3 3.3L13 4.7",
    "trash": "M3 4.6h10M6.2 4.6V2.6h3.6v2M4.3 4.6l.6 9h6.2l.6-9M8 7.2v4",
    "cross": "M4 4l8 8M12 4l-8 8",
    "frost": "M8 1.8v12.4M2.6 4.9l10.8 6.2M13.4 4.9L2.6 11.1M6.3 2.7L8 4.1l1.7-1.4"
    "M6.3 13.3L8 11.9l1.7 1.4",
    "pause": "M5.6 3v10M10.4 3v10",
    "talk": "M2 3h12v7.4H7.4L4.6 13v-2.6H2zM5 6.7h6",
}

COMPONENTS = {
    "mua": "person",
    "smtp": "talk",
    "acl": "shield",
    "spool": "queue",
    "queue": "queue",
    "router": "router",
    "transport": "router",
    "dns": "names",
    "retry": "clock",
    "bounce": "back",
    "store": "mailbox",
    "pop3": "fetch",
    "imap": "fetch",
    "lab": "pause",
    "fault": "cross",
    "mended": "check",
}
"""Which drawing stands for a component of a host."""

LABELS = {"bounce": "back", "give up": "flag", "retry": "clock", "frozen": "frost", "DELE": "trash"}
"""Steps that have a drawing of their own, whichever component takes them."""

ROLES = {
    "person": "person",
    "talk": "talk",
    "decide": "router",
    "keep": "queue",
    "ask": "names",
}

STATES = {
    "under way": ("now", "letter"),
    "delivered": ("ok", "check"),
    "fetched": ("ok", "check"),
    "deferred": ("wait", "clock"),
    "bounced": ("bad", "back"),
    "frozen": ("ice", "frost"),
}
"""For each state of a letter the class of its colour, and its drawing."""


def icon_of(role: str, component: str, label: str) -> str:
    """The name of the drawing for a step."""
    return LABELS.get(label) or COMPONENTS.get(component) or ROLES.get(role, "talk")
