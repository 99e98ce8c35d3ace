"""Whole configuration files: macros, conditionals, includes, options of every kind, lists, drivers.

What such a file means is asked with ``-bP``: the options that it sets, its lists, its drivers; and
how a file with a mistake is refused. The kinds of options are those of chapter 14.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from .settings import driver_option, main_options, often, setting
from .slips import slip

ROUTERS = [("accept", ""), ("redirect", "data = x"), ("redirect", "file = /a"), ("dnslookup", ""),
           ("manualroute", "route_list = * b"), ("manualroute", "route_data = c"),
           ("ipliteral", "")]  # fmt: skip
TRANSPORTS = [("smtp", "hosts = a"), ("smtp", "port = 26"), ("appendfile", "file = /a"),
              ("pipe", "command = /bin/cat"),
              ("appendfile", "directory = /a\n  maildir_format"), ("autoreply", "to = a@b"),
              ("lmtp", "command = /bin/x")]  # fmt: skip
"""Drivers, and what each cannot do without."""
LISTS = ["domainlist", "hostlist", "addresslist", "localpartlist"]


class Configuration(NamedTuple):
    """A file, those that it includes, and the arguments that ask about it."""

    text: str
    included: dict[str, str]
    arguments: tuple[str, ...]
    features: frozenset[str]


class Writer:
    """Writes a configuration line by line, and notes what it uses."""

    def __init__(self, r: Random) -> None:
        self.r = r
        self.features: set[str] = set()
        self.macros: list[str] = []
        self.included: dict[str, str] = {}
        self.asked: list[str] = []

    def one(self, *of: str) -> str:
        return self.r.choice(of)

    def often(self, usual: tuple[str, ...], odd: tuple[str, ...]) -> str:
        return often(usual, odd, self.r)

    def note(self, feature: str) -> None:
        self.features.add(f"config {feature}")

    # -- main options

    def option(self) -> list[str]:
        """A main option of any kind, or a named list."""
        kind = self.one(*main_options(), "text", "text", "list", "list")
        self.note(kind)
        if kind == "list":
            return [self.named_list()]
        name = self.r.choice(main_options()[kind])
        self.asked.append(name)
        line = setting(name, kind, self.text(), self.r)
        return [("hide " if self.r.random() < 0.08 else "") + line]

    def own_options(self, section: str, driver: str) -> list[str]:
        """Some options that a driver has."""
        if driver == "nosuch":
            return []
        lines = []
        for _ in range(self.r.randint(0, 2)):
            name, kind = driver_option(section, driver, self.r)
            self.note(f"{section} {driver}")
            lines.append(f"  {setting(name, kind, self.text(), self.r)}")
        return lines

    def text(self) -> str:
        """An option's value: bare, quoted, with macros, over several lines."""
        bare = self.one("lab.test", "a : b : c", "${uc:x}", "one two", "", "trailing  ",
                        "*.x : !y", "10M",
                        "# not a comment", "a # b", "x \\\\ y", "caf\xc3\xa9",
                        "<; a;b")  # fmt: skip
        roll = self.r.random()
        if roll < 0.2:
            self.note("quoted")
            quoted = ("a\\nb", "\\x41\\101", 'say \\"x\\"', "a\\", "t\\tb")
            return f'"{self.one(bare.replace(chr(34), ""), *quoted)}"'
        if roll < 0.4 and self.macros:
            self.note("macro use")
            macro = self.one("", " ", "-") + self.r.choice(self.macros)
            return bare + macro + self.one("", "X", " b")
        if roll < 0.55:
            self.note("continued")
            return f"{bare} \\\n{self.one('', '   ', '# comment' + chr(10) + '  ')}more"
        return bare

    def named_list(self) -> str:
        kind, name = self.r.choice(LISTS), self.one("one", "two", "l3", "a_b")
        self.asked.append(f"+{name}")
        return f"{kind}{self.one('', '', '_cache')} {name} = {self.text()}"

    # -- the language around them

    def macro(self) -> list[str]:
        self.note("macro")
        name = self.often(("TOPIC", "LABEL", "X1", "Word", "A_B"), ("TOP", "LAB"))
        sign = "==" if name in self.macros else "="
        if self.r.random() < 0.04:
            sign = "=" if sign == "==" else "=="
        if name not in self.macros:
            self.macros.append(name)
        return [f"{name}{self.one(' ', '')}{sign} {self.text()}"]

    def conditional(self) -> list[str]:
        self.note("conditional")
        known = self.macros or ["NOSUCH"]
        names = [*known, "NOSUCH", "_HAVE_IPV6", "_DRIVER_ROUTER_ACCEPT"]
        lines = [f".{self.one('ifdef', 'ifndef')} {self.r.choice(names)}", *self.block()]
        if self.r.random() < 0.3:
            lines += [f".{self.one('elifdef', 'elifndef')} {self.r.choice(names)}", *self.block()]
        if self.r.random() < 0.5:
            lines += [".else", *self.block()]
        return [*lines, self.often((".endif", "  .endif"), (".fi", ""))]

    def include(self) -> list[str]:
        self.note("include")
        name = self.often(("part1", "part2"), ("missing",))
        if name != "missing":
            self.included[name] = "\n".join(self.block()) + "\n"
        return [f".{self.one('include', 'include_if_exists')} {self.often(('DIR/',), ('',))}{name}"]

    def block(self) -> list[str]:
        lines: list[str] = []
        for _ in range(self.r.randint(0, 2)):
            lines += self.statement(nested=True)
        return lines

    def statement(self, *, nested: bool = False) -> list[str]:
        roll = self.r.random()
        if roll < 0.2:
            return self.macro()
        if roll < 0.3 and not nested:
            return self.conditional()
        if roll < 0.36 and not nested:
            return self.include()
        if roll < 0.42:
            return [self.one("# a comment", "", "   ", "  # indented")]
        return self.option()

    # -- sections

    def sections(self) -> list[str]:
        if self.r.random() < 0.5:
            return []
        lines: list[str] = []
        names = self.r.sample(
            ["acl", "routers", "transports", "retry", "rewrite", "authenticators"], 2
        )
        for name in names:
            self.note(f"section {name}")
            lines += [f"begin {name}", *getattr(self, f"_{name}")()]
        return lines

    def _acl(self) -> list[str]:
        verb = self.often(
            ("accept", "deny", "warn", "defer", "require", "drop", "discard"), ("allow",)
        )
        what = self.often(("hosts = +two", "domains = a : b", "message = x", "!senders = :",
                           "condition = ${if eq{a}{b}}", "verify = recipient", "control = freeze",
                           "delay = 5s", "set acl_m1 = x", "logwrite = y", "endpass"),
                          ("bogus = 1", "hosts", "verify = nosuch", "set x = 1"))  # fmt: skip
        return [
            "check:",
            f"  {verb} {what}",
            f"         {self.one('message = no', 'log_message = z', '')}",
            "  accept",
        ]

    def _routers(self) -> list[str]:
        self.asked += ["router_list", "router first"]
        own = self.often(("", "no_more", "domains = a:b", "condition = yes", "user = nobody",
                          "local_parts = x"),
                         ("data = x", "file = /a", "route_list = * b", "nosuch = 1",
                          "transport = t"))  # fmt: skip
        driver, needs = self.r.choice(ROUTERS) if self.r.random() < 0.94 else ("nosuch", "")
        more = self.own_options("routers", driver)
        return ["first:", f"  driver = {driver}", f"  {needs}", f"  {own}", *more]

    def _transports(self) -> list[str]:
        self.asked += ["transport_list", "transport t"]
        own = self.often(
            ("", "user = nobody", "home_directory = /", "headers_add = X: y", "body_only"),
            ("x = 1", "mode = 0600", "command = /bin/cat"),
        )
        driver, needs = self.r.choice(TRANSPORTS) if self.r.random() < 0.94 else ("nosuch", "")
        more = self.own_options("transports", driver)
        return ["t:", f"  driver = {driver}", f"  {needs}", f"  {own}", *more]

    def _retry(self) -> list[str]:
        return [self.often(("* * F,2h,15m; G,16h,1h,1.5; F,4d,6h", "a.test timeout F,1h,5m",
                            "* quota_7d F,1h,5m",
                            "* rcpt_4xx F,1h,5m; ", "+one * F,1h,5m", "* * H,1h,5m,2"),
                           ("* quota", "*", "* * F,1h", "* * Z,1h,5m",
                            "* nosuch F,1h,5m"))]  # fmt: skip

    def _rewrite(self) -> list[str]:
        return [
            self.often(
                ("*@a.test $1@b.test", "*@a.test $1@b.test Ffrs", "a@b c@d", "*@+one x@y w"),
                ("*@a.test", "a@b c@d Z", "^x y T", '"a b" c'),
            )
        ]

    def _authenticators(self) -> list[str]:
        self.asked += ["authenticator_list", "authenticator pl"]
        driver = self.often(("plaintext", "cram_md5", "external", "spa", "tls"), ("nosuch",))
        own = self.often(("server_condition = yes", ""), ("server_prompts = :", "x = y"))
        more = self.own_options("authenticators", driver)
        return ["pl:", f"  driver = {driver}", "  public_name = PLAIN", f"  {own}", *more]


