"""Filters by chance: half of them right, half with slips of the pen; and letters for them."""

from __future__ import annotations

import random
from typing import NamedTuple

WORDS = [
    "$h_subject:",
    "$h_to:",
    "$h_cc:",
    "$h_from:",
    "$h_nosuch:",
    "$sender_address",
    "$local_part",
    "$domain",
    "ben",
    "42",
    "a",
    "$n1",
    "$n2",
    "$sn1",
    "$1",
    "$0",
    "$thisaddress",
    "$h_x-spam-score:",
    "$message_body",
    "$return_path",
    "$home",
    "x@y.test",
    "ben@lab.test",
    "$reply_address",
    "$message_size",
    "${uc:$h_subject:}",
    "course",
    "notes",
    "COURSE",
    "7",
    "$nope",
    "$h_list-id:",
    "$h_precedence:",
    "$local_part_suffix",
    "$recipients",
    "\\$1",
    "[a-z]+",
    "(.)(.)",
    "^.*",
    "/dev/null",
]
QUOTED = (
    '"a b"',
    '""',
    '"$h_to:,$h_cc:"',
    '"two\\nlines"',
    '"tab\\there"',
    '"a\\x81b"',
    '"\\"q\\""',
    '"<$1>"',
    '"(N.*) (4.)"',
    '"over \\\n   lines"',
    '"over \\  \n   lines"',
    '"\\N^\\\\[\\N"',
    '"${if eq{$1}{a}{yes}{no}}"',
    '"X-A: b\\nX-B: c"',
    '"X-A: b\\nX-B"',
    '"a,b@c, Bob <d@e> (x), g: h@i;"',
    '"ann@lab.test"',
    '"\\101\\102"',
)
NUMBERS = (
    *[
        "0",
        "1",
        "2",
        "3",
        "5",
        "7",
        "9",
        "10",
        "12",
        "010",
        "0x1f",
        "-3",
        "+4",
        "1k",
        "2M",
        "$n1",
        "$n2",
        "$message_size",
        "99999999999",
        "1x",
        "08",
    ],
    '"3k "',
    '" 5"',
    "$h_x-spam-score:",
)
COMPARISONS = (
    "is",
    "IS",
    "is not",
    "contains",
    "CONTAINS",
    "does not contain",
    "begins",
    "BEGINS",
    "does not begin",
    "ends",
    "ENDS",
    "does not end",
    "matches",
    "MATCHES",
    "does not match",
    "is above",
    "is below",
    "is not above",
    "above",
    "not below",
    "IS NOT",
    "Is",
    "DOES NOT MATCH",
)
STATES = ("personal", "delivered", "error_message", "first_delivery", "manually_thawed")
MAIL = [
    "to",
    "cc",
    "bcc",
    "from",
    "reply_to",
    "subject",
    "extra_headers",
    "text",
    "file",
    "log",
    "once",
    "once_repeat",
]
SLIPS = [
    "(",
    ")",
    '"',
    "\\",
    "\n",
    "#",
    " ",
    "then",
    "endif",
    "else",
    "not",
    "seen",
    "$",
    "{",
    "x",
    ",",
]


class Case(NamedTuple):
    """A filter, a letter and a command line."""

    filter: str
    letter: str
    options: tuple[str, ...]


