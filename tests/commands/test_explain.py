"""``labmail explain``: first what -bt says, then why; exit codes as -bt has them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from labmail.commands.exim import Caller
from labmail.commands.exim import run as exim
from labmail.commands.explain import run
from labmail.commands.line import main

CONFIGURATION = """\
keep_environment =
primary_hostname = mail.lab.test
domainlist ours = lab.test
begin routers
aliases:
  driver = redirect
  domains = +ours
  senders = ! stranger@far.test
  local_parts = team
  data = bob@far.test
far:
  driver = manualroute
  domains = ! +ours
  transport = WHICH
  route_list = * 192.0.2.9
begin transports
smtp:
  driver = smtp
other:
  driver = smtp
"""


@pytest.fixture
def written(tmp_path: Path) -> str:
    path = tmp_path / "exim.conf"
    path.write_text(CONFIGURATION)
    return str(path)


def ask(*words: str, how: object = run) -> tuple[int, str, str]:
    out, err = io.BytesIO(), io.BytesIO()
    code = how(words, Caller(io.BytesIO(), out, err, {}))  # type: ignore[operator]
    return code, out.getvalue().decode(), err.getvalue().decode()


def test_it_begins_as_bt_does_and_goes_on_with_reasons(written: str) -> None:
    words = ("-C", written, "-DWHICH=smtp", "team@lab.test")
    code, out, _ = ask(*words)
    short = ask("-bt", *words, how=exim)
    assert short[0] == code == 0
    assert out.startswith(short[1])
    assert f"domains = +ours  ({written}:7)" in out
    assert "for it to be asked: far.test would have to be in +ours\n" in out
    assert f"domainlist ours = lab.test  ({written}:3)" in out
    assert out.endswith("bob@far.test: to transport smtp, hosts 192.0.2.9 [192.0.2.9]\n")


def test_sender_and_macros_count(written: str) -> None:
    words = ("-C", written, "-DWHICH=other", "-f", "stranger@far.test", "--json")
    code, out, _ = ask(*words, "team@lab.test", "x@far.test")
    assert code == 2
    told = json.loads(out)
    assert [one["code"] for one in told] == [2, 0]
    assert "aliases" in told[0]["changes"]
    assert told[1]["ends"][0]["transport"] == "other"


def test_what_would_have_to_change_for_a_router(written: str) -> None:
    words = ("-C", written, "-DWHICH=smtp", "-f", "stranger@far.test", "x@far.test")
    code, out, _ = ask(*words, "--router", "aliases")
    assert code == 0
    assert "x@far.test: aliases stood aside\n  aliases itself, all of these:\n" in out
    for change in (
        "far.test would have to be in +ours",
        "x would have to be team",
        "stranger@far.test would have to not match stranger@far.test",
    ):
        assert change in out
    _, out, _ = ask(*words, "--json", "--router=aliases")
    reach = json.loads(out)[0]["reaches"][0]
    assert [step["option"] for step in reach["changes"]] == ["domains", "local_parts", "senders"]
    assert reach["changes"][0]["lists"] == [["domainlist ours = lab.test", written, 3, ""]]
    assert (
        "there is no router nosuch; the routers are aliases, far"
        in (ask(*words, "--router", "nosuch")[2])
    )


def test_letters_beyond_ascii_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "own.conf"
    path.write_text(
        "keep_environment =\nallow_utf8_domains\nbegin routers\na:\n  driver = redirect\n"
        "  domains = ask.com\n  data = $local_part@x.test\n"
    )
    _, out, _ = ask("-C", str(path), "ÜB@ask.com".encode().decode("latin-1"))
    assert out.startswith("Üb@x.test is undeliverable")


def test_mistakes_are_told(written: str) -> None:
    assert ask("-C", written, "-DWHICH=nosuch", "x@far.test")[0] == 1  # deferred at use
    assert ask("-C", written + "x", "a@b")[0] == 1
    code, _, err = ask("-C", written, "-DWHICH=smtp", "a@@b")
    assert code == 2 and "syntax error" in err
    code, _, err = ask("--jsn", "a@b")
    assert code == 2 and "no option --jsn" in err
    assert "usage" in ask("-C", written)[2]


def test_it_is_a_command(written: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["explain", "-C", written, "-DWHICH=smtp", "x@far.test"]) == 0
    assert main(["explain", "--help"]) == 0


def test_on_a_host_of_a_town(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    place = ["--town", "two_companies", "--host", "mail.ask.com"]
    assert main(["explain", *place, "bob@ask.com", "--router", "dnslookup"]) == 0
    told = capfdbinary.readouterr().out.decode()
    assert told.startswith("bob@ask.com\n  router = local_user")
    assert "dnslookup itself, this:\n    domains: ask.com would have to be out of" in told
