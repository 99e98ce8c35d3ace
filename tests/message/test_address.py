"""Addresses: what is written is read again, what is wrong says where."""

from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.message import (
    Address,
    AddressError,
    Group,
    Mailbox,
    mailboxes,
    parse_address,
    parse_addresses,
    parse_mailbox,
)

ATOMS = st.from_regex(r"\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,12}\Z")
DOMAINS = st.lists(st.from_regex(r"\A[a-z0-9]{1,8}\Z"), min_size=1, max_size=3).map(".".join)
LOCALS = st.text(st.characters(codec="ascii", exclude_categories=("Cc",)), max_size=20)
NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")), max_size=20)
ADDRESSES = st.builds(Address, st.one_of(ATOMS, LOCALS), DOMAINS)
MAILBOXES = st.builds(Mailbox, NAMES, ADDRESSES)
GROUPS = st.builds(Group, ATOMS, st.lists(MAILBOXES, max_size=3).map(tuple))


@settings(max_examples=200, deadline=None)
@given(ADDRESSES)
def test_addresses_come_back(address: Address) -> None:
    assert parse_address(str(address)) == address


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(MAILBOXES, GROUPS), max_size=4))
def test_lists_come_back(items: list[Mailbox | Group]) -> None:
    assert parse_addresses(", ".join(item.encoded() for item in items)) == tuple(items)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.builds(Mailbox, ATOMS, st.builds(Address, ATOMS, DOMAINS)), min_size=1))
def test_the_standard_library_reads_the_same(items: list[Mailbox]) -> None:
    text = ", ".join(map(str, items))
    theirs = getaddresses([text])
    assert [(box.name, str(box.address)) for box in items] == theirs


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('ab@.<>,:;"()\\[] \té\x00'), max_size=40))
def test_any_text_is_read_or_says_where_it_is_wrong(text: str) -> None:
    try:
        items = parse_addresses(text)
    except AddressError as error:
        assert 0 <= error.position <= len(text)
        assert error.found == text[error.position : error.position + 1]
        assert error.expected and "RFC 5322 §3.4" in str(error)
    else:
        assert parse_addresses(", ".join(item.encoded() for item in items)) == items


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("bob@ask.com", "", "bob@ask.com"),
        ("<bob@ask.com>", "", "bob@ask.com"),
        ("Bob Smith <bob@ask.com>", "Bob Smith", "bob@ask.com"),
        ('"Smith, Bob" <bob@ask.com>', "Smith, Bob", "bob@ask.com"),
        ("John Q. Public <jqp@ask.com>", "John Q. Public", "jqp@ask.com"),
        ("bob@ask.com (Bob Smith)", "Bob Smith", "bob@ask.com"),
        ("bob . smith @ ask . com", "", "bob.smith@ask.com"),
        ("(a (nested) comment) bob(x)@(y)ask.com", "", "bob@ask.com"),
        ("Bob <@a.test,@b.test:bob@ask.com>", "Bob", "bob@ask.com"),
        ('"a b"@ask.com', "", '"a b"@ask.com'),
        ('"a\\"b"@ask.com', "", '"a\\"b"@ask.com'),
        ("bob@[192.0.2.1]", "", "bob@[192.0.2.1]"),
        ("=?utf-8?Q?Zo=C3=AB?= <zoe@ask.com>", "Zoë", "zoe@ask.com"),
        ("=?utf-8?Q?Zo=C3=AB?= =?utf-8?Q?_K?= <zoe@ask.com>", "Zoë K", "zoe@ask.com"),
        ('"=?utf-8?Q?x?=" <zoe@ask.com>', "=?utf-8?Q?x?=", "zoe@ask.com"),
        ("=?utf-8?Q?a=40b=2Ec_=3Cx=3E?= <zoe@ask.com>", "a@b.c <x>", "zoe@ask.com"),
        ("Zoë <zoë@bücher.example>", "Zoë", "zoë@bücher.example"),
    ],
)
def test_reading(text: str, name: str, address: str) -> None:
    mailbox = parse_mailbox(text)
    assert (mailbox.name, str(mailbox.address)) == (name, address)


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("", 0, "a local part"),
        ("bob", 3, '"@"'),
        ("bob@", 4, "a domain"),
        ("@ask.com", 0, "a local part"),
        ("bob@@ask.com", 4, "a domain"),
        ("bob@ask..com", 8, "a label after the dot"),
        ("bob@.ask.com", 4, "a domain"),
        ("bob.@ask.com", 4, "a word after the dot"),
        (".bob@ask.com", 0, "a word"),
        ("bob smith@ask.com", 4, '"@" or "."'),
        ("Bob <bob@ask.com", 16, '">"'),
        ("Bob <bob@ask.com> x", 18, "the end"),
        ('"Bob <bob@ask.com>', 0, "a closing quotation mark"),
        ("(Bob bob@ask.com", 0, '")" at the end of the comment'),
        ("bob@[192.0.2.1", 4, "an address in brackets"),
        ("bob@ask.com, carol@ask.com", 11, "the end"),
        ("bob@ask.com\x00", 11, "the end"),
    ],
)
def test_an_error_knows_where_it_is(text: str, position: int, expected: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse_mailbox(text)
    assert (caught.value.position, caught.value.text) == (position, text)
    assert expected in caught.value.expected
    assert f"position {position}" in str(caught.value)


def test_groups_and_lists() -> None:
    items = parse_addresses("friends: anna@ask.com, Bob <bob@ask.com>;, , carol@ask.com,")
    group, carol = items
    assert isinstance(group, Group) and isinstance(carol, Mailbox)
    assert group.name == "friends"
    assert [str(box.address) for box in mailboxes(items)] == [
        "anna@ask.com",
        "bob@ask.com",
        "carol@ask.com",
    ]
    assert parse_addresses("undisclosed-recipients:;") == (Group("undisclosed-recipients", ()),)
    assert parse_addresses("") == ()
    with pytest.raises(AddressError, match='";"'):
        parse_addresses("friends: anna@ask.com")


def test_equality_is_that_of_the_standard() -> None:
    assert Address("bob", "ask.com") == Address("bob", "ASK.COM")
    assert Address("Bob", "ask.com") != Address("bob", "ask.com")
    assert len({Address("bob", "ask.com"), Address("bob", "Ask.Com")}) == 1


def test_deep_comments_and_long_lists_cost_no_more_than_their_length() -> None:
    deep = "(" * 50_000 + ")" * 50_000 + " bob@ask.com"
    assert str(parse_mailbox(deep).address) == "bob@ask.com"
    assert len(parse_addresses(", ".join(["bob@ask.com"] * 10_000))) == 10_000
