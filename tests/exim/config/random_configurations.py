"""Small configurations made by chance: right ones, and wrong ones of every sort.

A seed makes the same configuration for ever. They use what the tests' vocabulary knows, and three
files that are there to be included. More than half are written with care: what is wrong in them is
what chance made wrong, such as a macro that spoils a line.

Try: ``write(7)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tests.exim.config.vocabulary import MAIN

INCLUDED = {
    "banner": "smtp_banner = included\n",
    "macro": "QQ = 1\n",
    "half": "smtp_banner = a \\",
}
MACROS = ("AB", "A", "B", "X_Y", "LONG", "Q1", "HOST", "HO")
PIECES = (
    "a",
    "b",
    "lab.test",
    "1",
    " ",
    ":",
    "$x",
    "aAb",
    "_HAVE_TLS",
    "_OPT_MAIN_TLS_ALPN",
    *MACROS,
)
WRONG_PIECES = ('"', "\t", "\\", "#", "=", "true", "no", "\xe9", "x", "1h")
VALUES = {
    "integer": (
        ("5", "010", "0x1F", "10K", "3m", "1G", "-4", "0"),
        ("2g", "08", "9" * 11, "Q1", "5 k"),
    ),
    "octal integer": (("022", "0", "777"), ("9", "0x1")),
    "fixed point": (("1", "1.5", "0.25", "10.", "3.14159", "007.010"), (".5", "-1", "1x")),
    "time": (("1h", "2h30m", "1d", "90s", "1w", "0s"), ("5", "1x", " 3h ")),
    "time list": (("1h:2h", "90s", "1h : 1d: 1w", ""), ("5", "2h:1h", "1h:", "1h:x")),
    "boolean": (("true", "yes", "no", "FALSE", ""), ("1", '"true"', "maybe", "true x")),
    "string": (("x", '"x y"', r'"a\tb\x41\102"', "A B", "xAy"), ('"unended', '"a" x', r'"q\"')),
    "user list": (
        ("root", "mail:root", "0:8", "", "8"),
        ("nosuch", "root:", ":", "<; root; mail", "-1"),
    ),
    "group list": (("root", "mail:root", "0:8", "", "8"), ("nosuch", "root::", "mail: : x")),
}
VALUES["integer in K or M"] = VALUES["integer of K"] = VALUES["integer"]
TESTED = ("A", "B", "C", "_HAVE_TLS", "_HAVE_NOT", "aAb", "", "Q1 z")
STRAY = (".ifdef A", ".elifdef B", ".elifndef A", ".else", ".endif", ".ifdef\tA", ".endif\r")
SETTINGS = {
    "routers": (
        ("domains = x", "more = yes", "more = ${if x}", "user = root", "user = $x"),
        (
            *("user = nosuch", "bogus", "file = /x", "no_data", "A = 3", "hide data = y"),
            *("modemask = 9", "allow_fail", "domains", "no_more x"),
        ),
    ),
    "transports": (
        ("timeout = 5m", "user = root", "body_only", "no_body_only", "umask = 022"),
        ("umask = 9", "timeout = 5", "bogus = 1", "no_timeout = 1h"),
    ),
    "authenticators": (
        ("public_name = X", "server_prompts = :", "server_condition = 1"),
        ("bogus", "public_name", "server_prompts = x\n  server_prompts = y"),
    ),
}
FIRST = {
    "routers": (
        ("redirect\n  data = x", "redirect\n  file = /x", "accept\n  transport = t"),
        ("accept",),
    ),
    "transports": (("pipe",), ("nosuch",)),
    "authenticators": (("plaintext",), ("nosuch",)),
}
STATEMENTS = (
    (
        "accept",
        "deny hosts = A",
        "warn message = x B",
        "warn",
        "require\n  domains = x\n  hosts = y",
    ),
    ("bogus", "domains", "accept bogus = 1", "allow"),
)
RULES = {"rewrite": (("a@b c@d", "*@A x@y", "a b"), ("x",)), "retry": (("* *", "A *"), ("x",))}
ASKED = [name for name in MAIN if name not in list(MAIN)[:5]]
LIST_WORDS = (
    ("domainlist", "hostlist", "addresslist", "domainlist_cache"),
    ("hostlists", "hostlist_"),
)


class Writer:
    """Writes a configuration. What chance may choose comes in two: the right and the wrong."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.careless = 0.0 if self.likely(0.6) else 0.15
        self.free: dict[str, list[str]] = {}

    def likely(self, share: float) -> bool:
        return self.chance.random() < share

    def one_of(self, right: Sequence[str], wrong: Sequence[str] = ()) -> str:
        return self.chance.choice(wrong if wrong and self.likely(self.careless) else right)

    def new(self, what: str, names: Sequence[str]) -> str:
        """A name that has not been used for such a thing, as long as there are any."""
        free = self.free.setdefault(what, list(names))
        if not free or self.likely(self.careless):
            return self.chance.choice(names)
        return free.pop(self.chance.randrange(len(free)))

    def words(self) -> str:
        return "".join(self.one_of(PIECES, WRONG_PIECES) for _ in range(self.chance.randint(0, 4)))

    def configuration(self) -> str:
        lines: list[str] = []
        for _ in range(self.chance.randint(1, 7)):
            lines += self.part()
        for _ in range(self.chance.choice((0, 0, 0, 1, 1, 2, 3))):
            lines += self.section()
        ended = "\n".join(self.folded(line) for line in lines)
        return ended + self.one_of(("\n", "\n\n", ""), ("\\", "\\\n"))

    def folded(self, line: str) -> str:
        """A line as it is, or over two, or with something invisible at its end."""
        if len(line) > 3 and self.likely(0.06):
            at = self.chance.randint(1, len(line))
            more = self.one_of(("", "   ", "# c\n", "\t"))
            line = f"{line[:at]}\\\n{more}{line[at:]}"
        return line + self.one_of([""] * 9 + ["  "], ["\r"])

    def part(self) -> list[str]:
        if self.likely(0.2):
            start = self.one_of((".ifdef ", ".ifndef ")) + self.one_of(TESTED)
            middle = self.one_of((".else", ".elifdef A", ".elifndef B", ""))
            return [start, self.main(), middle, self.main(), ".endif"]
        return [self.one_of(STRAY) if self.likely(self.careless / 4) else self.main()]

    def main(self) -> str:
        kinds = (self.macro, self.option, self.named_list, self.comment, self.include)
        return self.chance.choices(kinds, (25, 42, 12, 8, 5))[0]()

    def comment(self) -> str:
        return f"# {self.words()}" if not self.likely(self.careless) else self.words()

    def macro(self) -> str:
        name = self.one_of(MACROS, ("C", "D", "XAB", "A_Y"))
        free = self.free.setdefault("macro", list(MACROS))
        equals = " = " if name in free else " == "
        if name in free:  # what comes behind it in the list could contain it
            del free[: free.index(name) + 1]
        return f"{name}{self.one_of((equals,), ('=', '= ', ' ==', ' '))}{self.words()}"

    def include(self) -> str:
        name = self.new("include", (*INCLUDED, "nosuch"))
        word = (
            ".include" if name != "nosuch" else self.one_of((".include_if_exists",), (".include",))
        )
        if word != ".include" or self.likely(0.5):
            name = f"{{folder}}/{name}"
        return f'{word} "{name}"' if self.likely(0.3) else f"{word} {name}"

    def named_list(self) -> str:
        word = self.one_of(LIST_WORDS[0], LIST_WORDS[1])
        name = self.new(word, ("l1", "l2", "l3", "_x", "1", "l_cache"))
        between = self.one_of((" ", " ", "\t", "   "), ("", " - "))
        equals = self.one_of((" = ", "="), (" ", " == "))
        return f"{self.one_of(('', '', '', 'hide '))}{word}{between}{name}{equals}{self.words()}"

    def option(self) -> str:
        name = self.new("option", ASKED)
        prefix = self.one_of(("", "", "", "hide ", "  "), ("no_", "not_", "hide no_", "hide  "))
        if MAIN[name].kind.switch and self.likely(0.7):
            return self.one_of(("", "no_", "hide not_")) + name + self.one_of(("",), (" ", " x"))
        equals = self.one_of((" = ", " = ", "=", "= "), (" =", " ", "", " == "))
        right, wrong = VALUES[MAIN[name].kind.name]
        value = self.one_of(right, wrong)
        if MAIN[name].kind.name == "string" and self.likely(0.5):
            value = self.words()
        return prefix + name + equals + value

    def section(self) -> list[str]:
        name = self.new("section", ("acl", "routers", "transports", "authenticators", *RULES))
        begin = self.one_of(
            (f"begin {name}",), ("begin router", "begin ACL", "begin dummy", "begin")
        )
        lines = [begin]
        for _ in range(self.chance.randint(0, 3)):
            if name in RULES:
                lines.append(self.one_of(*RULES[name]))
                continue
            if self.likely(0.1):
                lines.append(self.macro())
            lines += self.acl() if name == "acl" else self.driver(name)
        return lines

    def name(self, what: str) -> str:
        name = self.new(what, ("r1", "r2", "r3", "rA", "lone"))
        return name + self.one_of((":", ":", " :"), (": x", ""))

    def acl(self) -> list[str]:
        many = self.chance.randint(0, 3)
        return [self.name("acl"), *(f"  {self.one_of(*STATEMENTS)}" for _ in range(many))]

    def driver(self, section: str) -> list[str]:
        lines = [f"driver = {self.one_of(*FIRST[section])}"]
        right, wrong = SETTINGS[section]
        for _ in range(self.chance.randint(0, 2)):
            setting = self.one_of(right, wrong)
            if self.likely(self.careless) or setting.split()[0] not in " ".join(lines):
                lines.append(setting)
        if self.likely(self.careless):
            self.chance.shuffle(lines)
        return [self.name(section), *(f"  {line}" for line in lines)]


def write(seed: int) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A configuration with `{folder}` for where its files are, and macros for the command line."""
    writer = Writer(seed)
    text = writer.configuration()
    if writer.likely(0.85):
        return text, ()
    return text, ((writer.one_of(("A", "B", "Q1", "HOST")), writer.one_of(("x", "1", "B", ""))),)
