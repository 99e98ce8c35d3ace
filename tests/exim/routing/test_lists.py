"""Lists and filters of redirect: what they know of the list before, and what they leave out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import open_to_all
from tests.exim.routing.asking import lay_out, ours, routers, theirs

SAYS = "says:\n  driver = redirect\n  allow_fail\n  data = :fail: [$0][$1]\n"
FILTER = """
own:
  driver = redirect
  allow_filter
  user = nobody
  file = {DIR}/forward
  file_transport = box
  pipe_transport = program
"""
PERCENT = "percent_hack_domains = *.test\nbegin routers\n"

NUMBERS = [
    ("  local_parts = ann\n", "[ann][]"),
    ("  local_parts = *n\n", "[ann][an]"),
    ("  domains = ^l(.*)\n  local_parts = ${if eq{$1}{ab.test}{^a(.)}}\n", "[ann][n]"),
    ("  domains = *.test\n  local_parts = !ben\n", "[][]"),
    ("  local_parts = *n\n  senders = !x@y.test\n", "[ann][an]"),
    ("  local_parts = *n\n  senders = *@*\n", "[][]"),
    ("  local_parts = *n\n  senders = ! \n", "[ann][an]"),
    ("  local_parts = *n\n  condition = ${if match{abc}{b(.)}}\n", "[ann][an]"),
]
ITEMS = [
    (":unknown , |x@y.test", "|x@y.test is undeliverable"),
    (":, ben", "ben@lab.test is undeliverable"),
    (":unknown:x, ben", 'in ":unknown:x"'),
    (":include:{DIR}/none/b", "failed to open {DIR}/none/b (component"),
]
FILTERS = [
    ("  local_parts = *n\n", 'save "/[$0][$1]"', "-> /[ann][an]"),
    ("  local_parts = *n\n", "if $1 is an then pipe course endif", "-> |course"),
    ("  qualify_domain = q.test\n", "deliver ben", "ben@q.test"),
    ("  qualify_preserve_domain\n", "save /$qualify_recipient", "-> /p.test"),
    ("  allow_fail\n", 'fail text "caf\\351 \\\\n"', "is undeliverable: caf\\351 \\n\n"),
    ("  allow_defer\n", 'defer text "a\\tb"', "at this time: a\tb\n"),
]


QUOTES = ['"\nben', '"\nben\ncara\n', 'cara\n"\n"ben', '"\n/x/y\n', '"', '"\n']


def both_say(path: Path, address: str, *, told: str, peer: bool) -> None:
    said, code = ours(path, ["-f", "root@lab.test", "-bt", address])
    assert told.replace("{DIR}", str(path.parent)) in said
    if peer:
        assert (said, code) == theirs(path, ["-f", "root@lab.test", "-bt", address])


PEERS = [False, pytest.param(True, marks=pytest.mark.peer("exim4"))]


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize(("options", "told"), NUMBERS)
def test_what_a_list_has_matched_lives_on(
    tmp_path: Path, options: str, told: str, peer: bool
) -> None:
    both_say(lay_out(tmp_path, routers(SAYS + options)), "ann", told=told, peer=peer)


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize(("address", "told"), [("ann", "[lab.test][lab]"), ("a%b.test", "[b]")])
def test_so_does_the_domain_of_an_old_way(
    tmp_path: Path, address: str, told: str, peer: bool
) -> None:
    text = routers(SAYS).replace("begin routers\n", PERCENT)
    both_say(lay_out(tmp_path, text), address, told=told, peer=peer)


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize(("item", "told"), ITEMS)
def test_items(tmp_path: Path, item: str, told: str, peer: bool) -> None:
    options = f"  local_parts = ann\n  include_directory = {tmp_path}\n"
    text = f"list:\n  driver = redirect\n  data = {item}\n{options}"
    both_say(lay_out(tmp_path, routers(text)), "ann", told=told, peer=peer)


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize(("options", "filter", "told"), FILTERS)
def test_a_filter_knows_it_too(
    tmp_path: Path, options: str, filter: str, told: str, peer: bool
) -> None:
    open_to_all(tmp_path)
    path = lay_out(tmp_path, routers(FILTER + options), {"forward": ["# Exim filter", filter]})
    both_say(path, "ann@p.test", told=told, peer=peer)


@pytest.mark.parametrize("peer", PEERS)
def test_who_asks_where_an_address_goes_has_no_bounce(tmp_path: Path, peer: bool) -> None:
    open_to_all(tmp_path)
    filter = 'if error_message then deliver yes else deliver "no$sender_address" endif'
    path = lay_out(tmp_path, routers(FILTER), {"forward": ["# Exim filter", filter]})
    said, code = ours(path, ["-f", "<>", "-bt", "ann@p.test"])
    assert said.startswith("no@lab.test is undeliverable")
    if peer:
        assert (said, code) == theirs(path, ["-f", "<>", "-bt", "ann@p.test"])


@pytest.mark.peer("exim4")
@pytest.mark.parametrize("text", QUOTES)
def test_a_quote_alone_begins_what_follows(tmp_path: Path, text: str) -> None:
    open_to_all(tmp_path)
    options = "  local_parts = ann\n  skip_syntax_errors\n"
    path = lay_out(tmp_path, routers(FILTER + options), {"forward": [text]})
    assert ours(path, ["-bt", "ann"]) == theirs(path, ["-bt", "ann"])


@pytest.mark.parametrize("peer", PEERS)
def test_a_bare_name_in_data(tmp_path: Path, peer: bool) -> None:
    text = "list:\n  driver = redirect\n  data = $qualify_recipient@x.test\n"
    path = lay_out(tmp_path, routers(f"{text}  qualify_domain = q.test\n  local_parts = ann\n"))
    both_say(path, "ann", told="q.test@x.test", peer=peer)
