"""Values of each kind, as a writer of configurations uses them, and now and then as she would not.

A value is a latin-1 `str`, one character an octet, not yet written as part of an expansion: `spell`
does that, since ``$ \\ { }`` mean something there.
"""

from __future__ import annotations

from base64 import b64encode
from random import Random

WORDS = [
    "a", "b", "c", "ann", "ben", "bob", "Ben", "cara", "lab", "test", "x42", "red", "RED", "blue",
    "postmaster", "foo", "FOObar", "hello", "one",
]  # fmt: skip
ODD = [
    "", " ", "  two  words ", "a b", "a:b", "a::b", "a,b", "caf\xc3\xa9", "\xe9", "\xff\x80",
    "100%",
    'say "hi"', "it's", "a\\b", "$5", "{x}", "}", "<x>", "a;b", "=?utf-8?Q?caf=C3=A9?=",
    "tab\there",
    "two\nlines", "x" * 70, "~!@#^&*()", "-", "0", "-1", "/etc/passwd", "^a.*", "UPPER lower 123",
    "\x7f", "=", "a=b c=d", "key=\"v w\" k2='x' k3=y", "#", "A" * 300, "\xc3\x84\xc3\x96", "\x01",
]  # fmt: skip
DOMAINS = [
    "lab.test", "a.campus.test", "campus.test", "guest.campus.test", "shop12.test", "partner.test",
    "LAB.TEST", "x.y.z.test", "alpha.test", "deep.sub.beta.test", "example.com", "", "localhost",
    "star.test", "mail7.wild.test", "xn--bcher-kva.test", "b\xc3\xbccher.test", "no-dots", "a..b",
]  # fmt: skip
LOCAL_PARTS = [
    "ann",
    "ben",
    "Ann",
    "postmaster",
    "team-a",
    "owner-list",
    "a.b",
    "x+y",
    "list-request",
]
IPS = [
    "10.20.30.40", "192.0.2.7", "127.0.0.1", "10.1.2.3", "10.1.9.9", "0.0.0.0", "255.255.255.255",
    "2001:db8:5::1", "::1", "fe80::1:2", "2001:DB8::ABCD", "::ffff:192.0.2.7", "1:2:3:4:5:6:7:8",
    "::",
]  # fmt: skip
NOT_IPS = ["10.20.30", "256.1.1.1", "1.2.3.4.5", "abc", "", "12:34", "1:2:3:4:5:6:7:8:9",
           "1.2.3.4 ",
           "fe80::1%eth0", ":::", "g::1", "10.0.0.0/8"]  # fmt: skip
NUMBERS = [
    "0",
    "1",
    "2",
    "3",
    "7",
    "10",
    "42",
    "64",
    "100",
    "1024",
    "-1",
    "-5",
    "65536",
    "4294967296",
]
ODD_NUMBERS = ["1K", "2M", "1g", "0x1f", "010", "08", " 5", "5 ", "1.5", "", "abc",
               "9223372036854775807",
               "9223372036854775808", "99999999999999999999", "-0", "+3", "1e3", "3x"]  # fmt: skip
PATTERNS = [
    "^a", "b$", "^(.)(.*)$", "(b+)", "[a-c]+", "x|y", "^\\d+$", "(?i)BEN", "a.c", "(a)(z)?(b)",
    ".", "",
    "\\w+", "(\\w+)@(\\w+)", "^\\s*$", "(?:ab)+", "[[:alpha:]]+", "o", "(?<n>l+)", "a{2,}", "\\.",
    "(?=h)h", "(.)\\1", "\\bl", "e\\b", "[^a-z]", "(", "[", "*a", "(?P<x>b)", "\\xe9", "(?s).",
]  # fmt: skip
KEYS = [
    "ann",
    "ben",
    "cara",
    "dora",
    "nobody",
    "quoted key",
    "empty",
    "ANN",
    "a.beta.test",
    "*",
    "",
]
SEPARATORS = ["", "", "", "<, ", "<;", "<|", "<- ", "<,"]
HEADERS = [
    "subject",
    "from",
    "to",
    "x-num",
    "x-empty",
    "cc",
    "received",
    "nosuch",
    "Subject",
    "x-colon",
]
TIMES = [
    "0s",
    "1s",
    "90s",
    "5m",
    "1h30m",
    "2d",
    "1w2d3h4m5s",
    "36h",
    "1",
    "",
    "5x",
    "m5",
    "-1m",
    "1m1h",
]


