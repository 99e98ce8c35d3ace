"""What the page is told of a walk: plain data, made anew for each address and configuration.

    chains      one for each address: passes through the routers, the first for the address itself,
                then one for each address that it became
    passes      hops, the routers that were not asked any more, and the ends
    hops        a router: its verdict, and the questions that were asked, each with the line of the
                option that decided
    difference  the place of the first hop at which two addresses part

Every sentence comes from the engine; the page only lays it out.

Try: ``model(walk(["bob@ask.com"], text))["chains"]``.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from labmail.exim.routing.explain import Explanation
from labmail.exim.routing.reaching import in_the_way
from labmail.lab.explaining import words
from labmail.lab.walking import GIVEN

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block, Configuration
    from labmail.exim.routing.desk import Step
    from labmail.lab.walking import Walks

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
LONGEST = 300
"""Characters of a sentence or a value that are on the page."""


def model(walks: Walks) -> Model:
    """Everything that is drawn."""
    chains = [_chain(told, walks.configuration) for told in walks.explanations]
    return {
        "chains": chains,
        "routers": [_span(block) for block in walks.configuration.routers],
        "transports": [_span(block) for block in walks.configuration.transports],
        "difference": difference(chains),
        "words": "\n".join(words(str(told)) for told in walks.explanations),
    }


def difference(chains: list[Model]) -> int | None:
    """The first hop at which two addresses part; None where they do not.

    >>> hops = [{"router": "a", "verdict": "accepts"}], [{"router": "a", "verdict": "declines"}]
    >>> difference([{"passes": [{"hops": one}]} for one in hops])
    0
    """
    if len(chains) < 2:
        return None
    one, other = (chain["passes"][0]["hops"] for chain in chains[:2])
    for at in range(max(len(one), len(other))):
        pair = [hops[at] if at < len(hops) else None for hops in (one, other)]
        if None in pair or _gist(pair[0]) != _gist(pair[1]):
            return at
    return None


def _gist(hop: Model | None) -> tuple[str, str]:
    return (hop["router"], hop["verdict"]) if hop else ("", "")


def _span(block: Block) -> Model:
    """Where a block stands in the configuration, and where each option does."""
    lines = [line for file, line in block.places.values() if file == block.file]
    return {
        "name": words(block.name),
        "here": block.file == GIVEN,
        "from": block.line,
        "to": max([block.line, *lines]),
    }


# ── an address ───────────────────────────────────────────────────────────────────────────────────


def _chain(told: Explanation, configuration: Configuration) -> Model:
    names = [block.name for block in configuration.routers]
    passes = [_pass(taken, names) for taken in _passes(told.steps, names)]
    data = told.data()
    if not passes:
        passes = [{"of": words(told.address), "hops": [], "rest": [], "ends": []}]
    _settle(passes, data["ends"], names)
    _become(passes, _became(data["ends"]))
    for one in passes:
        one.pop("key", None)
    return {
        "address": words(told.address),
        "code": told.code,
        "passes": passes,
        "summary": [_summary(end) for end in data["ends"]] or ["it is thrown away"],
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
    if _says(step):
        hop["answer"] = step.answer
        hop["sign"], hop["verdict"] = VERDICTS[step.answer]
        mark = {"yes": "yes", "nay": "no", "fail": "no", "wait": "wait"}[hop["sign"]]
    elif step.option == "more":
        hop["stops"], mark = True, "no"
    else:
        mark = "no" if step.answer == "no" or step.option == "repeat_use" else "yes"
    hop["asked"].append(_question(step, mark))
    if step.turn and in_the_way(step) and not hop["change"]:
        hop["change"] = words(step.turn)


def _question(step: Step, mark: str) -> Model:
    told = f"{step.question} {step.answer}" if not _says(step) else step.question
    option = step.option and (f"{step.option} = {step.value}" if step.value else step.option)
    if step.value in ("True", "False"):
        option = step.option if step.value == "True" else f"no_{step.option}"
    here = step.file == GIVEN
    dns = not (step.option or _says(step))
    return {
        "mark": mark,
        "text": short(words(option or told)),
        "answer": step.answer,
        "why": "" if step.why == f"transport {step.value}" else short(words(step.why)),
        "line": None if dns else step.line,
        "file": "the DNS" if dns else "" if here else words(step.file),
    }


# ── how it ends ──────────────────────────────────────────────────────────────────────────────────


def _settle(passes: list[Model], ends: list[Model], names: list[str]) -> None:
    """Each end is below the pass that led to it."""
    for one in passes:
        one.setdefault("ends", [])
    for end in ends:
        parents = end["parents"]
        key = parents[0] if end["outcome"] == "made" and parents else end["address"]
        place = next((one for one in reversed(passes) if one.get("key") == key), passes[-1])
        place["ends"].append(_end(end))


def _end(end: Model) -> Model:
    transport = end["transport"]
    good = end["outcome"] in ("accept", "made")
    return {
        "good": good,
        "sign": _sign(end),
        "address": words(end["address"]),
        "made": end["outcome"] == "made",
        "transport": words(transport or ""),
        "hosts": [_host(*host) for host in end["hosts"]],
        "runs_as": words(end["runs_as"] or ""),
        "text": short(words(end["text"] or "")),
    }


def _sign(end: Model) -> str:
    """The drawing of an end."""
    if end["outcome"] in ("fail", "defer"):
        return {"fail": "cross", "defer": "clock"}[end["outcome"]]
    return "plane" if end["hosts"] else "box"


def _host(name: str, address: str | None, mx: int | None, port: int | None) -> str:
    """
    >>> _host("mail.ask.com", "128.10.30.2", 10, None)
    'mail.ask.com [128.10.30.2] MX 10'
    """
    shown = f"{name} [{address or 'unknown'}]"
    shown += "" if mx is None else f" MX {mx}"
    return words(shown + ("" if port is None else f" port {port}"))


def _summary(end: Model) -> str:
    """A line that says where it goes."""
    told = _end(end)
    if end["outcome"] == "fail":
        return f"cannot be delivered: {told['text']}"
    if end["outcome"] == "defer":
        return f"has to wait: {told['text']}"
    to = ", ".join(told["hosts"]) or (told["address"] if told["made"] else "")
    by = f"goes by {told['transport']}" if told["transport"] else "is good"
    return f"{by} to {to}" if to else by


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


def short(text: str) -> str:
    """A sentence that has room on a page.

    >>> len(short("a" * 2000))
    301
    """
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
