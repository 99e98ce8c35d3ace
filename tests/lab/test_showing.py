"""What a notebook sees of the lab: the same in words and as a picture, and the same each time."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from labmail.lab import Lab
from labmail.lab.filetext import FileText


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        yield lab


def send(lab: Lab, to: object = "bob@ask.com", **more: str):  # type: ignore[no-untyped-def]
    words = {"subject": "Lunch?", "text": "At noon.\n"} | more
    return lab.user("alice@example.com").send(to=to, **words)


def shown(thing: object) -> tuple[str, str]:
    """Text and HTML, as a notebook takes them."""
    bundle = thing._repr_mimebundle_()  # type: ignore[attr-defined]
    return bundle["text/plain"], bundle["text/html"]


def words(html: str) -> str:
    """What is left of HTML when it is read out."""
    return re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)


def test_a_lab_shows_its_companies_hosts_and_people(lab: Lab) -> None:
    text, html = shown(lab)
    for host in lab.hosts.values():
        assert f"  {host.name} " in text
        assert host.name in html and host.address in html
    for person in lab.users.values():
        assert person.address in text and person.name in html
    assert "smtp 25, submission 587, pop3 110" in text
    assert text.index("example.com\n") < text.index("ask.com\n")


def test_a_host_that_is_switched_off_is_seen(lab: Lab) -> None:
    assert "switched off" not in str(lab)
    lab.down("mail.ask.com")
    [line] = [line for line in str(lab).splitlines() if "switched off" in line]
    assert "mail.ask.com" in line
    assert "switched off" in shown(lab)[1] and "switched off" in str(lab.host("mail.ask.com"))
    lab.up("mail.ask.com")
    assert "switched off" not in str(lab)


def test_nothing_that_is_shown_has_a_password_or_a_real_path(lab: Lab) -> None:
    send(lab)
    lab.endpoint("mail.ask.com", "smtp")
    people, hosts = lab.users.values(), lab.hosts.values()
    for thing in (lab, lab.clock, *people, *hosts, *(p.mailbox for p in people)):
        for view in shown(thing):
            assert str(lab.root) not in view
            assert "127.0.0.1" not in view
            assert not any(person.password in view for person in people)


def test_a_closed_lab_can_still_be_looked_at() -> None:
    lab = Lab("two_companies")
    lab.close()
    assert "it is closed" in str(lab)
    assert "queue" in str(lab.host("mail.ask.com"))


def test_a_host_says_what_it_is_for(lab: Lab) -> None:
    text, html = shown(lab.host("mail.ask.com"))
    assert "offers          smtp 25, submission 587, pop3 110" in text
    assert "Bob (maildir), Carol (mbox)" in text and "Carol (mbox)" in html
    assert "queue" not in str(lab.host("www.example.com"))


def test_a_person_shows_where_she_sits_and_what_she_has_done(lab: Lab) -> None:
    send(lab)
    lab.user("bob@ask.com").fetch()
    assert "sits at      games.example.com, 128.10.12.3" in str(lab.user("alice@example.com"))
    assert "has sent     1 letter\n" in str(lab.user("alice@example.com"))
    assert "has fetched  1 letter" in str(lab.user("bob@ask.com"))


def test_the_clock_answers_with_itself(lab: Lab) -> None:
    assert str(lab.clock).startswith("Mon 2 Mar 2026 09:00:00 UTC; it stands still")
    assert str(lab.clock.advance("20m")).startswith("Mon 2 Mar 2026 09:20:00 UTC")
    with pytest.raises(ValueError, match="soon"):
        lab.clock.advance("soon")


def test_an_empty_queue_says_so(lab: Lab) -> None:
    queue = lab.host("mail.ask.com").queue
    assert not queue and len(queue) == 0
    assert str(queue) == "mail.ask.com, Mon 2 Mar 2026 09:00:00: the queue is empty."


def test_a_queue_shows_who_waits_for_what_and_until_when(lab: Lab) -> None:
    lab.down("mail.ask.com")
    letter = send(lab, ["bob@ask.com", "carol@ask.com"])
    queue = lab.host("mail.example.com").queue
    [row] = queue
    assert row.sender == "alice@example.com" and row.letter == letter.name
    assert [each.address for each in row.recipients] == ["bob@ask.com", "carol@ask.com"]
    assert {each.state for each in row.recipients} == {"deferred"}
    text, html = shown(queue)
    assert re.match(r"mail\.example\.com, Mon 2 Mar 2026 09:02:0\d: 1 letter waits\n", text)
    assert "  2:07 min  " in text
    assert row.id in text and row.id in html and repr(queue) == text
    assert "bob@ask.com: deferred, Connection timed out; next try Mon 2 Mar 2026 09:17:0" in text
    assert "Connection timed out" in html


def test_a_queue_is_a_moment(lab: Lab) -> None:
    lab.down("mail.ask.com")
    send(lab)
    before = lab.host("mail.example.com").queue
    lab.up("mail.ask.com")
    lab.clock.advance("20m")
    assert len(before) == 1
    assert not lab.host("mail.example.com").queue


def test_a_letter_that_is_frozen_is_shown_as_frozen(lab: Lab) -> None:
    lab.down("mail.ask.com")
    send(lab)
    mta = lab.host("mail.example.com")._mta
    next(iter(mta.queue)).head.facts["frozen"] = "1772442000"
    [row] = lab.host("mail.example.com").queue
    assert [(each.state, each.next_try) for each in row.recipients] == [("frozen", None)]


def test_a_mailbox_is_a_list_that_can_be_read(lab: Lab) -> None:
    bob = lab.user("bob@ask.com")
    assert str(bob.mailbox) == "Bob's mailbox on mail.ask.com: no letters"
    send(lab, subject="Lunch?")
    assert [message.subject for message in bob.mailbox] == ["Lunch?"]
    assert str(bob.mailbox).splitlines()[1].startswith("  0  Alice <alice@example.com>  Lunch?")
    fetched = bob.fetch()
    assert str(fetched).startswith("Fetched by Bob from mail.ask.com: 1 letter\n")
    assert str(fetched[0].message.subject) == "Lunch?"


def test_hostile_letters_stay_text(lab: Lab) -> None:
    send(lab, subject="<script>alert(1)</script>\u202eexe")
    box = lab.user("bob@ask.com").mailbox
    assert "<script>" not in shown(box)[1]
    assert "\u202e" not in "".join(shown(box))


def test_text_and_picture_say_the_same(lab: Lab) -> None:
    lab.down("mail.ask.com")
    send(lab)
    for thing in (lab.host("mail.example.com").queue, lab.user("bob@ask.com"), lab.clock):
        text, html = shown(thing)
        read = words(html)
        for word in re.findall(r"[\w.@-]{4,}", text):
            assert word in read, word


def test_two_labs_show_the_same() -> None:
    def look() -> list[tuple[str, str]]:
        with Lab("two_companies") as lab:
            lab.down("mail.ask.com")
            send(lab)
            things = (lab, lab.clock, lab.host("mail.example.com").queue, *lab.users.values())
            return [shown(thing) for thing in things]

    assert look() == look()


def test_a_file_is_text_and_is_shown_as_text(lab: Lab) -> None:
    letter = send(lab, subject="<b>bold</b>")
    ask = lab.host("mail.ask.com")
    log = ask.mainlog
    assert isinstance(log, str) and " => bob" in log
    assert repr(log) == log
    assert log._repr_html_().count("<div>") == len(log.splitlines())
    [name] = ask.files.listdir("/home/bob/Maildir/new")
    assert "&lt;b&gt;bold" in ask.cat(f"/home/bob/Maildir/new/{name}")._repr_html_()
    assert letter.accepted


def test_the_rest_of_a_long_file_is_counted() -> None:
    assert "and 1 more lines" in FileText("line\n" * 501)._repr_html_()
    assert "(empty)" in FileText("")._repr_html_()


def test_a_fault_does_not_send_the_letter() -> None:
    """The picture names who acts: what is broken stands in the story, and acts in none of it."""
    with Lab("names") as lab, lab.faults.down("mail.ask.com"):
        letter = send(lab)
        first = lab.story(letter).journey.chapters[0]
    assert first.titles[0] == "mail.example.com sends it"
