"""The same town, the same letters, the same stories, whoever does the MTA's work."""

import re
import smtplib

import pytest

from .conftest import story

JOURNEY = ["write", "AUTH", "DATA", "spool", "router", "RCPT", "DATA", "spool", "router", "Maildir"]
UNTOLD = {"ACL", "MX?", "fault", "mend"}
"""What real Exim writes into no log; and what is no part of the letter's own way."""


def send(lab, to="bob@ask.com", **more):
    return lab.user("alice@example.com").send(to=to, subject="Lunch?", text="At noon.\n", **more)


def way(lab, letter):
    return [step.label for step in lab.story(letter).steps if step.label not in UNTOLD]


def states(lab, letter):
    return {who: place.state for who, place in lab.story(letter).recipients.items()}


def subjects(lab, who):
    return [mail.subject for mail in lab.user(who).fetch()]


def rcpt(lab, recipient, sender="stranger@else.test"):
    """The reply to RCPT of a stranger."""
    host, port = lab.endpoint("mail.ask.com", "smtp")
    with smtplib.SMTP(host, port, local_hostname="else.test") as client:
        client.ehlo()
        client.mail(sender)
        return client.rcpt(recipient)[0]


@story
def test_a_letter_travels_from_desk_to_desk(lab):
    letter = send(lab)
    assert way(lab, letter) == JOURNEY
    [mail] = lab.user("bob@ask.com").fetch()
    assert (mail.subject, mail.text.rstrip()) == ("Lunch?", "At noon.")
    assert way(lab, letter)[len(JOURNEY) :][:2] == ["POP3", "RETR"]
    assert states(lab, letter) == {"bob@ask.com": "fetched"}


@story
def test_every_step_has_a_question_an_answer_and_a_cause(lab):
    told = lab.story(send(lab))
    assert all(step.question.endswith("?") and step.answer for step in told.steps)
    roots = [event.cause for event in told.events if lab.trace.get(event.cause) is None]
    assert roots == [None]
    assert lab.trace.faults == []


@story
def test_both_hosts_have_written_it_down_as_exim_does(lab):
    send(lab)
    here, there = (lab.host(f"mail.{each}").mainlog for each in ("example.com", "ask.com"))
    [handed_over] = re.findall(r" => bob@ask.com R=dnslookup T=remote_smtp H=.*", here)[-1:]
    id = re.search(r'C=".*id=([\w-]+)"', handed_over)[1]
    assert f"{id} <= alice@example.com H=mail.example.com [128.10.12.4] P=esmtp" in there
    assert f"{id} => bob <bob@ask.com> R=local_user T=maildir_home" in there
    assert f"{id} Completed" in there


@story
def test_every_word_between_the_hosts_can_be_read(lab):
    said = str(lab.story(send(lab)).dialogue("mail.ask.com", "SMTP"))
    assert "EHLO mail.example.com" in said
    assert "MAIL FROM:<alice@example.com>" in said
    assert "RCPT TO:<bob@ask.com>" in said
    assert "At noon." in said
    assert re.search(r"250.* OK id=", said)


@story
def test_a_mailbox_in_one_file(lab):
    letter = send(lab, "carol@ask.com")
    assert way(lab, letter) == [*JOURNEY[:-1], "mbox"]
    assert subjects(lab, "carol@ask.com") == ["Lunch?"]
    assert states(lab, letter) == {"carol@ask.com": "fetched"}


@story
def test_an_alias_with_two_members(lab):
    letter = send(lab, "sales@ask.com")
    assert states(lab, letter) == {"sales@ask.com": "delivered"}
    assert {"Maildir", "mbox"} <= set(way(lab, letter))
    assert subjects(lab, "bob@ask.com") == subjects(lab, "carol@ask.com") == ["Lunch?"]


