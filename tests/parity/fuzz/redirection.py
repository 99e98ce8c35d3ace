"""Alias files and forward files: what does redirect make of whatever stands in them?

One to three redirect routers read an alias file by lookups of every kind, or the file of a person,
which is a list or a filter. Their items are quoted and commented in all the ways that people find.
"""

from __future__ import annotations

from random import Random

from tests.exim.filters.random_filters import Dice

from .configurations import Configuration
from .mailhost import HEAD, TRANSPORTS

TAIL = f"""{TRANSPORTS}maildir:
  driver = appendfile
  maildir_format
  user = nobody
"""
MAIN = ("", "", "", "strip_trailing_dot\n", "allow_utf8_domains\n", "strip_excess_angle_brackets\n",
        "percent_hack_domains = *\n")  # fmt: skip
ADDRESSES = (
    "ann", "ben@lab.test", "x@far.test", '"a b"@lab.test', '"Lee, Ann" <ann@lab.test>',
    "Ann Lee <ann@lab.test>", "<ann@lab.test>", "ann (c, d)", "(x) ann", "\\ann", "\\\\ann",
    '"\\ann"', "team", "loop1", "self", "ann@lab.test,ben", "ann ,, ben", "ann # c", "ann#c",
    "postmaster@LAB.TEST", "ANN", "ann+tag", "owner-ann", "ann%far.test", "ann!x",
    "@a.test,@b.test:ann@lab.test", "<@a.test:ann@lab.test>", "=?utf-8?q?A?= <ann@lab.test>",
    '"a\\"b"@lab.test', '"a@b"@lab.test', "a\\,b@lab.test", "\tann", "ann@lab.test.", "ann@LAB",
    "ann@[192.0.2.1]", "a..b@lab.test", ".a@lab.test", "a.@lab.test",
)  # fmt: skip
PLACES = (
    "|/bin/cat", '"|/bin/cat -n \'x y\'"', '"|/bin/cat, x"', '|"/bin/cat" x', "/var/mail/x",
    '"/var/mail/x y"', "/dir/", '"/dir with/"', "/dev/null", "|", '"|"', '"/"', "/", "| /bin/x",
    '"| /bin/x"', "|/bin/x\\,y", '"\\"|/bin/x\\""', "~/mail", "mail/ann",
)  # fmt: skip
WORDS = (
    ":fail:", ":fail: no one", ":fail:550 5.1.1 x", ':fail: "quoted, text"', ":defer: later",
    ":defer:", ":blackhole:", ":unknown:", ":include:DIR/inc1", ":include: DIR/inc1",
    ":include:DIR/inc2", ":include:DIR/none", ':include:"DIR/inc1"', ":include:", ":include:inc1",
    ":Fail: x", ":nosuch: x",
)  # fmt: skip
MISTAKES = (
    "", " ", "#c", "a@b@c", "@lab.test", "ann@", "ann@lab..test", "ann@.test", "<>", '"', '"ann',
    "(ann", "<ann", "ann>", "ann)", "ann;", "Group: ann, ben;", "ann@[1.2.3", "ann\\", ">x",
    "-ann", "x@a_b.test", "caf\xc3\xa9@lab.test", "ann,", ",ann",
)  # fmt: skip
NAMES = ("ann", "ben", "team", "loop1", "loop2", "self", "x", "all", "list", "Upper", '"quo ted"',
         '"q:1"', "dot.ted", "cara", "*", "@lab.test", "*@lab.test", "eve")  # fmt: skip
ASKED = (*NAMES[:14], "eve", "zoe", "owner-ann", "ann+x", "ANN@LAB.TEST", "ann@far.test",
         "x@lab.test", "ann@lab.test.", "<ann>", "Ann <ann@lab.test>", "ann,ben",
         "ann%far.test", "a/b@lab.test")  # fmt: skip
