"""Lists that nobody wrote by hand: answered as by the real program; and laws that hold for all."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.exim.drive import drive
from labmail.exim.errors import EximError
from labmail.exim.expansion.lists import match_domain
from labmail.exim.text import Text

from .around import KINDS, RECORDED, Exim, answer, as_line, make_context, put_files

NAMES = [
    "a.com",
    "b.com",
    "x.b.com",
    "x.p.com",
    "p.com",
    "A.com",
    "c.com",
    "re1.com",
    "x.c.com",
    "me.example.com",
    "[::1]",
    "é.x",
]
PEOPLE = ["bob", "Bob", "ann", "anna", "zed", "123", "*", "a b", "a#b", "postmaster", "", "a@b"]
HOSTS = [
    "10.0.0.1",
    "10.1.0.5",
    "192.168.3.4",
    "127.0.0.1",
    "::1",
    "fe80::1",
    "2001:db8::1",
    "::ffff:10.0.0.1",
]
LOOKUPS = ["", "partial-"]
ENDINGS = ["", "*", "*@", ",ret=key"]
PATTERNS = [r"^a", r"^(.)(.*)\.com$", r"^\d+$", "^", "^B", "^(?-i)B", "^(.*)@(.*)$", "^x{1,3}$"]
WORDS = {"+caseful", "+ignore_unknown", "+include_unknown"}
SEPARATORS = [":", ":", ":", ";", ",", "\n", "|"]


class Maker:
    """Random items of each kind of list, and lists of them."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.chance = random.Random(seed)
        self.folder = folder

    def pick(self, *items: object) -> str:
        item = self.chance.choice(items)
        return str(item() if callable(item) else item)

    def file(self) -> str:
        return f"{self.folder}/{self.pick('domains', 'but', 'people', 'nothing')}"

    def lookup(self) -> str:
        return f"{self.pick(*LOOKUPS)}lsearch{self.pick(*ENDINGS)};{self.folder}/keys"

    def domain(self) -> str:
        name = lambda: self.pick(*NAMES)  # noqa: E731
        ending = lambda: "*" + self.pick("", ".com", "com", ".b.com")  # noqa: E731
        named = lambda: "+" + self.pick("dl", "cut", "empty", "but")  # noqa: E731
        pattern = lambda: self.pick(*PATTERNS)  # noqa: E731
        return self.pick(name, name, ending, named, pattern, self.lookup, self.file, "@", "@[]", "")

    def local_part(self) -> str:
        person = lambda: self.pick(*PEOPLE)  # noqa: E731
        ending = lambda: "*" + self.pick("", "b", "OB", "n", "3")  # noqa: E731
        pattern = lambda: self.pick(*PATTERNS)  # noqa: E731
        return self.pick(person, person, ending, pattern, "+caseful", "+roles", self.lookup, "@")

    def address(self) -> str:
        half = lambda: f"{self.pick(*PEOPLE, '*', '*b', '*ob')}@{self.domain()}"  # noqa: E731
        whole = lambda: self.pick(*PATTERNS, "+caseful", "+friends", "")  # noqa: E731
        split = lambda: f"@@lsearch{self.pick('', '*')};{self.folder}/split"  # noqa: E731
        domain = lambda: self.pick(*NAMES, "*.com", "*")  # noqa: E731
        return self.pick(half, half, half, whole, split, domain, self.lookup)

    def ip(self) -> str:
        host = lambda: self.pick(*HOSTS)  # noqa: E731
        net = lambda: f"{host()}/{self.pick(8, 16, 24, 0, 32, 64, 129, 'x')}"  # noqa: E731
        masked = lambda: f"net{self.pick('-', '24-', '0-')}lsearch;{self.folder}/keys"  # noqa: E731
        odd = lambda: self.pick("+ignore_unknown", "+include_unknown", "q.com", "1.2/8", "*", "")  # noqa: E731
        return self.pick(host, net, net, masked, odd, "+nets", f"{self.folder}/nets.list")

    def listed(self, kind: str) -> str:
        items = [self.signed(getattr(self, kind)()) for _ in range(self.size())]
        separator = self.pick(*SEPARATORS)
        if separator != "\n":
            items = [item.replace(separator, separator * 2) for item in items]
        head = "" if separator == ":" else f"<{separator}"
        return head + separator.join(f" {item}{self.pick('', ' ')}" for item in items)

    def signed(self, item: str) -> str:
        return item if item in WORDS else self.pick("", "", "!", "! ") + item

    def size(self) -> int:
        return self.chance.choice((0, 1, 1, 1, 2, 2, 3, 4))

    def subject(self, kind: str) -> str:
        if kind == "address":
            return self.pick("", *[f"{self.pick(*PEOPLE)}@{self.pick(*NAMES)}"] * 9)
        return self.pick(*{"domain": NAMES, "local_part": PEOPLE, "ip": HOSTS}[kind])


@pytest.mark.peer("exim4")
@pytest.mark.parametrize("seed", [1, 2])
def test_as_the_real_program(seed, tmp_path):
    put_files(tmp_path, RECORDED["files"])
    exim = Exim(tmp_path, RECORDED["named"])
    maker = Maker(seed, tmp_path)
    kinds = [maker.pick(*KINDS) for _ in range(800)]
    asked = [(kind, maker.subject(kind), maker.listed(kind)) for kind in kinds]
    told = exim.answers([as_line(*question) for question in asked])
    context = make_context(RECORDED["named"])
    mine = [answer(context, *question) for question in asked]
    wrong = [row for row in zip(asked, told, mine, strict=True) if row[1] != row[2]]
    assert wrong == []
    assert sum(one.startswith("y") for one in told) > 150
    assert sum(one.startswith(("Failed", "panic")) for one in told) < 80


LISTS = st.text(alphabet="ab.*:!^@+;/< \n\\$(é", max_size=12)


@settings(max_examples=200, deadline=None)
@given(subject=LISTS, listed=LISTS, kind=st.sampled_from(sorted(KINDS)))
def test_any_list_has_an_answer_or_a_clear_error(subject, listed, kind):
    try:
        drive(KINDS[kind](make_context(), Text(subject), Text(listed)))
    except EximError as wrong:
        assert wrong.message


@settings(max_examples=200, deadline=None)
@given(
    domain=st.sampled_from(["a.com", "b.com", "x.a.com"]),
    items=st.lists(st.sampled_from(["a.com", "*.com", "b.com", "^x", "!a.com", "!*.com", "!^b"])),
)
def test_the_first_item_that_matches_decides(domain, items):
    context = make_context()

    def ask(listed: str) -> bool:
        return bool(drive(match_domain(context, Text(domain), Text(listed))))

    expected = bool(items) and items[-1].startswith("!")
    for item in items:
        if ask(item.removeprefix("!")):
            expected = not item.startswith("!")
            break
    assert ask(" : ".join(items)) is expected