@story
def test_what_the_other_host_does_not_know_comes_back(lab):
    letter = send(lab, "nobody@ask.com")
    [bounce] = lab.user("alice@example.com").fetch()
    assert bounce.envelope.sender == ""
    assert "nobody@ask.com" in bounce.content.decode()
    assert states(lab, letter) == {"nobody@ask.com": "bounced"}
    assert way(lab, letter)[5:11] == ["RCPT", "give up", "bounce", "spool", "router", "Maildir"]
    [born] = lab.story(letter).born
    assert states(lab, born) == {"alice@example.com": "fetched"}


@story
def test_of_three_recipients_one_is_unknown(lab):
    letter = send(lab, ["bob@ask.com", "nobody@ask.com", "carol@ask.com"])
    assert states(lab, letter) == {
        "bob@ask.com": "delivered",
        "carol@ask.com": "delivered",
        "nobody@ask.com": "bounced",
    }
    assert subjects(lab, "bob@ask.com") == subjects(lab, "carol@ask.com") == ["Lunch?"]


@story
def test_who_is_named_twice_gets_one_letter_and_both_stories_end(lab):
    letter = send(lab, ["root@ask.com", "bob@ask.com"])
    assert subjects(lab, "bob@ask.com") == ["Lunch?"]
    assert set(states(lab, letter).values()) <= {"delivered", "fetched"}


@story
def test_an_alias_leads_out_again(lab):
    ask = lab.host("mail.ask.com")
    ask.files.append("/etc/aliases", "away: anna@example.com\nhole: :blackhole:\n")
    letter, lost = send(lab, "away@ask.com"), send(lab, "hole@ask.com")
    assert states(lab, letter)["anna@example.com"] == "delivered"
    assert subjects(lab, "anna@example.com") == ["Lunch?"]
    assert way(lab, lost)[-1] == "discarded"


@story
def test_a_stranger_is_refused_and_the_trace_says_so(lab):
    assert rcpt(lab, "bob@ask.com") == 250
    assert rcpt(lab, "nobody@ask.com") == 550
    assert rcpt(lab, "anna@example.com") == 550
    lab.run()
    told = [event for event in lab.trace.events if type(event).__name__ == "AclChecked"]
    refused = [event for event in told if not event.accepted][-2:]
    assert [event.recipient for event in refused] == ["nobody@ask.com", "anna@example.com"]
    assert "relay not permitted" in refused[-1].reply


@story
def test_a_letter_by_a_program_from_outside(lab):
    host, port = lab.endpoint("mail.ask.com", "smtp")
    with smtplib.SMTP(host, port, local_hostname="else.test") as client:
        client.sendmail("eve@else.test", ["bob@ask.com"], "Subject: Hello\r\n\r\nIt is me.\r\n")
    lab.run()
    [mail] = lab.user("bob@ask.com").fetch()
    assert "from [192.0.2.1] (helo=else.test)" in mail.content.decode()
    [stored] = [event for event in lab.trace.events if type(event).__name__ == "Stored"][-1:]
    assert stored.letter.startswith("mail.ask.com/")
    assert way(lab, stored.letter)[-5:] == ["router", "Maildir", "POP3", "RETR", "DELE"]


@story
def test_a_letter_waits_for_a_port_that_is_shut_and_goes_on_when_it_is_open(lab):
    here = lab.host("mail.example.com")
    lab.refuse("mail.ask.com", "smtp")
    letter = send(lab)
    assert states(lab, letter) == {"bob@ask.com": "deferred"}
    assert way(lab, letter)[-3:] == ["router", "connect", "retry"]
    [waiting] = here.queue
    [recipient] = waiting.recipients
    assert (waiting.letter, recipient.address) == (letter.name, "bob@ask.com")
    assert recipient.next_try - lab.clock.time() == pytest.approx(900, abs=30)
    lab.allow("mail.ask.com", "smtp")
    here.run_queue()
    assert states(lab, letter) == {"bob@ask.com": "deferred"}  # its time has not come
    here.run_queue(force=True)
    assert states(lab, letter) == {"bob@ask.com": "delivered"}
    assert not here.queue
    assert subjects(lab, "bob@ask.com") == ["Lunch?"]


