"""The towns that come with labmail, each by what it is for."""

from __future__ import annotations

from labmail.lab import Lab


def test_virtual_domains_have_files_of_addresses() -> None:
    with Lab("virtual_domains", threads=False) as lab:
        host = lab.host("mail.hosting.example")

        def short(address: str) -> str:
            return lab.explain(address, at=host).short

        assert "<-- info@bakery.example" in short("info@bakery.example")
        assert "undeliverable: Unknown address" in short("tom@bakery.example")
        assert "has moved" in short("old@bakery.example")
        assert "<-- whoever@choir.example" in short("whoever@choir.example")
        assert "undeliverable" in short("tom@garden.example")
        mia = lab.user("mia@post.example")
        mia.send(to="singers@choir.example", subject="Rehearsal")
        for address in ("mia@post.example", "eva@hosting.example", "tom@hosting.example"):
            assert [m.subject for m in lab.user(address).mailbox] == ["Rehearsal"]


def test_a_backup_takes_letters_while_the_first_host_is_down() -> None:
    with Lab("branch_office", threads=False) as lab:
        pat, mia = lab.user("pat@head.example"), lab.user("mia@post.example")
        lab.down("mail.head.example")
        mia.send(to="pat@head.example", subject="Anybody there?")
        lab.run()
        assert len(lab.host("mx2.head.example").queue) == 1
        lab.up("mail.head.example")
        lab.clock.advance("1h")
        assert [m.subject for m in pat.mailbox] == ["Anybody there?"]
        assert "R=dnslookup_relay_to_domains" in lab.host("mx2.head.example").mainlog


def test_a_satellite_knows_one_way_and_hides_its_name() -> None:
    with Lab("branch_office", threads=False) as lab:
        talk = lab.talk("out.branch.example", client="desk.branch.example")
        talk.say("EHLO desk.branch.example\nMAIL FROM:<root@out.branch.example>")
        assert talk.say("RCPT TO:<mia@post.example>").code == 250
        assert talk.say("DATA").code == 354
        assert talk.say("From: root@out.branch.example\nSubject: Hello\n\nx\n.").code == 250
        lab.run()
        head = lab.host("mail.head.example").mainlog
        assert "P=esmtpsa" in head and ":branch " in head  # under TLS, with the password
        [letter] = lab.user("mia@post.example").mailbox
        assert letter.header["From"] == "root@head.example"
        assert b"Return-path: <root@head.example>" in bytes(letter)
