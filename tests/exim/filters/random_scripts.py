"""Sieve scripts by chance: most of them right, some with slips of the pen."""

from __future__ import annotations

from tests.exim.filters.random_filters import Case, Dice

STRINGS = (
    '"a"',
    '"ben"',
    '"ben@lab.test"',
    '"team@lab.test"',
    '"lab.test"',
    '"[course] Weekly notes 42"',
    '"*course*"',
    '"?course? *"',
    '"WEEKLY"',
    '"7"',
    '"07"',
    '""',
    '"a\\"b"',
    '"\\\\[course\\\\]*"',
    '"ann@lab.test"',
    '"x@y"',
    '["ben", "x"]',
    '["a", "weekly", "7"]',
    "[]",
    "text:\nben\n..\n.\n",
    '"${hex:62 65}n"',
    '"${unicode:e9}"',
    '"x/y"',
)
ONE = tuple(text for text in STRINGS if not text.startswith("["))
HEADERS = (
    '"subject"',
    '"to"',
    '"from"',
    '["to", "cc"]',
    '"x-spam-score"',
    '"list-id"',
    '"nope"',
    '"Subject"',
    '"sub:ject"',
)
SLIPS = ('"', ";", "{", "}", "(", ")", ",", "#", "/*", "x", "\n", ":is ", "keep;", "stop;")


class Scripts(Dice):
    """Chance, with the words of Sieve."""

    def how(self, parts: bool) -> str:
        tags = []
        if self.often(0.6):
            tags.append(self.one(":is", ":contains", ":matches"))
        if self.often(0.25):
            names = "i;octet", "i;ascii-casemap", "i;ascii-numeric", "i;nope"
            tags.append(f':comparator "{self.one(*names)}"')
        if parts and self.often(0.5):
            tags.append(self.one(":all", ":localpart", ":domain", ":user", ":detail"))
        self.chance.shuffle(tags)
        return "".join(f"{tag} " for tag in tags)

    def test(self, depth: int = 0) -> str:
        roll = self.chance.random()
        if depth < 3 and roll < 0.12:
            tests = ", ".join(self.test(depth + 1) for _ in range(self.chance.randrange(1, 4)))
            return f"{self.one('allof', 'anyof', 'AnyOf')} ({tests})"
        if depth < 3 and roll < 0.22:
            return f"not {self.test(depth + 1)}"
        if roll < 0.3:
            return self.one("true", "false")
        if roll < 0.4:
            return (
                f"size {self.one(':over', ':under')} {self.one('1', '10', '200', '1K', '1M', '0')}"
            )
        if roll < 0.5:
            return f"exists {self.one(*HEADERS)}"
        if roll < 0.75:
            return f"header {self.how(False)}{self.one(*HEADERS)} {self.one(*STRINGS)}"
        if roll < 0.92:
            names = '"to"', '"from"', '["from", "to"]', '"cc"', '"subject"'
            return f"address {self.how(True)}{self.one(*names)} {self.one(*STRINGS)}"
        name = self.one('"from"', '"to"', '"x"')
        return f"envelope {self.how(True)}{name} {self.one(*STRINGS)}"

    def script_command(self, depth: int = 0) -> str:
        roll = self.chance.random()
        if depth < 3 and roll < 0.45:
            text = f"if {self.test()} {{\n{self.script_commands(depth + 1)}}}"
            while self.often(0.25):
                text += f" elsif {self.test()} {{\n{self.script_commands(depth + 1)}}}"
            return text + (
                f" else {{ {self.script_commands(depth + 1)} }}" if self.often(0.4) else ""
            )
        if roll < 0.6:
            address = self.one('"a@b"', '"c@d"', *ONE)
            return f"redirect {self.one('', '', ':copy ')}{address};"
        if roll < 0.75:
            return f"fileinto {self.one('', '', ':copy ')}{self.one(*ONE)};"
        if roll < 0.8:
            tag = self.one("", ":days 3 ", ':subject "x" ', ":mime ")
            return f"vacation {tag}{self.one(*ONE)};"
        return self.one("keep;", "discard;", "stop;", "KEEP ;", "keep; # all", "/* x\n */ discard;")

    def script_commands(self, depth: int = 0) -> str:
        count = self.chance.randrange(3 if depth else 4)
        return "".join(f"{self.script_command(depth)}\n" for _ in range(count))

    def script(self) -> Case:
        wanted = ["copy", "fileinto", "envelope", "subaddress", "vacation"]
        wanted += ["encoded-character", "comparator-i;ascii-numeric"]
        wanted = [word for word in wanted if self.often(0.9)]
        names = ", ".join(f'"{word}"' for word in wanted)
        text = f"# Sieve filter\nrequire [{names}];\n{self.script_commands()}"
        if self.often(0.2) and len(text) > 20:
            at = self.chance.randrange(16, len(text))
            cut = self.chance.randrange(3)
            text = text[:at] + self.one("", *SLIPS) + text[at + cut :]
        options = ("-bf", "FILE", "-bfl", "ben", "-bfd", "lab.test", "-f")
        return Case(text, self.letter(), (*options, self.one("ann@lab.test", "<>", "ben@lab.test")))
