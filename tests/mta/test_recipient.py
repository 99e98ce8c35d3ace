"""Recipients: parents, keys, and what keeps a loop from going round."""

from labmail.mta import Recipient


def test_parts() -> None:
    quoted = Recipient(r'"ann \"the\" lee"@LAB.test')
    assert (quoted.local_part, quoted.domain) == ('ann "the" lee', "lab.test")
    assert Recipient("a@b@c.test").local_part == "a@b"


def test_the_key_keeps_the_case_of_the_local_part() -> None:
    assert Recipient("Bob@ASK.com").key == "Bob@ask.com"


def test_ancestors_lead_to_the_envelope() -> None:
    team = Recipient("team@example.com")
    bob = team.child("bob@example.com", "system_aliases")
    home = bob.child("bob@home.test", "userforward")
    assert [each.address for each in home.ancestors()] == ["bob@example.com", "team@example.com"]
    assert home.original is team
    assert home.generated and not team.generated


def test_a_file_and_a_copy_have_names_of_their_own() -> None:
    bob, eve = Recipient("bob@ask.com"), Recipient("eve@ask.com")
    files = [Recipient("/var/log/mail", who, "aliases", made=True) for who in (bob, eve)]
    assert len({each.unique for each in files}) == 2
    assert files[0].domain == "" and files[0].local_part == "/var/log/mail"
    copy = Recipient("bob@ask.com", bob, "archive", copy="/archive")
    onward = Recipient("bob@ask.com", bob, "archive")
    assert copy.unique != onward.unique


def test_a_mailbox_behind_its_own_forward_is_another_thing() -> None:
    bob = Recipient("bob@ask.com")
    assert bob.child("bob@ASK.com", "userforward").unique != bob.unique
