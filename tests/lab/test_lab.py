"""The whole road of a letter, and a lab that comes and goes without a trace."""

import gc
import os
import re
import smtplib
import threading
from pathlib import Path

import pytest

from labmail.lab import HomeError, Lab, TownError, read_town

JOURNEY = [
    "write",
    "AUTH",
    "ACL",
    "DATA",
    "spool",
    "router",
    "MX?",
    "RCPT",
    "ACL",
    "DATA",
    "spool",
    "router",
    "Maildir",
    "POP3",
    "RETR",
]


@pytest.fixture
def lab():
    with Lab("two_companies") as lab:
        yield lab


def send(lab, to="bob@ask.com", **more):
    return lab.user("alice@example.com").send(to=to, subject="Lunch?", text="At noon.\n", **more)


def test_a_letter_travels_through_all_five_parts(lab):
    letter = send(lab)
    [mail] = lab.user("bob@ask.com").fetch()
    assert mail.subject == "Lunch?"
    assert mail.text.rstrip() == "At noon."
    story = lab.story(letter)
    assert [step.label for step in story.steps][: len(JOURNEY)] == JOURNEY
    assert story.recipients["bob@ask.com"].state == "fetched"


def test_every_step_says_what_was_asked_and_answered_and_has_a_cause(lab):
    letter = send(lab)
    story = lab.story(letter)
    for step in story.steps:
        assert step.question.endswith("?")
        assert step.answer
    roots = [event for event in story.events if lab.trace.get(event.cause) is None]
    assert [event.cause for event in roots] == [None]


def test_the_hosts_keep_their_files_where_debian_has_them(lab):
    send(lab)
    ask = lab.host("mail.ask.com")
    assert " => bob <bob@ask.com> R=local_user T=maildir_home" in ask.mainlog
    [name] = ask.files.listdir("/home/bob/Maildir/new")
    assert "Lunch?" in ask.cat(f"/home/bob/Maildir/new/{name}")
    assert ask.files.listdir("/var/spool/exim4/input") == []


def test_the_same_journey_gives_the_same_trace():
    def journey():
        with Lab("two_companies") as lab:
            send(lab, to=["bob@ask.com", "carol@ask.com", "nobody@ask.com"])
            lab.user("bob@ask.com").fetch()
            return [repr(event) for event in lab.trace.events]

    first = journey()
    for _ in range(3):
        assert journey() == first


@pytest.mark.long
def test_the_same_journey_gives_the_same_trace_a_hundred_times():
    def journey():
        with Lab("two_companies") as lab:
            send(lab, to=["bob@ask.com", "carol@ask.com", "nobody@ask.com"])
            lab.user("bob@ask.com").fetch()
            return [repr(event) for event in lab.trace.events]

    first = journey()
    for _ in range(99):
        assert journey() == first


def test_another_recipient_another_story(lab):
    to_bob, to_carol = lab.story(send(lab)), lab.story(send(lab, to="carol@ask.com"))
    assert to_carol.steps[-1].label == "mbox"
    assert to_bob.steps[-1].label == "Maildir"


def test_an_unknown_recipient_comes_back_as_a_bounce(lab):
    letter = send(lab, to="nobody@ask.com")
    [bounce] = lab.user("alice@example.com").fetch()
    assert bounce.envelope.sender == ""
    assert "nobody@ask.com" in bounce.content.decode()
    assert lab.story(letter).recipients["nobody@ask.com"].state == "bounced"
    assert lab.story(letter).born


def test_a_letter_waits_for_a_host_that_is_down_and_arrives_when_it_is_back(lab):
    lab.down("mail.ask.com")
    letter = send(lab)
    assert lab.story(letter).recipients["bob@ask.com"].state == "deferred"
    assert len(list(lab.host("mail.example.com").queue)) == 1
    lab.up("mail.ask.com")
    lab.clock.advance("20m")
    assert lab.story(letter).recipients["bob@ask.com"].state == "delivered"
    assert not list(lab.host("mail.example.com").queue)


def test_five_days_of_silence_end_in_a_bounce(lab):
    lab.down("mail.ask.com")
    letter = send(lab)
    lab.clock.advance("6d")
    assert lab.story(letter).recipients["bob@ask.com"].state == "bounced"
    assert len(lab.user("alice@example.com").mailbox) == 4  # three warnings and the bounce


