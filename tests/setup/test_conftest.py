"""The rules that every test lives under are rules, not wishes (tests/conftest.py)."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
CONFTEST = Path(__file__).parent.parent / "conftest.py"


@pytest.mark.parametrize("host", ["example.com", "localhost", b"mail.example.com", "1.2.3.4.5"])
def test_a_name_never_reaches_the_machines_resolver(host: str | bytes) -> None:
    with pytest.raises(AssertionError, match="resolver was asked"):
        socket.getaddrinfo(host, 25)


@pytest.mark.parametrize("ask", [socket.getfqdn, socket.gethostbyname])
def test_the_look_up_of_the_own_name_is_caught_where_it_was_imported_late(ask: object) -> None:
    name = ask.__name__  # type: ignore[attr-defined]
    with pytest.raises(AssertionError, match="resolver was asked"):
        getattr(socket, name)("example.com")


def test_asyncio_is_caught_too() -> None:
    async def main() -> None:
        await asyncio.get_running_loop().getaddrinfo("example.com", 25)

    with pytest.raises(AssertionError, match=r"example\.com"):
        asyncio.run(main())


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", None])
def test_digits_pass(host: str | None) -> None:
    assert socket.getaddrinfo(host, 25, type=socket.SOCK_STREAM)


@pytest.mark.machine_names
def test_a_test_may_ask_when_it_says_so() -> None:
    assert socket.getfqdn.__module__ == "socket"


SKIPS = """
    import pytest
    @pytest.mark.peer("no-such-program")
    def test_peer(): pass
    @pytest.mark.only_on("plan9")
    def test_other_system(): pass
    @pytest.mark.peer("sh")
    def test_present(): pass
    @pytest.mark.xfail
    def test_known(): assert False
"""
MARKS = """
    [pytest]
    markers =
        peer(name): p
        only_on(system): o
        machine_names: m
"""


def pieces(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST.read_text())
    pytester.makeini(MARKS)
    pytester.makepyfile(SKIPS)


def test_a_missing_peer_is_skipped_with_a_reason(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LABMAIL_NO_SKIPS", raising=False)
    pieces(pytester)
    done = pytester.runpytest_inprocess("-rs", "-p", "no:nbval")
    done.assert_outcomes(passed=1, skipped=2, xfailed=1)
    done.stdout.fnmatch_lines(["*no-such-program is not installed*"])


@pytest.mark.parametrize("by", ["option", "variable"])
def test_no_skips_makes_a_missing_peer_a_failure_but_not_another_system(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    monkeypatch.setenv("LABMAIL_NO_SKIPS", "1" if by == "variable" else "0")
    pieces(pytester)
    option = ["--no-skips"] if by == "option" else []
    done = pytester.runpytest_inprocess(*option, "-p", "no:nbval")
    done.assert_outcomes(passed=1, skipped=1, errors=1, xfailed=1)
    done.stdout.fnmatch_lines(["*nothing may be skipped here: no-such-program is not installed*"])


def test_no_skips_sees_a_whole_file_that_skips_itself(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST.read_text())
    pytester.makeini(MARKS)
    pytester.makepyfile("import pytest\npytest.importorskip('no_such_module')\n")
    done = pytester.runpytest_inprocess("--no-skips", "-p", "no:nbval")
    assert done.ret not in (0, 5)
