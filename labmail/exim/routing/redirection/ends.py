"""Where an item of a list ends: at a comma or at the end of a line, but not inside quotes,
comments or angle brackets. A quoted string and a comment end with their line at the latest.

Law: Exim specification, §22.6 (items in redirection lists).

Try: ``item_end('"a,b" <c@d>, e', 0)``.
"""

from __future__ import annotations


def item_end(text: str, at: int) -> int:
    r"""Where the comma or the line end is, or the end of the text.

    >>> item_end('"a,b" <c@d>, e', 0), item_end("a\nb", 0), item_end("<@a,@b:c@d>,e", 0)
    (11, 1, 11)
    """
    route = text.startswith("@", at)
    open_ends = 1 if route else 0
    while at < len(text):
        character = text[at]
        if character == "\n" or (character == "," and open_ends <= 0):
            break
        if character == "\\":
            at += 1
        elif character == '"':
            at = _quoted_end(text, at) - 1
        elif character == "(":
            at = _comment_end(text, at) - 1
        elif character == "<":
            route = text.startswith("@", at + 1)
            open_ends = 2 if route else 1
        elif character == ">" or (route and character == ":"):
            open_ends -= 1
        at += 1
    return min(at, len(text))


def _quoted_end(text: str, at: int) -> int:
    at += 1
    while at < len(text) and text[at] != "\n":
        if text[at] == "\\" and at + 1 < len(text):
            at += 1
        elif text[at] == '"':
            return at + 1
        at += 1
    return at


def _comment_end(text: str, at: int) -> int:
    level, at = 1, at + 1
    while at < len(text) and text[at] != "\n":
        if text[at] == "\\" and at + 1 < len(text):
            at += 1
        elif text[at] == "(":
            level += 1
        elif text[at] == ")":
            level -= 1
            if level <= 0:
                return at + 1
        at += 1
    return at