@story
def test_a_letter_waits_for_a_host_that_is_silent(lab):
    here = lab.host("mail.example.com")
    lab.down("mail.ask.com")
    letter = send(lab)
    assert states(lab, letter) == {"bob@ask.com": "deferred"}
    assert "timed out" in lab.story(letter).recipients["bob@ask.com"].detail
    lab.up("mail.ask.com")
    here.run_queue(force=True)
    assert states(lab, letter) == {"bob@ask.com": "delivered"}


@story
def test_what_waits_survives_a_restart_of_the_daemon(lab):
    here = lab.host("mail.example.com")
    with lab.faults.refuse("mail.ask.com", "smtp"):
        letter = send(lab)
        here.restart("smtp")
        lab.run(within="1m")
        assert [each.letter for each in here.queue] == [letter.name]
    here.run_queue(force=True)
    assert states(lab, letter) == {"bob@ask.com": "delivered"}


@story
def test_a_letter_that_waits_is_frozen_thawed_tried_given_up_and_removed_by_hand(lab):
    here = lab.host("mail.example.com")
    with lab.faults.refuse("mail.ask.com", "smtp"):
        first, second, third = (send(lab) for _ in range(3))
        rows = {row.letter: row for row in here.queue}
        here.freeze(rows[first.name])
        assert {row.letter: row.recipients[0].state for row in here.queue}[first.name] == "frozen"
        here.thaw(rows[first.name])
        here.remove(rows[second.name].id)
        here.give_up(rows[third.name])
        assert [row.letter for row in here.queue] == [first.name]
        with pytest.raises(KeyError, match="no letter '1vwz8C-000001-00' waits"):
            here.freeze("1vwz8C-000001-00")
    here.try_now(rows[first.name])
    assert states(lab, first) == {"bob@ask.com": "delivered"}
    assert len(subjects(lab, "bob@ask.com")) == 1
    assert len(subjects(lab, "alice@example.com")) == 1


@story
def test_the_daemon_goes_by_what_it_has_read(lab):
    ask, answers = lab.host("mail.ask.com"), "/etc/exim4/update-exim4.conf.conf"
    before = ask.files.read_text(answers)
    more = before.replace("dc_other_hostnames='ask.com'", "dc_other_hostnames='ask.com:new.test'")
    assert more != before
    ask.files.write_text(answers, more)
    assert ask.update_exim4_conf() == ""
    assert rcpt(lab, "bob@new.test") == 550
    assert ask.reload() == ()
    assert rcpt(lab, "bob@new.test") == 250
    ask.files.write_text(answers, before)
    ask.update_exim4_conf()
    assert ask.restart("smtp") == []
    assert rcpt(lab, "bob@new.test") == 550


@story
def test_a_mistake_ends_the_daemon_of_this_host_and_nothing_else(lab):
    ask, file = lab.host("mail.ask.com"), "/var/lib/exim4/config.autogenerated"
    before = ask.files.read_text(file)
    ask.files.write_text(file, "nonsense = 3\n" + before)
    [problem] = ask.reload()
    assert str(problem).startswith(f"Exim configuration error in line 1 of {file}:")
    assert "nonsense" in ask.cat("/var/log/exim4/paniclog")
    with pytest.raises(ValueError, match=r"no mail daemon runs on mail\.ask\.com"):
        ask.run_queue()
    with pytest.raises(ValueError, match="restart it"):
        ask.reload()
    letter = send(lab)
    assert states(lab, letter) == {"bob@ask.com": "deferred"}
    ask.files.write_text(file, before)
    assert ask.restart("smtp") == []
    lab.host("mail.example.com").run_queue(force=True)
    assert states(lab, letter) == {"bob@ask.com": "delivered"}