class Dice:
    """Chance, with the words of filters."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.system = False

    def one(self, *of: str) -> str:
        return self.chance.choice(of)

    def often(self, chance: float) -> bool:
        return self.chance.random() < chance

    def item(self) -> str:
        if self.often(0.35):
            return self.one(*QUOTED)
        if self.often(0.5):
            return self.one("$h_subject:", "ben", "ben@lab.test", "$sender_address", "course", "7")
        word = self.one(*WORDS)
        return word if self.often(0.9) else word + self.one(*WORDS)

    def number(self) -> str:
        return self.one(*NUMBERS)

    def condition(self, depth: int = 0) -> str:
        roll = self.chance.random()
        if depth < 3 and roll < 0.2:
            word = self.one(" and ", " or ")
            return self.condition(depth + 1) + word + self.condition(depth + 1)
        if depth < 3 and roll < 0.3:
            return f"({self.condition(depth + 1)})"
        if roll < 0.4:
            return f"not {self.condition(depth + 1)}"
        if roll < 0.55:
            return self.state()
        if depth < 3 and roll < 0.65:
            return f"foranyaddress {self.item()} ({self.condition(depth + 1)})"
        comparison = self.one(*COMPARISONS)
        numbers = "above" in comparison or "below" in comparison
        left, right = (self.number(), self.number()) if numbers else (self.item(), self.item())
        return f"{left} {comparison} {right}"

    def state(self) -> str:
        state = self.one(*STATES)
        while state.startswith("personal") and self.often(0.4):
            state += f" alias {self.one('team@lab.test', 'ann@lab.test', 'x', '$domain')}"
        return state

    def mail(self) -> str:
        words = [self.one("mail", "mail", "vacation")]
        for _ in range(self.chance.randrange(5)):
            word = self.one(*MAIL, "return message", "expand file")
            words.append(word if word.startswith("return") else f"{word} {self.item()}")
        return " ".join(words)

    def plain(self) -> str:
        name = self.one("deliver", "save", "pipe", "logfile", "logwrite", "testprint", "testprint")
        command = f"{name} {self.item()}"
        if name in ("save", "logfile") and self.often(0.3):
            command += f" {self.one('640', '0600', '9', '7777', '6x')}"
        if name == "deliver" and self.often(0.3):
            command += f" errors_to {self.one('ben@lab.test', 'ben', 'x@y', '$sender_address')}"
        return command

    def command(self, depth: int = 0) -> str:
        roll = self.chance.random()
        if depth < 3 and roll < 0.3:
            return self.branches(depth)
        if roll < 0.65:
            command = self.plain()
        elif roll < 0.75:
            command = self.mail()
        elif roll < 0.85:
            command = f"add {self.number()} to {self.one('n1', 'n2', 'n3', 'n', 'n$n1')}"
        elif roll < 0.9:
            what = self.one("add", "add", "remove", "charset") if self.system else "charset"
            command = f"headers {what} {self.one('X-Seen:1', self.item(), 'subject', 'x:to')}"
        elif roll < 0.94:
            force = self.one("fail", "freeze", "defer") + self.one("", f" text {self.item()}")
            command = force if self.system or self.often(0.1) else "finish"
        else:
            command = "finish"
        if command.startswith(("add", "headers")) or self.often(0.8):
            return command
        return self.one("seen ", "unseen ", "noerror ", "unseen noerror ") + command

    def branches(self, depth: int) -> str:
        text = f"if {self.condition()} then\n{self.commands(depth + 1)}"
        while self.often(0.25):
            text += f"elif {self.condition()} then\n{self.commands(depth + 1)}"
        if self.often(0.5):
            text += f"else\n{self.commands(depth + 1)}"
        return f"{text}endif"

    def commands(self, depth: int = 0) -> str:
        count = self.chance.randrange(1, 4)
        return "".join(f"{self.command(depth)}{self.one(chr(10), ' ')}" for _ in range(count))

    def slipped(self, text: str) -> str:
        """With a slip of the pen."""
        at = self.chance.randrange(16, len(text) + 1) if len(text) > 16 else len(text)
        if self.often(0.5):
            return text[:at] + text[at + self.chance.randrange(1, 4) :]
        return text[:at] + self.one(*SLIPS) + text[at:]

    def letter(self) -> str:
        lines = [f"From: {self.one('Ann <ann@lab.test>', 'ben@lab.test', 'root@x.test', 'a@@b')}"]
        lines.append(
            f"To: {self.one('ben@lab.test, Team <team@lab.test>', 'BEN@LAB.test', 'x@y.test')}"
        )
        extra = (
            "Cc: cara@campus.test, ben@lab.test",
            "Subject: [course] Weekly notes 42",
            "Subject: =?utf-8?q?caf=C3=A9?= a",
            "List-Id: <course.lab.test>",
            "Precedence: bulk",
            "Auto-Submitted: no",
            "Auto-Submitted: auto-replied",
            "X-Spam-Score: 7",
            "Reply-To: replies@lab.test",
        )
        lines += [line for line in extra if self.often(0.35)]
        return "\n".join(lines) + "\n\nDear all,\nthe deadline is near.\n"

    def case(self) -> Case:
        self.system = self.often(0.3)
        text = "# Exim filter\n" + self.commands()
        if self.often(0.2):
            text = self.slipped(text)
        options = ["-bF" if self.system else "-bf", "FILE", "-bfl", "ben", "-bfd", "lab.test"]
        options += ["-f", self.one("ann@lab.test", "ann@lab.test", "ben@lab.test", "<>")]
        if self.often(0.15):
            options += ["-bfs", "-list"]
        if self.often(0.1):
            options += ["-bfp", "pre-"]
        return Case(text, self.letter(), tuple(options))
