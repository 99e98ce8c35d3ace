"""Records of the journal: what is written is read, and what is torn or forged is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labmail.mta.spool.records import Found, Record, Torn, first_line, records

SEED = 0x1234ABCD
VERBS = st.sampled_from(["take", "done", "head", "gone"])
ANY = st.builds(
    Record, VERBS, st.from_regex(r"[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}", fullmatch=True),
    st.binary(max_size=80), st.binary(max_size=80),
)  # fmt: skip


def written(*made: Record, seed: int = SEED) -> bytes:
    return first_line(seed) + b"".join(b"".join(each.encoded(seed)) for each in made)


def read(content: bytes) -> list[Record | Torn]:
    return [
        each
        if isinstance(each, Torn)
        else Record(each.verb, each.id, each.head, content[each.at : each.at + each.size])  # type: ignore[arg-type]
        for each in records(content)
    ]


@given(st.lists(ANY, max_size=6))
def test_what_is_written_is_read(made: list[Record]) -> None:
    assert read(written(*made)) == made


@given(st.lists(ANY, min_size=1, max_size=4), st.data())
def test_a_power_cut_costs_the_torn_record_and_no_other(
    made: list[Record], data: st.DataObject
) -> None:
    whole, last = written(*made), len(b"".join(made[-1].encoded(SEED)))
    cut = data.draw(st.integers(len(whole) - last, len(whole) - 1))
    found = read(whole[:cut])
    torn = [] if cut == len(whole) - last else [Torn(len(whole) - last, cut)]
    assert found == [*made[:-1], *torn]


@given(st.lists(ANY, min_size=2, max_size=4), st.data())
def test_damage_in_the_middle_costs_one_record(made: list[Record], data: st.DataObject) -> None:
    content = bytearray(written(*made))
    first = len(first_line(SEED))
    at = data.draw(st.integers(first, first + len(b"".join(made[0].encoded(SEED))) - 1))
    content[at] ^= 0x55
    found = [each for each in read(bytes(content)) if isinstance(each, Record)]
    assert found == made[1:]


def test_a_letter_cannot_forge_a_record() -> None:
    """Whoever reads on behind damage meets the body of a letter; what stands there is no record."""
    forged = b"".join(Record("gone", "1vwz8C-000001-00").encoded(0))
    content = written(Record("take", "1vwz8C-000002-00", b"head", b"\n" + forged))
    damaged = content.replace(b"take", b"tale")
    assert [type(each) for each in records(damaged)] == [Torn]


@pytest.mark.parametrize("content", [b"", b"something else\n", b"labmail journal 2 00000000\n"])
def test_another_file_is_no_journal(content: bytes) -> None:
    assert [each for each in records(content) if isinstance(each, Found)] == []


def test_it_can_be_read_with_less() -> None:
    content = written(Record("done", "1vwz8C-000001-00", b"bob@ask.com\n"))
    assert content.decode().splitlines()[1].startswith("done 1vwz8C-000001-00 12 0 ")
    assert content.decode().splitlines()[2] == "bob@ask.com"
