"""From lines of a file to lines of a configuration."""

from __future__ import annotations

import pytest

from tests.exim.config.reading import banner, message, read_text, refused

B = "smtp_banner = "


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"{B}a\\\n b", "ab"),
        (f"{B}a \\\n b", "a b"),
        (f"{B}a\\  \n b", "ab"),
        (f"{B}a\\\n\\\n b", "ab"),
        (f"{B}a\\\n#x\\\nb", "ab"),
        (f"{B}a \\\n\n", "a"),
        (f"{B}a\\", "a"),
        (f"{B}a\\\\\nb", "a\\b"),
        (f"{B}a\\\n.ifdef X\nb\n.endif\nc", "ac"),
        (f"\\\n{B}a", "a"),
        (f"  \\\n   {B}a", "a"),
        (f"#x\\\n{B}a", "a"),
        ("smtp_\\\nbanner = a", "a"),
        (f"{B}a\r\n\r\n", "a"),
        (f"\x0c{B}a", "a"),
        (f"{B}a\0b", "a"),
        (f"\0\n{B}a", "a"),
        (f"{B}a\\\0\nb", "ab"),
    ],
)
def test_continued(text: str, value: str) -> None:
    assert banner(text) == value


def test_a_blank_line_ends_a_continued_one() -> None:
    assert message(f"{B}a\\\n\nb") == 'main option "b" unknown'


@pytest.mark.parametrize("text", ["  \\", "\r\\", "  \\\n"])
def test_nothing_but_a_backslash_at_the_end(text: str) -> None:
    assert message(text) == "option setting expected: "


def test_only_ascii_blanks_are_blanks() -> None:
    assert message(f"\xa0{B}a") == f"option setting expected: \xa0{B}a"


@pytest.mark.parametrize(
    "line", [".include two", '.include "/two"', ".include\t./two ", ".include_if_exists /two"]
)
def test_included(line: str) -> None:
    assert banner(line, two=f"{B}included") == "included"


@pytest.mark.parametrize("line", [".include /etc", ".include", ".include_if_exists /nosuch"])
def test_nothing_to_include(line: str) -> None:
    assert banner(f"{line}\n{B}a") == "a"


def test_an_included_file_can_end_within_a_line() -> None:
    assert banner(".include two\n  b", two=f"{B}a\\") == "ab"


def test_an_included_file_can_open_a_condition_and_a_section() -> None:
    assert read_text(".include two\n.endif\nx:\n accept\n", two=".ifndef Z\nbegin acl").acls


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (".include none", "failed to open included configuration file /none"),
        (".include two # x", "failed to open included configuration file /two # x"),
        (".include_if_exists two", '.include specifies a non-absolute path "two"'),
        (".includes two", "option setting expected: .includes two"),
    ],
)
def test_not_included(line: str, error: str) -> None:
    assert message(line, two="") == error


def test_errors_are_at_their_line_of_their_file() -> None:
    error = refused("\n.include one\n", one="#\n.include two\nbad\n", two="\\\n\n# c\n")
    assert (error.file, error.line) == ("/one", 3)
    error = refused("\n.include one\nbad", one="# c\n")
    assert (error.file, error.line) == ("/exim.conf", 3)
    error = refused(f"{B}a\\\nb\\\nc\nqueue_only = \\\n maybe\n")
    assert error.line == 5
    assert str(error).startswith("Exim configuration error in line 5 of /exim.conf:\n  ")


def test_a_file_that_includes_itself_is_refused() -> None:
    assert message(".include two", two=".include two") == (
        "failed to open included configuration file /two"
    )


def test_files_that_include_others_twice_are_refused() -> None:
    files = {f"f{n}": f".include f{n + 1}\n" * 2 for n in range(30)}
    assert "failed to open" in message(".include f0", **files)


def test_very_long_lines_are_refused() -> None:
    assert "longer than" in message("# " + "x" * (1 << 24))
    assert "longer than" in message(B + ("x" * 1000 + "\\\n") * 17000)


def test_a_line_is_as_long_as_it_likes_below_that() -> None:
    assert len(banner(B + "x" * 1_000_000) or "") == 1_000_000


def test_lines_are_kept_as_they_are_printed() -> None:
    lines = read_text(f"A = 1\n.include two\n# c\n {B}A\n", two="queue_only\n").lines
    assert lines == [
        '# 1 "/exim.conf"',
        "A = 1",
        '# 2 "/exim.conf"',
        '# 1 "/two"',
        "queue_only",
        '# 2 "/exim.conf"',
        "smtp_banner = 1",
    ]
