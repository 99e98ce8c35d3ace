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


def test_a_router_that_made_it_is_known() -> None:
    bob = Recipient("bob@ask.com")
    again = bob.child("bob@ask.com", "userforward")
    assert again.was_handled_by("userforward")
    assert not again.was_handled_by("system_aliases")
    assert not bob.was_handled_by("userforward")


def test_a_long_way_round_is_known_too() -> None:
    one = Recipient("a@x.test")
    again = one.child("b@x.test", "aliases").child("a@x.test", "aliases")
    assert again.was_handled_by("aliases")


def test_a_mailbox_behind_its_own_forward_is_another_thing() -> None:
    bob = Recipient("bob@ask.com")
    assert bob.child("bob@ASK.com", "userforward").unique != bob.unique
