"""Each fault of the lab: what Exim does next, what the story says, and that it is undone."""

import json

import pytest

from labmail.lab import Lab
from labmail.lab.events import WORDS, FaultLifted, FaultSet

EXAMPLE, ASK, NAMES = "mail.example.com", "mail.ask.com", "ns.ask.com"


@pytest.fixture
def lab():
    with Lab("two_companies") as lab:
        yield lab


def send(lab):
    return lab.user("alice@example.com").send(to="bob@ask.com", subject="Lunch?", text="At noon.\n")


def place(lab, letter):
    return lab.story(letter).recipients["bob@ask.com"]


def told(lab, kind):
    return [event.fault for event in lab.trace.find(kind)]


DEFERRED = {
    "down": (lambda f: f.down(ASK), "Connection timed out", 127),
    "refuse": (lambda f: f.refuse(ASK, "smtp"), "Connection refused", 0),
    "black hole": (lambda f: f.black_hole(ASK), "Connection timed out", 127),
    "partition": (lambda f: f.partition(EXAMPLE, ASK), "Connection timed out", 127),
    "cut": (lambda f: f.cut(ASK, "smtp", after=300), "end of data", 0),
    "cut at once": (lambda f: f.cut(ASK, "smtp", after=0), "", 0),
    "lost reply": (lambda f: f.lose_last_reply(ASK), "end of data", 0),
    "dns fails": (lambda f: f.dns(NAMES, "servfail"), "host lookup did not complete", 0),
    "dns silent": (lambda f: f.dns(NAMES, "silence"), "host lookup did not complete", 4),
    "dns lies": (lambda f: f.dns(NAMES, {ASK: "128.10.12.2"}), "Connection refused", 0),
    "disk full": (lambda f: f.disk_full(ASK), "452", 0),
    "read-only": (lambda f: f.read_only(ASK), "451", 0),
}


@pytest.mark.parametrize("name", DEFERRED)
def test_the_letter_is_deferred_and_arrives_when_the_fault_is_mended(lab, name):
    breaks, why, wait = DEFERRED[name]
    with breaks(lab.faults) as fault:
        start = lab.clock.time()
        letter = send(lab)
        assert place(lab, letter).state == "deferred"
        assert why in place(lab, letter).detail
        assert wait <= lab.clock.time() - start < wait + 2
        assert fault.active and list(lab.faults) == [fault]
    assert not fault.active and len(lab.faults) == 0
    lab.clock.advance("20m")
    assert place(lab, letter).state == "delivered"
    assert told(lab, FaultSet) == told(lab, FaultLifted) == [fault.kind]


@pytest.mark.parametrize("name", DEFERRED)
def test_the_story_shows_the_fault_before_the_letter_and_its_end_behind_the_failed_try(lab, name):
    with DEFERRED[name][0](lab.faults):
        letter = send(lab)
    lab.clock.advance("20m")
    story = lab.story(letter)
    labels = [step.label for step in story]
    assert labels[:2] == ["fault", "write"]
    last = len(labels) - 1 - labels[::-1].index("Maildir")
    assert labels.index("retry") < labels.index("mend") < last
    assert story.steps[0].question == "What is broken now?" and story.steps[0].answer
    assert story.steps[0].time == "0 s"
    json.dumps(story.as_json())
    assert "fault" in story.svg


def test_a_lost_reply_makes_a_duplicate(lab):
    with lab.faults.lose_last_reply(ASK):
        letter = send(lab)
    lab.clock.advance("20m")
    assert len(lab.user("bob@ask.com").mailbox) == 2
    assert len(lab.trace.find("mta.Stored", letter=letter.name)) == 2


def test_a_lost_reply_may_be_lost_again_and_again(lab):
    with lab.faults.lose_last_reply(ASK):
        send(lab)
        lab.clock.advance("20m")
    lab.clock.advance("20m")
    assert len(lab.user("bob@ask.com").mailbox) == 3


def test_a_delay_makes_it_late_and_nothing_else(lab):
    letter = send(lab)
    quick = crossing(lab, letter)
    with lab.faults.delay(EXAMPLE, ASK, "200ms"):
        letter = send(lab)
    assert place(lab, letter).state == "delivered"
    assert crossing(lab, letter) - quick > 1.3  # seven times there or back
    assert crossing(lab, send(lab)) == pytest.approx(quick, abs=0.001)


def crossing(lab, letter):
    """Seconds from being asked for the MX to lying in the mailbox."""
    steps = {step.label: step.after for step in lab.story(letter)}
    return steps["Maildir"] - steps["MX?"]


