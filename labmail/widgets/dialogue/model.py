"""What the page is told of a dialogue: plain data, made anew after each word that is said.

Every sentence in it comes from below: what a reply means from ``smtp/meaning.py`` and POP3's, what
the client will make of an answer from the ``prospects`` of each, what the hosts did from the events
of the trace. The page only lays it out.

Try: ``model(lab.talk("mail.ask.com", "smtp"), lab)``.
"""

from __future__ import annotations

from typing import Any

from labmail.lab import Lab
from labmail.lab.talk import Answering, Conversation, Dialogue
from labmail.lab.talk.following import FOLLOWING
from labmail.lab.talk.transcript import Entry
from labmail.lab.town import SERVICES
from labmail.message.outcome import Deferred, Delivered, Failed, Outcome
from labmail.trace.heard import Line
from labmail.trace.meaning import Machine, Meaning, Move, Prospect, Sign, times

from .runs import runs

MOST = 400
"""Entries of a dialogue that are on the page; the transcript has them all."""

LABELS = {"smtp": "SMTP", "submission": "Submission", "pop3": "POP3"}

Model = dict[str, Any]


def model(dialogue: Dialogue, lab: Lab) -> Model:
    """Everything that is drawn."""
    plan = lab.town.hosts[dialogue.host]
    server = isinstance(dialogue, Answering)
    entries = dialogue.entries
    client, spoken = dialogue._following.unfinished
    return {
        "role": "server" if server else "client",
        "host": dialogue.host,
        "title": f"You are {dialogue.host}" if server else f"You call {dialogue.host}",
        "place": f"{plan.address}:{SERVICES[dialogue.service]}",
        "service": dialogue.service,
        "services": [[s, LABELS[s]] for s in FOLLOWING if s in plan.services],
        "first": max(0, len(entries) - MOST),
        "log": [_entry(entry, server) for entry in entries[-MOST:]],
        "unfinished": [["C", runs(client)], ["S", runs(spoken)]],
        "machine": _machine(dialogue.machine, dialogue.over),
        "over": dialogue.over,
        "speaking": dialogue._following.speaking,
        "text": dialogue.show().text,
        **(_answering(dialogue) if isinstance(dialogue, Answering) else _talking(dialogue, lab)),
    }


def _talking(dialogue: Dialogue, lab: Lab) -> Model:
    assert isinstance(dialogue, Conversation)
    plan = lab.town.host_at(dialogue.client)
    name = f"{plan.name} [{dialogue.client}]" if plan else f"{dialogue.client}, a stranger"
    pieces = [] if dialogue.over else [[s.line, s.words, s.aside] for s in dialogue.suggestions]
    return {"who": f"You speak for {name}", "pieces": pieces, "prospects": [], "asked": ""}


def _answering(desk: Answering) -> Model:
    who = "Nobody is on the line" if desk.over else f"{desk.caller} is on the line"
    prospects = [_prospect(each) for each in desk.prospects]
    return {"who": who, "pieces": [], "prospects": prospects, "asked": _asked(desk)}


def _asked(desk: Answering) -> str:
    return {"greeting": "its call", ".": "the letter and its dot"}.get(desk.asked, desk.asked)


def _entry(entry: Entry, server: bool) -> Model:
    if not isinstance(entry, Line):
        return {"note": entry.text, "why": list(entry.why)}
    return {
        "who": entry.speaker,
        "mine": entry.speaker == ("S" if server else "C"),
        "kind": entry.kind,
        "runs": runs(entry.octets),
        "meaning": _meaning(entry.meaning),
    }


def _meaning(meaning: Meaning | None) -> Model | None:
    if meaning is None:
        return None
    return {
        "reply": meaning.reply,
        "verdict": meaning.verdict,
        "sentence": meaning.sentence,
        "code": [_sign(sign) for sign in meaning.code],
        "enhanced": [_sign(sign) for sign in meaning.enhanced],
        "law": meaning.law,
    }


def _sign(sign: Sign) -> list[str]:
    return [sign.text, sign.says, sign.law]


def _machine(machine: Machine, over: bool) -> Model:
    return {
        "nodes": [
            {"name": node.name, "words": node.words, "here": node.here, "been": node.been}
            for node in machine.nodes
        ],
        "may": [] if over else [_move(move) for move in machine.may],
        "later": [_move(move) for move in machine.not_now],
    }


def _move(move: Move) -> Model:
    return {
        "verb": move.verb,
        "words": move.words,
        "law": move.law,
        "leads": move.leads,
        "aside": move.aside,
        "when": f"only when {times(move.when)}" if move.when else "",
    }


def _prospect(prospect: Prospect) -> Model:
    return {
        "deed": prospect.deed,
        "line": prospect.line,
        "words": prospect.words,
        "then": prospect.then,
        "end": _end(prospect.outcome),
        "why": prospect.outcome.why if prospect.outcome else "",
    }


def _end(outcome: Outcome | None) -> str:
    """The state that an outcome puts a letter into, in the words of every widget."""
    ends = {Delivered: "delivered", Deferred: "deferred", Failed: "bounced"}
    return ends[type(outcome)] if outcome is not None else ""