class Words:
    """Chooses values. ``r`` is where chance comes from."""

    def __init__(self, r: Random) -> None:
        self.r = r

    def one(self, *of: str) -> str:
        return self.r.choice(of)

    def rare(self, usual: str, odd: str, chance: float = 0.12) -> str:
        return odd if self.r.random() < chance else usual

    def word(self) -> str:
        return self.r.choice(WORDS)

    def plain(self) -> str:
        """Any text."""
        roll = self.r.random()
        if roll < 0.5:
            return self.word()
        if roll < 0.7:
            return self.r.choice(ODD)
        if roll < 0.8:
            return " ".join(self.word() for _ in range(self.r.randint(2, 5)))
        if roll < 0.9:
            return self.r.choice(DOMAINS + IPS + NUMBERS)
        return "".join(chr(self.r.choice(range(32, 127))) for _ in range(self.r.randint(1, 12)))

    def number(self) -> str:
        return self.rare(self.r.choice(NUMBERS), self.r.choice(ODD_NUMBERS))

    def small(self) -> str:
        return str(self.r.randint(0, 9))

    def index(self) -> str:
        return self.rare(str(self.r.randint(-4, 5)), self.r.choice(ODD_NUMBERS), 0.06)

    def domain(self) -> str:
        return self.r.choice(DOMAINS)

    def local_part(self) -> str:
        return self.rare(self.r.choice(LOCAL_PARTS), self.one('"a b"', "", "a@b", "\xe9"))

    def address(self) -> str:
        usual = f"{self.r.choice(LOCAL_PARTS)}@{self.r.choice(DOMAINS[:10])}"
        odd = self.one(
            "", "ann", "ann@", "@lab.test", '"a b"@lab.test', "Ann <ann@lab.test>", "a@b@c", "<>",
            "ann@[192.0.2.7]", "Ann Lee (home) <ann@lab.test>", "@r.test:ann@lab.test",
            "a..b@x.test",
        )  # fmt: skip
        return self.rare(usual, odd, 0.25)

    def addresses(self) -> str:
        """What a To: header holds."""
        named = [
            self.rare(self.address(), f"{self.word()} <{self.address()}>", 0.3)
            for _ in range(self.r.randint(0, 4))
        ]
        return self.one("", "", ">:", ">& ", "> ").strip() + self.one(", ", ",").join(named)

    def ip(self) -> str:
        return self.rare(self.r.choice(IPS), self.r.choice(NOT_IPS), 0.1)

    def net(self) -> str:
        address = self.r.choice(IPS)
        most = 128 if ":" in address else 32
        return f"{address}/{self.rare(str(self.r.randint(0, most)), self.one('33', '', 'x', '-1'))}"

    def hex(self) -> str:
        usual = "".join(
            self.r.choice("0123456789abcdefABCDEF") for _ in range(2 * self.r.randint(0, 8))
        )
        return self.rare(usual, self.one("abc", "xyz", "0x41", " 41"))

    def base64(self) -> str:
        return self.rare(b64encode(self.plain().encode("latin-1")).decode(), self.plain())

    def base32(self) -> str:
        digits = "".join(
            self.r.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(self.r.randint(1, 6))
        )
        return self.rare(digits, self.one("ABC", "a1", "", "9"))

    def base62(self) -> str:
        return self.rare(
            "".join(self.r.choice("0123456789abzABZ") for _ in range(self.r.randint(1, 6))),
            self.one("-1", "", "a_b"),
        )

    def list(self) -> str:
        """Up to six elements, with any separator; some of them empty."""
        separator = self.r.choice(SEPARATORS)
        sign = separator[1:2] or ":"
        elements = [self.element(sign) for _ in range(self.r.randint(0, 6))]
        return separator + self.one(f" {sign} ", sign, f"{sign} ").join(elements)

    def element(self, sign: str) -> str:
        usual = self.one(self.word(), self.word(), self.small(), self.domain(), self.address())
        value = self.rare(usual, self.plain())
        return value.replace(sign, sign * 2) if self.r.random() < 0.9 else value

    def pattern(self) -> str:
        return self.r.choice(PATTERNS)

    def key(self) -> str:
        return self.rare(self.r.choice(KEYS), self.plain())

    def header(self) -> str:
        return self.r.choice(HEADERS)

    def time(self) -> str:
        return self.r.choice(TIMES)

    def fields(self) -> str:
        """name=value pairs, as a database answers."""
        pairs = []
        for name in self.r.sample(["uid", "gid", "home", "shell", "Z", "x"], self.r.randint(0, 4)):
            value = self.one(self.small(), self.word(), '"two words"', '"a\\"b"', "", '"', "'q'")
            pairs.append(f"{name}{self.one('=', '=', ' = ', ': ', ' ')}{value}")
        return " ".join(pairs)

    def json(self, depth: int = 0) -> str:
        roll = self.r.random()
        if depth > 1 or roll < 0.4:
            return self.one("1", "42", '"text"', '"a,b"', "true", "null", '"q\\"x"', '""', "-1.5")
        inner = [self.json(depth + 1) for _ in range(self.r.randint(0, 3))]
        if roll < 0.6:
            return "[" + self.one(", ", ",").join(inner) + "]"
        return "{" + ", ".join(f'"{self.word()}"{self.one(":", ": ")}{v}' for v in inner) + "}"

    def json_array(self) -> str:
        inner = [self.json(1) for _ in range(self.r.randint(0, 4))]
        usual = self.one("", " ") + "[" + self.one(", ", ",", " , ").join(inner) + "]"
        return self.rare(usual, self.one("{}", "[", "[1,", "x", "", "[,]"))

    def json_object(self) -> str:
        names = ["id", "name", "list", "in"]
        inner = [
            f'"{n}"{self.one(": ", ":", " : ")}{self.json(1)}'
            for n in names[: self.r.randint(0, 4)]
        ]
        usual = "{" + self.one(", ", ",").join(inner) + "}"
        return self.rare(usual, self.one("[]", "{", '{"id"}', "x", '{"id":'))

    def sum(self, depth: int = 0) -> str:
        """Arithmetic."""
        if depth > 2 or self.r.random() < 0.35:
            return self.rare(self.r.choice(NUMBERS), self.r.choice(ODD_NUMBERS), 0.08)
        roll, left = self.r.random(), self.sum(depth + 1)
        if roll < 0.12:
            return f"({left})"
        if roll < 0.22:
            return self.one("-", "~", "+") + left
        sign = self.one("+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", " + ", " * ")
        return f"{left}{sign}{self.sum(depth + 1)}"

    def octets(self) -> str:
        """Text that is UTF-8, or is not quite."""
        return self.one(
            "caf\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xc3", "\xe9t\xe9", "\xc0\x80",
            "abc",
            "\xed\xa0\x80", "a\x80b", "\xf8\x88\x80\x80\x80", "\xe2\x82", "\xf4\x90\x80\x80", "",
        )  # fmt: skip

    def idn(self) -> str:
        return self.one(
            "b\xc3\xbccher.test", "xn--bcher-kva.test", "example.com", "", "\xe2\x98\x83.net",
            "xn--",
            "A.B", "\xc3\xb6", "xn--zzzzzz--", "stra\xc3\x9fe.de", "a" * 64 + ".test",
        )  # fmt: skip


def spell(text: str, r: Random) -> str:
    """The text written so that it expands to itself (most often)."""
    if r.random() < 0.06 and "\\N" not in text and text:
        return f"\\N{text.replace(chr(10), ' ')}\\N"
    written = []
    for character in text:
        if character in "\\$":
            written.append("\\" + character)
        elif character in "{}":
            written.append(f"\\{character}")
        elif character == "\n":
            written.append("\\n")
        elif r.random() < 0.01 and character != " ":
            written.append(r.choice(["\\x%02x", "\\%03o"]) % ord(character))
        else:
            written.append(character)
    return "".join(written)