def test_a_slow_host_takes_its_time(lab):
    with lab.faults.slow(ASK, pace=50):
        letter = send(lab)
    assert place(lab, letter).state == "delivered"
    assert crossing(lab, letter) > 10


def test_a_slow_host_wears_patience_out(lab):
    """60,000 octets at 10 a second take longer than Exim waits for an answer to the dot."""
    with lab.faults.slow(ASK, pace=10):
        letter = lab.user("alice@example.com").send(
            to="bob@ask.com", subject="Long", text="x" * 60 + "\n" * 1000 + "y" * 60_000
        )
        lab.run(within="20m")
        assert place(lab, letter).state == "deferred"
        assert "timed out" in place(lab, letter).detail.lower()


def test_a_partition_in_the_middle_of_data_that_heals_in_time(lab):
    faults = []
    stop = lab.trace.watch(lambda event: faults.append(at_data(lab, event)))
    letter = send(lab)
    stop()
    lab.clock.advance("100s")
    assert place(lab, letter).state == "under way"
    lab._site.breaker.end_all(*key(lab))
    lab.run()
    assert place(lab, letter).state == "delivered"
    assert len(lab.user("bob@ask.com").mailbox) == 1


def test_a_partition_in_the_middle_of_data_that_lasts(lab):
    """The client waits ten minutes for an answer to the dot, and then tries again later."""
    stop = lab.trace.watch(lambda event: at_data(lab, event))
    letter = send(lab)
    stop()
    lab.clock.advance("11m")
    assert place(lab, letter).state == "deferred"
    assert "end of data" in place(lab, letter).detail or "timed out" in place(lab, letter).detail
    lab._site.breaker.end_all(*key(lab))
    lab.clock.advance("30m")
    assert place(lab, letter).state == "delivered"


def at_data(lab, event):
    """Parts the two servers when the second has said 354: the letter is about to cross."""
    if getattr(event, "text", "").startswith("354") and event.host == ASK:
        breaker = lab._site.breaker
        breaker.begin(breaker.partition(EXAMPLE, ASK))


def key(lab):
    return lab._site.breaker.active[0].key


def test_a_black_hole_still_speaks(lab):
    """What its users send leaves it, up to the first answer that it would have to hear."""
    with lab.faults.black_hole(ASK):
        before = len(lab.trace.events)
        lab._thread.call(ask_names(lab))
        assert any(event.host == NAMES for event in lab.trace.since(before))


async def ask_names(lab):
    resolver = lab._site.hosts[ASK].resolver
    answer = await lab._site.let_happen(resolver.query("example.com", "MX"))
    assert answer.status == "failed"


def test_a_reset_in_the_middle_is_tried_again(lab):
    talk = lab.talk(ASK)
    fault = lab.faults.reset(ASK)
    lab.run()
    assert talk.over
    assert not fault.active
    assert place(lab, send(lab)).state == "delivered"


def test_silence_for_five_days_ends_in_a_bounce(lab):
    with lab.faults.dns(NAMES, "silence"):
        letter = send(lab)
        lab.clock.advance("6d")
    assert place(lab, letter).state == "bounced"
    assert len(lab.user("alice@example.com").mailbox) == 4  # three warnings and the bounce


def test_a_lie_that_names_ourselves_freezes_a_letter(lab):
    """Exim sees that it would send the letter to itself, round and round, and stops."""
    with lab.faults.dns(NAMES, {ASK: "128.10.12.4"}):
        letter = send(lab)
    assert place(lab, letter).state == "frozen"
    assert place(lab, letter).detail == "lowest numbered MX record points to local host"


def test_two_faults_alike_are_two_faults(lab):
    first, second = lab.faults.down(ASK), lab.faults.down(ASK)
    first.mend()
    assert place(lab, send(lab)).state == "deferred"
    second.mend()
    lab.clock.advance("20m")
    assert place(lab, send(lab)).state == "delivered"
    assert told(lab, FaultLifted) == ["down", "down"]


def test_mending_one_cut_leaves_the_other(lab):
    outer = lab.faults.cut(ASK, "smtp", after=0)
    with lab.faults.cut(ASK, "smtp", after=1_000_000):
        assert place(lab, send(lab)).state == "delivered"
    assert place(lab, send(lab)).state == "deferred"
    outer.mend()


def test_everything_is_mended_at_once(lab):
    for breaks, _, _ in DEFERRED.values():
        breaks(lab.faults)
    lab.faults.mend()
    assert len(lab.faults) == 0
    assert str(lab.faults) == "Nothing is broken."
    assert place(lab, send(lab)).state == "delivered"


