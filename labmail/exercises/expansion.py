"""Exercises of chapter 14, *Expansion and lists*."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from ..lab import Lab, load_town
from . import evidence
from .claim import Claim
from .exercise import exercise

if TYPE_CHECKING:
    from ..lab import LabHost

HOST = "mail.example.com"

FILES = {
    "/etc/exim4/departments": "alice: sales\ncarol: support\ndave:  press\n",
    "/etc/exim4/virtual": "info:  alice\nsales: carol\n*:     bob\n",
    "/etc/exim4/greetings/alice": "Dear friend",
    "/etc/exim4/greetings/carol": "Good day",
}
"""What the chapter writes into the tree of the host."""


def furnish(host: LabHost) -> None:
    """Writes the chapter's files into a host's tree."""
    for path, text in FILES.items():
        host.files.write_text(path, text)


class Other:
    """The same host in a town of its own, with files that the student has not seen."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def __enter__(self) -> LabHost:
        self._lab = Lab(replace(load_town("two_companies"), name="chapter 14"))
        host = self._lab.host(HOST)
        furnish(host)
        for path, text in self._files.items():
            host.files.write_text(path, text)
        return host

    def __exit__(self, *_: object) -> None:
        self._lab.close()


def _value(host: LabHost, text: Any, **variables: Any) -> str:
    """What a student's string comes to, or Exim's complaint."""
    value, broke = evidence.attempt(lambda: host.expand(str(text), **variables))
    return f"Failed: {broke.partition(': ')[2]}" if broke else str(value)


Case = tuple[str, str]
"""What is asked about, and what must come of it."""


def _table(
    what: str, cases: Sequence[Case], host: LabHost, text: Any, variable: str, *, told: bool = True
) -> Claim:
    """One claim about several cases; the first that does not hold is what is found.

    Where the cases are hidden (``told`` is false) only how many do not hold is said.
    """
    found = [(case, _value(host, text, **{variable: case[0]})) for case in cases]
    wrong = [(case, value) for case, value in found if value != case[1]]
    expected, shown = "", ""
    if wrong:
        (asked, right), value = wrong[0]
        expected = f"{asked!r} gives {right!r}" if told else "the right answer for every one"
        shown = evidence.shortened(value) if told else f"{len(wrong)} of {len(cases)} give another"
    return Claim(what, not wrong, expected, shown)


def _given(text: Any, what: str) -> Claim:
    """There is an answer at all."""
    return Claim(
        f"{what} is a string", isinstance(text, str) and bool(text), "a string", repr(text)
    )


# ── 14.1: address to department ──────────────────────────────────────────────────────────────────

DEPARTMENTS = (("alice", "sales"), ("carol", "support"), ("dave", "press"))
ELSEWHERE = {"/etc/exim4/departments": "# moved\nerin : travel\nfrank: garden and park\n"}


@exercise(
    "14.1",
    "Build it: from address to department",
    hints=(
        "Try a key that is not in the file: mail.expand(department, local_part='nobody').",
        "Behind the file two more arguments may stand: one for a key that is there, one for a key "
        "that is not.",
        "Give {$value} for what was found, and a third argument for all others.",
    ),
)
def department(lab: Lab, answer: Any) -> Iterator[Claim]:
    """The string finds everybody in whatever file there is, and reception for all others."""
    yield _given(answer, "department")
    with Other({}) as host:
        yield _table("those in the file are found", DEPARTMENTS, host, answer, "local_part")
        yield _table(
            "an address may be written in capitals",
            (("ALICE", "sales"), ("Carol", "support")),
            host,
            answer,
            "local_part",
        )
        yield _table(
            "for all others it is reception",
            (("nobody", "reception"), ("ali", "reception"), ("*", "reception")),
            host,
            answer,
            "local_part",
        )
    with Other(ELSEWHERE) as host:
        yield _table(
            "it holds for a file that you have not seen",
            (("erin", "travel"), ("FRANK", "garden and park"), ("alice", "reception")),
            host,
            answer,
            "local_part",
            told=False,
        )


# ── 14.2: ten expansions ─────────────────────────────────────────────────────────────────────────

TEN = """\
A  ${uc:${length_3:example}}
B  ${substr_-3_2:example}
C  ${if eq{Alice}{alice}{same}{different}}
D  ${eval:7/2*2}
E  ${extract{-1}{.}{mail.example.com}}
F  ${if match_domain{example.com}{*.example.com}{yes}{no}}
G  ${if match_domain{b.test}{a.test : !c.test}{yes}{no}}
H  ${if match_ip{192.0.2.7}{192.0.2.0/24 : !192.0.2.7}{in}{out}}
I  <${lookup{nobody}lsearch{/etc/exim4/departments}}>
J  ${sort{10:9:8}{<}{$item}} ${if gt{10}{9}{yes}{no}}
"""
"""What the chapter shows: a letter and a string."""


@cache
def _ten() -> dict[str, str]:
    """What they come to, as the engine says."""
    with Other({}) as host:
        return {line[0]: host.expand(line[3:]) for line in TEN.splitlines()}


