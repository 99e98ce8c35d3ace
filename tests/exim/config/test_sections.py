"""The sections after the first."""

from __future__ import annotations

import pytest

from labmail.exim.config import report
from tests.exim.config.reading import message, read_text, refused

ROUTERS = "begin routers\n"
ACL = "begin acl\n"
DRIVEN = "r:\n driver = redirect\n data = x\n"


@pytest.mark.parametrize(
    "name", ["routers", "router", "ROUTERS", "Router", "acl", "acls", "retry", "retrys", "rewrites"]
)
def test_names_of_sections(name: str) -> None:
    assert read_text(f"begin {name}\n").lines[-1] == f"begin {name}"


@pytest.mark.parametrize(
    "name", ["dummy", "retries", "routerss", "a", "s", "acl x", '"acl"', "end"]
)
def test_not_a_section(name: str) -> None:
    assert message(f"begin {name}") == f'"{name}" is not a known configuration section name'


def test_a_name_is_cut_off() -> None:
    assert message(f"begin {'x' * 100}").startswith(f'"{"x" * 22}" is not')


def test_each_section_once() -> None:
    assert message("begin router\nbegin ROUTERS") == (
        '"ROUTERS" section is repeated in the configuration file'
    )


def test_local_scan_is_not_supported() -> None:
    assert message("begin local_scan").startswith("local_scan() options not supported: (")


def test_blocks() -> None:
    configuration = read_text(
        f"{ROUTERS}one:\n  driver = accept\n  transport = t\n  hide domains = A\n"
        "two :\n  driver = redirect\n  no_more\n  data = ${x}\n  allow_fail\n  user = mail\n"
    )
    one, two = configuration.routers
    assert (one.name, one.driver, one.file, one.line) == ("one", "accept", "/exim.conf", 2)
    assert (one["transport"], one["domains"], one.hidden) == ("t", "A", {"domains"})
    assert (two["more"], two["allow_fail"], two["user"]) == (False, True, 8)
    assert two.places["data"] == ("/exim.conf", 9)
    assert two.values.keys() == {"driver", "more", "data", "allow_fail", "user"}
    assert configuration.drivers("routers") is configuration.routers


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("x", "router name missing"),
        ("r", "router name missing"),
        ("driver = accept", "router name missing"),
        ("r-x:", "router name missing"),
        ("1r:", "router name missing"),
        ("r:", 'no driver defined for router "r"'),
        (":", 'no driver defined for router ""'),
        ("r: x", "extra characters follow driver name r"),
        ("r: #", "extra characters follow driver name r (# is comment only at line start)"),
        (f"{DRIVEN}r:\n", 'there are two routers called "r"'),
        ("r:\nr:", 'no driver defined for router "r"'),
        ("r:\n driver", "unexpected end of line (data missing) after driver"),
        ("r:\n driver =", 'router r: cannot find router driver ""'),
        ("r:\n driver = nosuch\n x", 'router r: cannot find router driver "nosuch"'),
        ("r:\n driver = accept x", 'router r: cannot find router driver "accept x"'),
        (
            "r:\n data = x\n driver = redirect",
            'option "data" unknown ("driver" must be specified before any private options)',
        ),
        (
            "r:\n hide data = x",
            'option "hide" unknown ("driver" must be specified before any private options)',
        ),
        (f"{DRIVEN} nosuch", 'option "nosuch" unknown'),
        (f"{DRIVEN} no_nosuch", 'option "no_nosuch" unknown'),
        (f"{DRIVEN} hide nosuch = x", 'option "nosuch" unknown'),
        (f"{DRIVEN} command = x", 'option "command" unknown'),
        (f"{DRIVEN} driver = accept", '"driver" option set for the second time'),
        (f"{DRIVEN} data = y", '"data" option set for the second time'),
        (f"{DRIVEN} / x", "option setting expected: / x"),
        (f"{DRIVEN} domains: x", "extra characters follow driver name domains"),
        (f"{DRIVEN} user = nosuch", "user nosuch was not found"),
        (f"{DRIVEN} modemask = 9", "octal integer expected for modemask"),
        (f"{DRIVEN} A = 1\n domains = A", "router name missing"),
        (f"{DRIVEN}A = 1\nA:\n", "router name missing"),
        (
            f"{'x' * 64}:",
            f'exim item name too long (>64), unable to use "{"x" * 63}" (truncated)',
        ),
        ("r:\n driver = redirect\ns:\n nosuch", 'one of "file" or "data" must be specified'),
        ("r:\n driver = redirect\nbegin dummy", 'one of "file" or "data" must be specified'),
        (
            "r:\n driver = accept\nbegin dummy",
            "r router:\n  a transport is required for this router",
        ),
    ],
)
def test_a_mistake_among_routers(text: str, error: str) -> None:
    assert message(ROUTERS + text) == error


