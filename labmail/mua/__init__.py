"""The mail user agent: the program in which people write and read. RFC 5598 §4.2.1.

In the order to read: `letter` (a draft, and what it becomes; `holding` is what all that hold a
message share), `compose` with `attachment` and `entity` (from what a person means to what travels),
`submit` (handing it over), `fetch` (getting what has arrived), `reader` with `tame` (showing a
stranger's letter safely), `agent` (all of it for one person), `events` (what is told).

Try: ``python -m labmail.mua``.
"""

# The order is that in which to read them.
# isort: off
from .letter import Draft, Letter
from .attachment import Attachment
from .entity import Entity
from .compose import ComposeError, compose
from .submit import Account, Desk, Server, submit
from .fetch import FetchError, FetchedMessage, Listing, fetch, listing
from .tame import plain, tame
from .reader import read
from .agent import UserAgent
# isort: on

__all__ = [
    "Account",
    "Attachment",
    "ComposeError",
    "Desk",
    "Draft",
    "Entity",
    "FetchError",
    "FetchedMessage",
    "Letter",
    "Listing",
    "Server",
    "UserAgent",
    "compose",
    "fetch",
    "listing",
    "plain",
    "read",
    "submit",
    "tame",
]
