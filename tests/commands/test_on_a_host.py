"""``labmail exim --town … --host …``: a town is set up for one question."""

from __future__ import annotations

from pathlib import Path

import pytest

from labmail.commands.line import main

PLACE = ["--town", "two_companies", "--host", "mail.example.com"]


def said(capfdbinary: pytest.CaptureFixture[bytes], *words: str) -> tuple[int, str, str]:
    code = main(["exim", *words])
    out, err = capfdbinary.readouterr()
    return code, out.decode(), err.decode()


def test_addresses_are_tested_where_the_host_is(capfdbinary) -> None:
    code, out, err = said(capfdbinary, *PLACE, "-bt", "bob@ask.com", "anna", "nosuch")
    assert code == 2 and err.startswith("R: dnslookup for bob@ask.com\n")  # debug_print
    assert "bob@ask.com\n  router = dnslookup, transport = remote_smtp\n" in out
    assert "  host mail.ask.com [128.10.30.2] MX=10\n" in out
    assert "anna@example.com\n  router = local_user, transport = maildir_home\n" in out
    assert "nosuch@example.com is undeliverable: Unrouteable address\n" in out


def test_a_folder_that_is_kept_has_the_students_files(capfdbinary, tmp_path: Path) -> None:
    place = [*PLACE, "--root", str(tmp_path)]
    assert said(capfdbinary, *place, "-bP", "qualify_domain")[1] == "qualify_domain = example.com\n"
    (tmp_path / "mail.example.com/etc/aliases").write_text("nosuch: anna\n")
    assert "<-- nosuch@example.com" in said(capfdbinary, *place, "-bt", "nosuch")[1]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--host", "mail.nowhere.test", "-bV"], "no host 'mail.nowhere.test' in this town"),
        (["--town", "two_company", "--host", "a", "-bV"], "did you mean 'two_companies'"),
        (["--town", "two_companies", "-bV"], "say which with --host"),
    ],
)
def test_a_place_that_is_none_is_named(capfdbinary, words, found) -> None:
    code, out, err = said(capfdbinary, *words)
    assert (code, out) == (1, "") and err.startswith("labmail: ") and found in err