OPTIONS = {
    "allow_fail": 0.5, "allow_defer": 0.5, "forbid_file": 0.08, "forbid_pipe": 0.08,
    "forbid_include": 0.08, "forbid_blackhole": 0.08, "check_ancestor": 0.12,
    "skip_syntax_errors": 0.2, "one_time": 0.04, "no_repeat_use": 0.08, "rewrite = false": 0.05,
    "file_transport = box": 0.8, "pipe_transport = program": 0.8,
    "directory_transport = maildir": 0.75, "reply_transport = answer": 0.8,
    "include_directory = DIR": 0.08, "qualify_domain = other.test": 0.06,
    "qualify_preserve_domain": 0.06, "caseful_local_part": 0.08, "domains = lab.test": 0.2,
    "errors_to = boss@lab.test": 0.05, "unseen": 0.06, "no_more": 0.06, "user = nobody": 0.2,
    "cannot_route_message = nope $local_part": 0.1, "ignore_enotdir": 0.05,
    "local_part_suffix = +*\n  local_part_suffix_optional": 0.1,
    "local_part_prefix = owner-\n  local_part_prefix_optional": 0.1,
}  # fmt: skip
LOOKUPS = (
    "${lookup{$local_part}lsearch{DIR/names}}", "${lookup{$local_part}lsearch*{DIR/names}}",
    "${lookup{$local_part@$domain}lsearch*@{DIR/names}}",
    "${lookup{$local_part}wildlsearch{DIR/names}}",
    "${lookup{$local_part}nwildlsearch{DIR/names}{$value}}",
    "${lookup{$local_part}lsearch{DIR/names}{$value}fail}",
    "${lookup{$local_part}lsearch{DIR/names}{$value, root}{}}",
    "${lookup{$local_part}dsearch{DIR/fwd}{:include:DIR/fwd/$value}}",
)  # fmt: skip
FORBIDDEN = ("run", "lookup", "readfile", "logwrite", "reply", "existstest")
SIEVE = ("keep;\n", 'redirect "x@far.test";\n', 'require "fileinto"; fileinto "a";\n', "bad\n",
         'require "vacation"; vacation "x";\n', "discard;\n",
         'require ["envelope", "subaddress"]; if envelope :detail "to" "x" { discard; }\n',
         )  # fmt: skip


class Writer:
    """Writes the routers and their files, and notes what it uses."""

    def __init__(self, r: Random) -> None:
        self.r = r
        self.features: set[str] = set()

    def one(self, *of: str) -> str:
        return self.r.choice(of)

    def item(self) -> str:
        kind = self.one("address", "address", "place", "word", "mistake")
        self.features.add(f"list {kind}")
        stock = {"address": ADDRESSES, "place": PLACES, "word": WORDS, "mistake": MISTAKES}
        return self.one(*stock[kind])

    def items(self, most: int, between: tuple[str, ...]) -> str:
        return self.one(*between).join(self.item() for _ in range(self.r.randint(1, most)))

    def names(self) -> str:
        """An alias file."""
        lines = []
        for _ in range(self.r.randint(4, 10)):
            sign = self.one(": ", ":", "  ", "\t", " : ")
            lines.append(self.one(*NAMES) + sign + self.items(3, (", ", ",", " ,\n  ", "\n  ")))
        return "\n".join(lines) + "\n"

    def forward(self) -> str:
        """A person's own file: a list, a filter, a script."""
        roll = self.r.random()
        if roll < 0.4:
            return self.items(4, (", ", "\n")) + self.one("", "\n", "\n\n")
        if roll < 0.8:
            self.features.add("list filter")
            return "# Exim filter\n" + Dice(self.r.randrange(1 << 30)).commands()
        self.features.add("list script")
        return f"# Sieve filter\n{self.one(*SIEVE)}"

    def router(self, name: str) -> str:
        options = [option for option, often in OPTIONS.items() if self.r.random() < often]
        if "qualify_preserve_domain" in options:
            options = [option for option in options if "qualify_domain" not in option]
        kind = self.one("names", "names", "forward", "data")
        self.features.add(f"list by {kind}")
        if kind == "forward":
            options = [option for option in options if not option.startswith("local_part")]
            options += ["local_parts = dsearch;DIR/fwd", "file = DIR/fwd/$local_part_data"]
            options += ["allow_filter", "user = nobody"] if self.r.random() < 0.7 else []
            options += [f"forbid_filter_{self.one(*FORBIDDEN)}"] if self.r.random() < 0.2 else []
        else:
            data = self.items(3, (", ",)).replace("\\", "\\\\").replace("\n", " ")
            options.append(f"data = {self.one(*LOOKUPS) if kind == 'names' else data}")
        once = {option.split()[0]: option for option in options}
        return f"{name}:\n  driver = redirect\n" + "".join(f"  {one}\n" for one in once.values())


def configuration(r: Random) -> Configuration:
    """Routers with their lists, and what is asked about them."""
    writer = Writer(r)
    routers = "".join(writer.router(f"r{n}") for n in range(1, r.randint(1, 3) + 1))
    user = "user:\n  driver = accept\n  local_parts = ann : ben : cara\n  transport = box\n"
    text = f"{HEAD}{writer.one(*MAIN)}begin routers\n{routers}{writer.one(user, '')}{TAIL}"
    files = {"names": writer.names(), "inc1": "ann\nben, # x\n  x@far.test\n",
             "inc2": writer.items(3, ("\n",))}  # fmt: skip
    files |= {f"fwd/{name}": writer.forward() for name in ("ann", "ben", "team", "eve")}
    how = [writer.one("-bt", "-bt", "-bt", "-bv", "-bvs")]
    if "user = nobody" in routers:
        how = ["-bt"]  # to verify, Exim gives up its rights, and then cannot become that user
    if r.random() < 0.25:
        how[:0] = ["-f", writer.one("root@lab.test", "<>", "boss@a.test")]
    asked = (writer.one(*ASKED) for _ in range(r.randint(1, 4)))
    return Configuration(text, files, (*how, *asked, "ann"), frozenset(writer.features))