def test_a_fault_elsewhere_is_not_in_the_story(lab):
    with lab.faults.down("www.example.com"):
        letter = send(lab)
    lab.faults.refuse(ASK, "pop3").mend()
    assert "fault" not in [step.label for step in lab.story(letter)]


def test_a_fault_that_was_mended_before_is_not_in_the_story(lab):
    with lab.faults.down(ASK):
        pass
    letter = send(lab)
    assert "fault" not in [step.label for step in lab.story(letter)]


def test_the_lab_words_down_and_up_tell_as_well(lab):
    lab.down(ASK)
    letter = send(lab)
    assert [fault.kind for fault in lab.faults] == ["down"]
    lab.up(ASK)
    assert not lab.faults
    lab.refuse(ASK, "smtp")
    lab.allow(ASK, "smtp")
    assert told(lab, FaultSet) == told(lab, FaultLifted) == ["down", "refuse"]
    assert lab.story(letter).steps[0].label == "fault"


def test_wishes_that_make_no_sense_are_told_what_there_is(lab):
    faults = lab.faults
    for error, word, deed in [
        (KeyError, "mail.ask.com", lambda: faults.down("nobody")),
        (KeyError, "alice@example.com", lambda: faults.partition("nobody", ASK)),
        (ValueError, "one host", lambda: faults.partition(ASK, ASK)),
        (ValueError, "submission", lambda: faults.refuse(ASK, "dns")),
        (ValueError, "dns", lambda: faults.lose_last_reply(NAMES)),
        (ValueError, "servfail", lambda: faults.dns(NAMES, "flood")),
        (ValueError, "dns", lambda: faults.dns(ASK, "silence")),
        (ValueError, "address", lambda: faults.dns(NAMES, {ASK: "nowhere"})),
        (ValueError, "-1", lambda: faults.cut(ASK, "smtp", after=-1)),
        (ValueError, "interval", lambda: faults.delay(EXAMPLE, ASK, "soon")),
        (ValueError, "pace", lambda: faults.slow(ASK, pace=0)),
    ]:
        with pytest.raises(error, match=word):
            deed()
    assert len(faults) == 0 and told(lab, FaultSet) == []


def test_a_person_stands_for_her_desk(lab):
    with lab.faults.partition("alice@example.com", EXAMPLE):
        letter = send(lab)
    assert [type(o).__name__ for o in letter.outcomes.values()] == ["Deferred"]
    assert not lab.host(EXAMPLE).queue
    assert place(lab, send(lab)).state == "delivered"


def test_what_is_broken_can_be_read(lab):
    with lab.faults.delay(EXAMPLE, ASK, "200ms") as fault:
        assert "0.2 s longer" in str(fault) and "0.2 s longer" in str(lab.faults)
        assert "text/html" in fault._repr_mimebundle_()
        assert repr(lab.faults) == "<faults: delay>"
    assert "mended" in str(fault) and "mended" in repr(fault)


@pytest.mark.parametrize("fault", WORDS)
def test_every_fault_has_its_sentences(fault):
    facts = {"host": ASK, "hosts": (ASK,), "other": EXAMPLE, "service": "smtp", "detail": "5 bytes"}
    for kind in (FaultSet, FaultLifted):
        event = kind(fault=fault, **facts)
        assert event.question.startswith("What is ") and event.question.endswith("?")
        assert event.answer.endswith(".") and event.answer.count(". ") >= 1
        assert event.answer[0].isupper() or event.answer.startswith(ASK)
        assert "{" not in event.question + event.answer


@pytest.mark.parametrize("name", DEFERRED)
@pytest.mark.parametrize("options", [{"wire": "sockets"}, {"threads": False}], ids=str)
def test_on_every_carrier_the_trace_is_the_same(lab, name, options):
    def trace(lab):
        with DEFERRED[name][0](lab.faults):
            send(lab)
        lab.clock.advance("20m")
        return [repr(event) for event in lab.trace.events]

    in_memory = trace(lab)
    with Lab("two_companies", **options) as other:
        assert trace(other) == in_memory


def test_a_fault_ends_with_the_lab(lab):
    with lab.faults.down(ASK) as fault:
        lab.reset()
        assert not fault.active and len(lab.faults) == 0
        assert place(lab, send(lab)).state == "delivered"
    with lab.faults.down(ASK) as fault:
        lab.close()
    assert not fault.active