def test_mistakes_for_which_no_line_is_named() -> None:
    error = refused(f"{ROUTERS}r:\n\n# c")
    assert str(error) == (
        'Exim configuration error:\n  no driver defined for router "r"\n'
        "  It begins in line 2 of /exim.conf, and needs driver = …."
    )
    assert (error.file, error.line) == ("/exim.conf", 4)
    error = refused(f"{ROUTERS}r:\n driver = redirect\n")
    assert report(error, "NOW") == (
        'NOW Exim configuration error for r router:\n  one of "file" or "data" must be specified\n'
    )
    assert report(error, "NOW", listing=True).startswith(
        "LOG: PANIC DIE\n  Exim configuration error for r router:\n"
    )


def test_macros_between_drivers() -> None:
    configuration = read_text(f"{ROUTERS}A=x\n{DRIVEN}B=y\ns:\n driver = redirect\n data = A B\n")
    assert configuration.routers[1]["data"] == "x y"


def test_a_switch_that_is_expanded() -> None:
    router = read_text(f"{ROUTERS}{DRIVEN} more = ${{if x}}\n").routers[0]
    assert router["more"] == "${if x}"
    assert router.options["more"].kind.show("more", router["more"], read_text("").people) == (
        "more = ${if x}"
    )
    assert read_text(f"{ROUTERS}{DRIVEN} more = yes $").routers[0]["more"] == "yes $"
    assert message(f"{ROUTERS}{DRIVEN} more = zzz") == (
        '"zzz" is not a valid value for the "more" option'
    )
    assert message(f"{ROUTERS}{DRIVEN} more = yes x") == (
        'extra characters follow "yes" for boolean option more'
    )


def test_transports_and_authenticators() -> None:
    configuration = read_text(
        "begin transports\nt:\n driver = pipe\n command = /bin/cat\n umask = 077\n"
        "begin authenticators\np:\n driver = plaintext\n public_name = PLAIN\n"
    )
    assert [block.name for block in configuration.transports] == ["t"]
    assert configuration.transports[0]["umask"] == 0o77
    assert configuration.authenticators[0]["public_name"] == "PLAIN"
    assert message("begin transports\nx") == "transport name missing"
    assert message("begin authenticators\np:\n driver = x") == (
        'authenticator p: cannot find authenticator driver "x"'
    )


def test_acls() -> None:
    configuration = read_text(
        f"{ACL}A = 1\none: accept\n  accept hosts = A\n    domains = x\ntwo:\nB=2\nthree :\n deny\n"
    )
    one, two, three = configuration.acls.values()
    assert [line.text for line in one.lines] == ["accept hosts = 1", "domains = x"]
    assert [line.line for line in one.lines] == [4, 5]
    assert (one.line, one.statements) == (3, ["accept"])
    assert (two.lines, three.statements) == ([], ["deny"])


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("x", "missing or malformed ACL name"),
        ("accept", "missing or malformed ACL name"),
        ("1a:", "missing or malformed ACL name"),
        (":", "missing or malformed ACL name"),
        ("a-b:", "missing or malformed ACL name"),
        ("a:\na:", 'there are two ACLs called "a"'),
        ("a:\n foo", 'error in ACL: unknown ACL verb "foo" in "foo"'),
        ("a:\n accept\nb:\n hosts = *", 'error in ACL: unknown ACL verb "hosts" in "hosts = *"'),
        ("a:\n accept\n bar", 'error in ACL: unknown ACL condition/modifier in "bar"'),
        ("a:\n accept\n A = 1\n deny", "missing or malformed ACL name"),
        ("a:\n accept\n : x", "missing or malformed ACL name"),
        ("a:\n accept\n ! b :", "missing or malformed ACL name"),
        ("a:\n accept\n !A = 1", "missing or malformed ACL name"),
        (
            f"a:\n accept\n {'x' * 64} = 1",
            f'exim item name too long (>64), unable to use "{"x" * 63}" (truncated)',
        ),
    ],
)
def test_a_mistake_among_acls(text: str, error: str) -> None:
    assert message(ACL + text) == error


def test_rules() -> None:
    configuration = read_text("begin rewrite\na@b  c@d\nbegin retry\n*  * \\\n F,1h,1m\n")
    assert configuration.rewrites[0] == ("a@b  c@d", ["a@b", "c@d"], "/exim.conf", 2)
    assert configuration.retries[0][0] == "*  * F,1h,1m"
    assert message("begin rewrite\nA=1") == "missing rewrite replacement string"
    assert message("begin retry\nA=1") == "missing error type in retry rule"
