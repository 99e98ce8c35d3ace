r"""An event as plain JSON, and back.

A record holds the facts, and beside them the sentences, so that a file can be read years later by
somebody who has not got the class any more, with any tool at hand (``jq .story.answer``)::

    {"n": 12, "name": "mail.ask.com#3", "time": 1772442000.14, "kind": "mta.Spooled",
     "host": "mail.ask.com", "letter": "alice@example.com/1", "cause": "mail.ask.com#2",
     "fields": {"id": "1vN0aC-00000000Tk4-0fRa"},
     "story": {"role": "keep", "question": "…", "answer": "…", …}}

JSON knows fewer kinds of value than Python. A tuple is written as a list and a list is read as a
tuple, since events do not change; a dataclass within an event carries its class's name under
``"!"``, and is looked up in the type hints of the field that it stands in, never anywhere else:
a file cannot name a class that the event does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

from .event import KINDS, Event, Place, Said, kind_of
from .events import Told
from .telling import telling

_STAMP = ("host", "letter", "recipient", "connection", "cause")
_COMMON = frozenset((*_STAMP, "time", "name", "number"))


def to_record(event: Event) -> dict[str, Any]:
    """The event as JSON values: facts under ``fields``, sentences under ``story``."""
    record = {"n": event.number, "name": event.name, "time": event.time, "kind": kind_of(event)}
    record |= {key: value for key in _STAMP if (value := getattr(event, key)) is not None}
    if isinstance(event, Told):
        return record | {"fields": dict(event.fields), "story": dict(event.sentences)}
    record["fields"] = {name: plain(getattr(event, name)) for name in _own(type(event))}
    if not isinstance(event, Said):  # a line of dialogue is its own sentence
        record["story"] = sentences(event)
    return record


def sentences(event: Event) -> dict[str, Any]:
    """What the event says of itself, without what is empty or true of most events."""
    said = telling(event)
    story: dict[str, Any] = {}
    for name in _SENTENCES:
        if value := getattr(said, name):
            story[name] = plain(value)
    for name in ("step", "ok"):
        if not getattr(said, name):
            story[name] = False
    if said.places:
        story["places"] = {who: _place(place) for who, place in said.places.items()}
    return story


_SENTENCES = ("role", "component", "chapter", "label", "question", "answer", "why", "proof", "peer")


def _place(place: Place) -> dict[str, str]:
    parts = ("host", "component", "state", "detail")
    return {part: getattr(place, part) for part in parts}


def _own(cls: type) -> tuple[str, ...]:
    """The names of the fields that this class of event has beyond those of all events."""
    if cls not in _OWN:
        _OWN[cls] = tuple(f.name for f in fields(cls) if f.name not in _COMMON)
    return _OWN[cls]


_OWN: dict[type, tuple[str, ...]] = {}


def from_record(record: Mapping[str, Any]) -> Event:
    """The event that ``record`` was made of; a `Told` where its class is unknown or has changed.

    Raises ValueError where this is not a record at all.
    """
    try:
        stamp: dict[str, Any] = {key: record.get(key) for key in _STAMP}
        stamp |= {"time": record["time"], "name": record["name"], "number": record["n"]}
        own, kind = record.get("fields", {}), record["kind"]
        assert isinstance(stamp["host"], str) and isinstance(own, dict) and isinstance(kind, str)
    except (KeyError, TypeError, AttributeError, AssertionError):
        raise ValueError(f"not the record of an event: {str(record)[:80]}") from None
    cls = KINDS.get(kind)
    if cls is not None:
        try:
            hints = _hints(cls)
            return cls(**stamp, **{k: _typed(v, hints.get(k, {})) for k, v in own.items()})
        except Exception:  # written by another version of this class
            pass
    return Told(**stamp, told_as=kind, fields=own, sentences=record.get("story", {}))


# ── values ───────────────────────────────────────────────────────────────────────────────────────


def plain(value: Any) -> Any:
    """A value of an event as JSON knows it."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, bytes):
        return {"!": "bytes", "latin-1": value.decode("latin-1")}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        own = {f.name: plain(getattr(value, f.name)) for f in fields(value)}
        return {"!": type(value).__name__} | own
    if isinstance(value, frozenset | set):
        return [plain(item) for item in sorted(value, key=str)]
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return str(value)


def _typed(value: Any, classes: Mapping[str, type]) -> Any:
    """The value again, with tuples for lists and the dataclasses that its field may hold."""
    if isinstance(value, list):
        return tuple(_typed(item, classes) for item in value)
    if not isinstance(value, dict):
        return value
    inner = {key: _typed(item, classes) for key, item in value.items() if key != "!"}
    if "!" not in value:
        return inner
    if value["!"] == "bytes":
        return str(value["latin-1"]).encode("latin-1")
    return classes[value["!"]](**inner)


def _hints(cls: type) -> dict[str, dict[str, type]]:
    """For each field of an event's class, the dataclasses that its type hint speaks of."""
    if cls not in _HINTS:
        _HINTS[cls] = {name: _dataclasses(hint) for name, hint in get_type_hints(cls).items()}
    return _HINTS[cls]


_HINTS: dict[type, dict[str, dict[str, type]]] = {}


def _dataclasses(hint: Any) -> dict[str, type]:
    found: dict[str, type] = {}
    if isinstance(hint, type) and is_dataclass(hint):
        found[hint.__name__] = hint
        for inner in get_type_hints(hint).values():
            found |= {name: cls for name, cls in _dataclasses(inner).items() if name not in found}
    for part in get_args(hint):
        found |= _dataclasses(part)
    return found
