"""Every town that comes with labmail runs with real Exim, and letters pass through it."""

import smtplib
from pathlib import Path

import pytest

import labmail.lab
from labmail.lab import TownError, read_town
from labmail.world.island import Island, IslandError

from .conftest import start

WAYS = {
    "two_companies": [("anna@example.com", "sales@ask.com")],
    "names": [("alice@example.com", "rosa@orchard.test"), ("bob@ask.com", "alice@example.com")],
    "virtual_domains": [("mia@post.example", "info@bakery.example")],
    "branch_office": [("mia@post.example", "pat@head.example")],
}
SIX = """
[hosts."mail.a.example"]
addresses = ["198.51.100.10", "2001:db8:a::25"]
services  = ["smtp", "submission", "pop3", "dns"]
domains   = ["a.example"]
[hosts."mail.b.example"]
address   = "2001:db8:b::25"
services  = ["smtp", "submission", "pop3"]
domains   = ["b.example"]
[users."ann@a.example"]
[users."ben@b.example"]
"""


def test_the_table_has_every_town():
    folder = Path(labmail.lab.__file__).parent / "towns"
    assert {path.stem for path in folder.glob("*.toml")} == set(WAYS)


@pytest.mark.long
@pytest.mark.parametrize("town", WAYS)
def test_letters_pass(town):
    lab = start(town)
    if lab is None:
        return
    with lab:
        assert [host.name for host in lab.hosts.values() if host.problems] == []
        for sender, recipient in WAYS[town]:
            letter = lab.user(sender).send(to=recipient, subject="Lunch?", text="At noon.\n")
            assert lab.story(letter).recipients[recipient].state == "delivered"
        assert lab.trace.faults == []


def test_a_letter_that_goes_under_tls_with_a_password_is_one_letter():
    lab = start("branch_office")
    if lab is None:
        return
    with lab:
        host, port = lab.endpoint("out.branch.example", "smtp", client="192.0.2.131")
        with smtplib.SMTP(host, port, local_hostname="desk.branch.example") as client:
            client.sendmail(
                "kim@out.branch.example", ["mia@post.example"], "Subject: Hi\r\n\r\nHi\r\n"
            )
        lab.run()
        [mail] = lab.user("mia@post.example").fetch()
        assert mail.envelope.sender == "kim@head.example"
        told = [event for event in lab.trace.events if type(event).__name__ == "Spooled"]
        assert [event.host for event in told] == [
            "out.branch.example",
            "mail.head.example",
            "mail.post.example",
        ]
        assert len({event.letter for event in told}) == 1
        [login] = [event for event in lab.trace.events if type(event).__name__ == "Authenticated"][
            :1
        ]
        assert (login.host, login.login) == ("mail.head.example", "branch")


def test_hosts_with_addresses_of_ip_version_6_alone():
    lab = start(read_town(SIX, name="six"))
    if lab is None:
        return
    with lab:
        for sender, recipient in [("ann@a.example", "ben@b.example")]:
            letter = lab.user(sender).send(to=recipient, subject="Lunch?", text="At noon.\n")
            assert lab.story(letter).recipients[recipient].state == "delivered"
        assert "[2001:db8:a::25] P=esmtp" in lab.host("mail.b.example").mainlog


def test_where_an_island_cannot_be_made_the_lab_says_so_and_ends(monkeypatch):
    async def found(*where):
        raise IslandError("no island can be made: netlink: Operation not supported")

    monkeypatch.setattr("labmail.lab.lab.check_engine", lambda engine, threads: None)
    monkeypatch.setattr(Island, "found", found)
    with pytest.raises(TownError, match=r"mail\.example\.com: no island can be made: netlink"):
        labmail.lab.Lab("two_companies", engine="exim4")