def configuration(r: Random) -> Configuration:
    """A configuration file, and what to ask about it."""
    writer = Writer(r)
    lines = ["spool_directory = DIR/spool", "log_file_path = DIR/spool/%slog", "keep_environment ="]
    for _ in range(r.randint(1, 6)):
        lines += writer.statement()
    lines += writer.sections()
    if r.random() < 0.1:
        writer.note("slip")
        at = r.randrange(3, len(lines)) if len(lines) > 3 else 0
        lines[at] = slip(lines[at], r)
    text = "\n".join(lines) + r.choice(["\n", "\n", ""])
    return Configuration(text, writer.included, arguments(writer), frozenset(writer.features))


def arguments(writer: Writer) -> tuple[str, ...]:
    """What is asked: options that were set, one driver, now and then everything."""
    r = writer.r
    macro = (f"-D{r.choice(['TOPIC', 'LABEL', 'X1'])}=cli",) if r.random() < 0.1 else ()
    whole = r.choice([["-bP"], ["-bP", "config"], ["-n", "-bP", "config"],
                      ["-bP", "macro", "TOPIC"],
                      ["-n", "-bP", "qualify_domain", "+one"], ["-bP", "routers"],
                      ["-bP", "transports"], ["-bP", "authenticators"]])  # fmt: skip
    if r.random() < 0.1:
        return (*macro, *whole)
    asked = list(dict.fromkeys(writer.asked)) or ["qualify_domain"]
    words = r.sample(asked, min(len(asked), 4))
    drivers = [word for word in words if " " in word]
    return (*macro, "-bP", *(drivers[0].split() if drivers else words))
