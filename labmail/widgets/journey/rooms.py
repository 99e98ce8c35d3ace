"""Inside the hosts: the same picture, one floor deeper.

A mail host is several programs that do not know each other well: one that listens, one that keeps,
one that sends on, one that hands out. From afar a host is one row of the picture; unfolded it has a
row for each of its rooms, and the letter's line goes from room to room::

    mail.ask.com   Reception      ╌╌◆╌╌╮
                   Queue               ╰──■─────╮
                   Delivery               ╌╌◆╌╌╌│╌
                   Mailbox                      ╰──■───

A host of which the story sees one room only stays one row.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from labmail.trace import Journey, Story
from labmail.trace.journey import Column
from labmail.trace.roads import Offsets, Road, roads


@dataclass(frozen=True, slots=True)
class Room:
    """A part of a host: its name, a note, the drawing and the role that it is drawn with."""

    key: str
    title: str
    note: str
    icon: str
    role: str


ROOMS = (
    Room("reception", "Reception", "SMTP server, ACLs", "shield", "decide"),
    Room("queue", "Queue", "spool, retry times", "queue", "keep"),
    Room("delivery", "Delivery", "routers, transports", "router", "decide"),
    Room("mailbox", "Mailbox", "message store", "mailbox", "keep"),
    Room("access", "POP3 server", "hands letters out", "fetch", "talk"),
    Room("program", "Mail program", "", "person", "person"),
)
"""In the order in which a letter meets them."""

_ROOM_OF = {
    "smtp": "reception",
    "acl": "reception",
    "outside": "reception",
    "spool": "queue",
    "queue": "queue",
    "retry": "queue",
    "bounce": "queue",
    "router": "delivery",
    "transport": "delivery",
    "dns": "delivery",
    "store": "mailbox",
    "pop3": "access",
    "imap": "access",
    "mua": "program",
}
"""Which room of a host a component belongs to."""

_SERVER, _CLIENT = "reception", "delivery"
_ANYWHERE = "anywhere"
"""For what happens to a host as a whole, such as a fault."""


def inside(story: Story, journey: Journey) -> dict[str, Any]:
    """Rows, for each step the rows of its two ends, and the roads: as `Journey` has them."""
    ways = roads(story)
    ends = [_ends(column, journey) for column in journey.columns]
    stays = [list(_stays(road, journey)) for road in ways]
    used = _used(journey, ends, stays)
    ends = [(_known(own, used), peer and _known(peer, used)) for own, peer in ends]
    rows = [(lane, room) for lane in range(len(journey.lanes)) for room in used[lane]]
    number = {row: i for i, row in enumerate(rows)}
    offsets = Offsets(ways, story.steps)
    return {
        "lanes": [_row(journey, lane, room, solo=len(used[lane]) < 2) for lane, room in rows],
        "at": [[number[end] if end else None for end in pair] for pair in ends],
        "roads": [
            list(_points(index, stay, number, offsets, journey)) for index, stay in enumerate(stays)
        ],
    }


Spot = tuple[int, str]
"""A lane of the journey (a host) and the key of one of its rooms."""


def _ends(column: Column, journey: Journey) -> tuple[Spot, Spot | None]:
    """The rooms in which the two ends of a step are."""
    host = _spot(column.lane, _own_room(column), journey)
    if column.peer is None:
        return host, None
    there = _SERVER if not column.called else _CLIENT
    return host, _spot(column.peer, there, journey)


def _own_room(column: Column) -> str:
    """The host's end: a server that was called, or the part that calls."""
    if column.component == "smtp" and column.peer is not None and not column.called:
        return _CLIENT
    return _ROOM_OF.get(column.component, _ANYWHERE)


def _spot(lane: int, room: str, journey: Journey) -> Spot:
    """People and name servers have one room."""
    return lane, "" if journey.lanes[lane].kind != "host" else room


def _stays(road: Road, journey: Journey) -> Iterator[tuple[int, Spot]]:
    """From which column on the letter lies in which room: it comes in by the door, then goes on."""
    number = {lane.name: i for i, lane in enumerate(journey.lanes)}
    for index, stop in enumerate(road.stops):
        spot = _spot(number[stop.host], _ROOM_OF.get(stop.component, "queue"), journey)
        column = journey.columns[stop.column]
        if index and column.arrives == spot[0] and spot[1] not in ("", _SERVER):
            yield stop.column, (spot[0], _SERVER)
            yield stop.column + 1, spot
        else:
            yield stop.column, spot


def _used(
    journey: Journey, ends: list[tuple[Spot, Spot | None]], stays: list[list[tuple[int, Spot]]]
) -> Mapping[int, list[str]]:
    """The rooms of each lane that the story sees, in their order."""
    seen = {spot for pair in ends for spot in pair if spot}
    seen |= {spot for stay in stays for column, spot in stay if column < len(journey.columns)}
    order = [room.key for room in ROOMS]
    found: dict[int, list[str]] = {}
    for lane in range(len(journey.lanes)):
        mine = {room for there, room in seen if there == lane} - {_ANYWHERE} or {""}
        found[lane] = sorted(mine, key=lambda room: order.index(room) if room else -1)
    return found


def _known(spot: Spot, used: Mapping[int, list[str]]) -> Spot:
    """What happens to a whole host is drawn at the first of its rooms."""
    lane, room = spot
    return (lane, used[lane][0]) if room == _ANYWHERE else spot


def _row(journey: Journey, lane: int, room: str, *, solo: bool) -> dict[str, Any]:
    found = next((one for one in ROOMS if one.key == room), None)
    if solo or found is None:
        return {"host": lane, "room": "", "title": journey.lanes[lane].title}
    return {
        "host": lane,
        "room": room,
        "title": found.title,
        "note": found.note,
        "icon": found.icon,
        "role": found.role,
    }


def _points(
    index: int,
    stay: list[tuple[int, Spot]],
    number: Mapping[Spot, int],
    offsets: Offsets,
    journey: Journey,
) -> Iterator[list[float]]:
    """(column, row, offset) wherever the road bends; the offset is that of the road from afar."""
    road, last = offsets.roads[index], None
    begins = [begin for begin, _ in stay]
    end = len(journey.columns) if road.end is None else road.end + 1
    for column in range(begins[0], min(end, len(journey.columns))):
        spot = stay[bisect_right(begins, column) - 1][1]
        offset = offsets.at(index, column, journey.lanes[spot[0]].name)
        if (spot, offset) != last:
            yield [column, number[spot], offset]
        last = spot, offset
