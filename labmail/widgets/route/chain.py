"""The chain of an address: router below router, as they were asked.

    bob@ask.com ─▶ aliases ─▶ local_user ─▶ far ─▶ an end          one pass
    postmaster@… ─▶ aliases ─┐
    alice@…      ─▶ aliases ─▶ local_user ─▶ an end                a pass for what it became

The steps of an `Explanation` come in one row; here they are sorted into passes (an address that
goes through the routers), hops (a router) and questions.

Try: ``chain(explanation, configuration)["passes"][0]["hops"]``.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from labmail.exim.routing.steps import UNTOLD
from labmail.exim.routing.why import Explanation, in_the_way
from labmail.lab.explaining import words
from labmail.lab.explaining.walking import GIVEN

from .ends import drawn, short, summary

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Configuration
    from labmail.exim.routing.steps import Step

Model = dict[str, Any]

VERDICTS = {
    "accept": ("yes", "accepts"),
    "children": ("yes", "accepts"),
    "rerouted": ("yes", "makes it another"),
    "decline": ("nay", "declines"),
    "pass": ("nay", "passes it on"),
    "fail": ("fail", "refuses"),
    "defer": ("wait", "cannot say now"),
    "discard": ("yes", "throws it away"),
}
"""What a router answers: the sign, and the word."""
NOT_ASKED = ("nay", "declines")
"""A precondition does not hold: the router itself never sees the address."""


def chain(told: Explanation, configuration: Configuration) -> Model:
    """One address: its passes, and a line for each end."""
    names = [block.name for block in configuration.routers]
    passes = [_pass(taken, names) for taken in _passes(told.steps, names)]
    data = told.data()
    if not passes:
        passes = [{"of": words(told.address), "hops": [], "rest": [], "ends": []}]
    _settle(passes, data["ends"])
    _become(passes, _became(data["ends"]))
    for one in passes:
        one.pop("key", None)
    return {
        "address": words(told.address),
        "code": told.code,
        "passes": passes,
        "summary": [summary(end) for end in data["ends"]] or ["it is thrown away"],
    }


def _says(step: Step) -> bool:
    return step.question.startswith("what does the ") and step.answer in VERDICTS


def _passes(steps: Any, names: list[str]) -> list[list[Step]]:
    """The steps of one address each; it may come again, as another's child."""
    passes: list[list[Step]] = []
    for step in steps:
        last = passes[-1][-1] if passes else None
        if last is None or step.address != last.address or _again(step, last, names):
            passes.append([])
        passes[-1].append(step)
    return passes


def _again(step: Step, last: Step, names: list[str]) -> bool:
    """Does a walk begin anew here? It goes downwards, and asks a router once."""
    here, before = names.index(step.router), names.index(last.router)
    return here < before or (here == before and _says(last) and step.option != "more")


def _pass(steps: list[Step], names: list[str]) -> Model:
    hops: list[Model] = []
    for step in steps:
        if not hops or hops[-1]["router"] != step.router:
            hops.append(_hop(step))
        _add(hops[-1], step)
    last = names.index(steps[-1].router)
    taken = hops[-1]["answer"] not in ("", "decline", "pass")
    rest = [words(name) for name in names[last + 1 :]] if taken or hops[-1]["stops"] else []
    return {"of": words(steps[0].address), "key": steps[0].address, "hops": hops, "rest": rest}


def _hop(step: Step) -> Model:
    sign, verdict = NOT_ASKED
    return {
        "router": words(step.router),
        "of": words(step.address),
        "sign": sign,
        "verdict": verdict,
        "answer": "",
        "asked": [],
        "out": [],
        "change": "",
        "stops": False,
    }


def _add(hop: Model, step: Step) -> None:
    """One question more."""
    mark = _mark(step)
    if _says(step):
        hop["answer"] = step.answer
        hop["sign"], hop["verdict"] = VERDICTS[step.answer]
        mark = SAID[hop["sign"]]
    elif step.answer == UNTOLD:
        hop["answer"] = "defer"
        hop["sign"], hop["verdict"] = VERDICTS["defer"]
    hop["stops"] = hop["stops"] or step.option == "more"
    hop["asked"].append(_question(step, mark))
    if step.turn and in_the_way(step) and not hop["change"]:
        hop["change"] = words(step.turn)


SAID = {"yes": "yes", "nay": "no", "fail": "no", "wait": "wait"}
"""The mark of a router's own word."""


def _mark(step: Step) -> str:
    if step.answer == UNTOLD:
        return "wait"
    return "no" if step.answer == "no" or step.option in ("more", "repeat_use") else "yes"


def _question(step: Step, mark: str) -> Model:
    """The option that decided, and why; or the question itself, where no option did."""
    told = f"{step.question} {step.answer}" if not _says(step) else step.question
    here = step.file == GIVEN
    dns = not (step.option or _says(step))
    return {
        "mark": mark,
        "text": short(words(step.written or step.option or told)),
        "answer": step.answer,
        "why": short(words(_why(step, told))),
        "line": None if dns else step.line,
        "file": "the DNS" if dns else "" if here else words(step.file),
        "origin": "" if dns else words(step.origin),
    }


def _why(step: Step, told: str) -> str:
    """What stands below the option. Where there is no reason, the question tells more than nothing:
    which file of several, which prefix."""
    if step.why == f"transport {step.value}":
        return ""
    return step.why or (told if step.option and not _says(step) else "")


def _settle(passes: list[Model], ends: list[Model]) -> None:
    """Each end is below the pass that led to it."""
    for one in passes:
        one.setdefault("ends", [])
    for end in ends:
        parents = end["parents"]
        key = parents[0] if end["outcome"] == "made" and parents else end["address"]
        place = next((one for one in reversed(passes) if one.get("key") == key), passes[-1])
        place["ends"].append(drawn(end))


def _become(passes: list[Model], became: dict[str, list[str]]) -> None:
    """What each address turned into, at the router that did it. An address that comes several times
    is followed by what it turned into; a copy that goes on is not a new address.
    """
    keys = [one.get("key") for one in passes]
    for at, one in enumerate(passes):
        turned = [hop for hop in one["hops"] if hop["answer"] in ("children", "rerouted")]
        if len(turned) != 1:
            continue
        kids = became.get(one["key"], [])
        if keys.count(one["key"]) > 1:
            kids = [str(key) for key in keys[at + 1 : at + 2]]
        elif turned[0] is not one["hops"][-1]:
            kids = [kid for kid in kids if kid != one["key"]]
        turned[0]["out"] = [words(kid) for kid in kids]


def _became(ends: list[Model]) -> dict[str, list[str]]:
    """From an address to those that it has become."""
    found: dict[str, list[str]] = {}
    for end in ends:
        line = [end["address"], *end["parents"]]
        for child, parent in pairwise(line):
            kids = found.setdefault(parent, [])
            if child not in kids:
                kids.append(child)
    return found