def test_a_changed_zone_changes_the_story(lab):
    ns = lab.host("ns.ask.com")
    zone = ns.cat("/etc/bind/db.ask.com").replace("MX  10 mail.ask.com.", "MX  0 .")
    ns.files.write_text("/etc/bind/db.ask.com", zone)
    assert not [p for p in ns.reload_names() if p.severity == "error"]
    letter = send(lab)
    assert lab.story(letter).recipients["bob@ask.com"].state == "bounced"
    assert "RFC 7505" in str(lab.story(letter)) or "null MX" in str(lab.story(letter))


def test_a_changed_route_changes_the_story():
    town = read_town(
        """
[hosts."a.test"]
address = "192.0.2.10"
services = ["smtp", "submission", "pop3", "dns"]
domains = ["a.test"]
routes = { "b.test" = "c.test" }
[hosts."b.test"]
address = "192.0.2.11"
services = ["smtp", "submission", "pop3"]
domains = ["b.test"]
[hosts."c.test"]
address = "192.0.2.12"
services = ["smtp"]
relay_domains = ["b.test"]
[zones."test"]
server = "a.test"
[users."ann@a.test"]
[users."ben@b.test"]
""",
        name="detour",
    )
    with Lab(town) as lab:
        letter = lab.user("ann@a.test").send(to="ben@b.test", subject="By way of c")
        assert len(lab.user("ben@b.test").mailbox) == 1
        assert {step.host for step in lab.story(letter)} >= {"a.test", "b.test", "c.test"}


def test_programs_outside_meet_the_same_server(lab):
    with smtplib.SMTP(*lab.endpoint("mail.ask.com", "smtp"), "laptop.test", timeout=20) as client:
        client.ehlo("laptop.test")
        assert client.mail("me@laptop.test")[0] == 250
        assert client.rcpt("nobody@ask.com")[0] == 550
        assert client.rcpt("someone@elsewhere.test")[0] == 550
        assert client.rcpt("bob@ask.com")[0] == 250
        assert client.data(b"Subject: From outside\r\n\r\nHello\r\n")[0] == 250
    lab.run()
    assert [m.subject for m in lab.user("bob@ask.com").mailbox] == ["From outside"]


def test_a_door_may_speak_for_a_host_inside(lab):
    door = lab.endpoint("mail.ask.com", "smtp", client="172.20.10.3")
    with smtplib.SMTP(*door, "desk3.ask.com", timeout=20) as client:
        client.ehlo("desk3.ask.com")
        client.mail("bob@ask.com")
        assert client.rcpt("alice@example.com")[0] == 250


def test_an_endpoint_that_does_not_exist_is_answered_with_those_that_do(lab):
    with pytest.raises(ValueError, match="offers smtp, submission, pop3"):
        lab.endpoint("mail.ask.com", "imap")
    with pytest.raises(KeyError, match=r"mail\.ask\.com"):
        lab.endpoint("mail.ask.org", "smtp")


def test_reset_goes_back_to_the_beginning(lab):
    send(lab)
    lab.clock.advance("1h")
    lab.reset()
    assert lab.clock.now().hour == 9
    assert lab.user("bob@ask.com").mailbox == []
    assert len(lab.trace.letters) == 0
    assert lab.story(send(lab)).recipients["bob@ask.com"].state == "delivered"


def test_a_second_lab_takes_the_place_of_the_first():
    first = Lab("two_companies")
    second = Lab("two_companies")
    assert not first.is_open
    assert second.is_open
    with pytest.raises(RuntimeError, match="closed"):
        first.run()
    second.close()


def test_a_closed_lab_leaves_nothing_behind():
    threads, files = threading.active_count(), len(os.listdir("/proc/self/fd"))
    lab = Lab("two_companies")
    root = lab.root
    lab.endpoint("mail.ask.com", "smtp")
    send(lab)
    assert root.stat().st_mode & 0o777 == 0o700
    lab.close()
    lab.close()
    assert not root.exists()
    assert threading.active_count() == threads
    assert len(os.listdir("/proc/self/fd")) <= files