@exercise(
    "14.2",
    "Predict it: ten expansions",
    hints=(
        "Take one pair of braces at a time, and put down what each comes to.",
        "The innermost comes first. In lists the first item that matches decides, and where none "
        "does, the last item's sign.",
        "Compare with unfold(…, mail, predict=True). Is there something before the dot in F? Are "
        "10 and 9 numbers, or letters, in J?",
    ),
)
def ten_expansions(lab: Lab, answer: Any) -> Iterator[Claim]:
    """Every guess is what the engine says."""
    guess = {str(k).upper(): str(v) for k, v in answer.items()} if _is_mapping(answer) else {}
    right = _ten()
    missing = [name for name in right if name not in guess]
    yield Claim(
        "you have made ten guesses",
        not missing,
        f"one for each letter from {min(right)} to {max(right)}",
        f"none for {', '.join(missing)}",
    )
    wrong = [name for name, value in right.items() if name in guess and guess[name] != value]
    yield Claim(
        "each is what Exim says",
        bool(guess) and not wrong,
        "what exim -be prints",
        f"not so: {', '.join(wrong)}" if wrong else "no guess yet",
    )


def _is_mapping(answer: Any) -> bool:
    return isinstance(answer, Mapping)


# ── 14.3: three broken strings ───────────────────────────────────────────────────────────────────

GREETINGS = (("alice", "Dear friend"), ("carol", "Good day"), ("bob", "Hello"))
HOSTILE = ("../virtual", "../../passwd", "alice/../carol", ".", "")
VIRTUAL = (("info", "alice"), ("sales", "carol"), ("anybody", "bob"), ("x.y", "bob"))
OURS = (
    ("ask.com", "ours"),
    ("mail.ask.com", "ours"),
    ("lists.ask.com", "theirs"),
    ("example.com", "theirs"),
    ("notask.com", "theirs"),
)


@exercise(
    "14.3",
    "Find the fault: three strings",
    hints=(
        "Put each one alone into mail.explain(…), with a value for its variable. Which node fails, "
        "or decides otherwise than was meant?",
        "One is a question of trust, one of the kind of lookup, one of the order in a list. The "
        "first wants a name that comes from the directory, not from the stranger.",
        "For the first, ${lookup{$local_part}dsearch{/etc/exim4/greetings}{…}{Hello}}, and $value "
        "inside. For the second a kind that knows *. For the third, the exception first, and an "
        "item that is not negated last.",
    ),
)
def three_strings(lab: Lab, answer: Any) -> Iterator[Claim]:
    """All three do what was meant, for strangers as well."""
    texts = list(answer.values()) if _is_mapping(answer) else _listed(answer)
    greeting, virtual, ours = [*texts, "", "", ""][:3]
    with Other({}) as host:
        yield _table("the greeting is that of each", GREETINGS, host, greeting, "local_part")
        yield _nothing_else(host, greeting)
        yield _table("whoever is not named is caught", VIRTUAL, host, virtual, "local_part")
        yield _table("ours are ours, and no others", OURS, host, ours, "domain")


def _nothing_else(host: LabHost, text: Any) -> Claim:
    """Whatever a stranger calls himself: Hello, or nothing at all."""
    read = [(name, _value(host, text, local_part=name)) for name in HOSTILE]
    wrong = [
        each for each in read if each[1] not in ("Hello", "") and not each[1].startswith("Failed")
    ]
    works = _value(host, text, local_part="alice") == "Dear friend"
    found = (
        f"{wrong[0][0]!r} gives {evidence.shortened(wrong[0][1])}" if wrong else "it fails always"
    )
    return Claim(
        "no stranger reads another file by it",
        works and not wrong,
        "Hello, or a complaint, but a greeting for alice",
        found,
    )


def _listed(answer: Any) -> list[Any]:
    return list(answer) if isinstance(answer, Iterable) and not isinstance(answer, str) else []


# ── 14.4: a host list ────────────────────────────────────────────────────────────────────────────

NETS = (
    ("198.51.100.1", "in"),
    ("198.51.100.7", "out"),
    ("198.51.100.255", "in"),
    ("198.51.101.1", "out"),
    ("2001:db8:5::25", "in"),
    ("2001:db8:6::25", "out"),
)
MORE_NETS = (
    ("198.51.100.0", "in"),
    ("198.51.100.70", "in"),
    ("198.51.99.255", "out"),
    ("2001:db8:5:ffff::1", "in"),
    ("2001:db8:4:ffff::1", "out"),
    ("::1", "out"),
)


@exercise(
    "14.4",
    "Build it: a host list",
    hints=(
        "For 198.51.100.7, which item matches first? mail.explain says it.",
        "A list is read from left to right, and the first item that matches decides. Colons in an "
        "address are separators as long as nobody has said otherwise.",
        "The exception first, then the net. Begin with <; and put semicolons between the items.",
    ),
)
def host_list(lab: Lab, answer: Any) -> Iterator[Claim]:
    """match_ip says in and out for known and for hidden addresses."""
    yield _given(answer, "nets")
    text = f"${{if match_ip{{$sender_host_address}}{{{answer}}}{{in}}{{out}}}}"
    with Other({}) as host:
        yield _table("the six addresses of the table", NETS, host, text, "sender_host_address")
        yield _table(
            "six more that you have not seen",
            MORE_NETS,
            host,
            text,
            "sender_host_address",
            told=False,
        )