def test_a_lab_that_is_forgotten_is_gone():
    threads = threading.active_count()
    lab = Lab("two_companies")
    root = lab.root
    del lab
    gc.collect()
    assert not root.exists()
    assert threading.active_count() == threads


def test_passwords_are_new_for_each_lab_and_in_no_file():
    with Lab("two_companies") as lab:
        password = lab.user("bob@ask.com").password
        send(lab)
        lab.user("bob@ask.com").fetch()
        for path in lab.root.rglob("*"):
            if path.is_file():
                assert password.encode() not in path.read_bytes(), path
        assert not any(password in repr(event) for event in lab.trace.events)
    with Lab("two_companies") as lab:
        assert lab.user("bob@ask.com").password != password


def test_a_root_is_found_again_with_mail_queue_and_story(tmp_path):
    root = tmp_path / "a root"
    with Lab("two_companies", root=root) as lab:
        letter = send(lab)
        lab.down("mail.ask.com")
        waiting = send(lab)
        lab.host("mail.ask.com").files.write_text("/etc/motd", "mine")
        lab.host("mail.ask.com").files.write_text("/etc/aliases", "help: bob\n")
    with Lab("two_companies", root=root) as lab:
        assert [m.subject for m in lab.user("bob@ask.com").mailbox] == ["Lunch?"]
        assert lab.host("mail.ask.com").cat("/etc/aliases") == "help: bob\n"
        assert lab.story(letter.name).recipients["bob@ask.com"].state == "delivered"
        lab.clock.advance("1h")
        story = lab.story(waiting.name)
        assert story.recipients["bob@ask.com"].state == "delivered"
        assert any("stopped" in f"{step.question} {step.answer}" for step in story)


def test_a_root_has_one_owner(tmp_path):
    with Lab("two_companies", root=tmp_path / "r"):
        town = read_town('[hosts."a.test"]\naddress="192.0.2.7"\nservices=["dns"]', name="other")
        with pytest.raises(HomeError, match=rf"in use by another lab \(process {os.getpid()}\)"):
            Lab(town, root=tmp_path / "r")


def test_a_root_of_another_town_is_refused(tmp_path):
    Lab("two_companies", root=tmp_path / "r").close()
    town = read_town('[hosts."a.test"]\naddress="192.0.2.7"\nservices=["dns"]', name="other")
    with pytest.raises(HomeError, match="belongs to the town 'two_companies'"):
        Lab(town, root=tmp_path / "r")


def test_a_broken_zone_is_named_with_file_and_line(tmp_path):
    town = read_town(
        '[hosts."a.test"]\naddress="192.0.2.7"\nservices=["smtp","submission","pop3","dns"]\n'
        'domains=["a.test"]\n[users."ann@a.test"]\n'
        '[zones."a.test"]\nserver="a.test"\ntext="@ IN SOA broken"\n',
        name="broken",
    )
    with Lab(town) as lab:
        problems = lab.host("a.test").name_problems
        assert any(re.search(r"/etc/bind/db\.a\.test.*1", str(p)) for p in problems)


def test_an_unknown_town_is_refused():
    with pytest.raises(TownError, match="there is no town 'nowhere'"):
        Lab("nowhere")


def test_the_async_twin_is_awaited_from_any_loop():
    import asyncio

    async def main():
        with Lab("two_companies") as lab:
            letter = await lab.user("alice@example.com").send.aio(to="bob@ask.com", subject="x")
            await lab.run.aio(within="1m")
            return lab.story(letter).recipients["bob@ask.com"].state

    assert asyncio.run(main()) == "delivered"


def test_nothing_asks_the_machines_own_resolver(monkeypatch):
    import socket

    def refuse(*args, **kwargs):
        raise AssertionError(f"asked the machine's resolver: {args}")

    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getfqdn", refuse)
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *a, **k: real(host, *a, **k) if host == "127.0.0.1" else refuse(host),
    )
    with Lab("two_companies") as lab:
        send(lab, to=["bob@ask.com", "x@nowhere.test"])
        lab.user("bob@ask.com").fetch()


def test_stale_homes_are_swept(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    stale = tmp_path / "labmail-stale"
    stale.mkdir()
    (stale / ".labmail").write_text('{"pid": "1"}')
    with Lab("two_companies") as lab:
        assert Path(lab.root).parent == tmp_path
        assert not stale.exists()
