"""The shortest sentence that still differs: what is left has nothing to do with the difference.

A sentence is cut where it is put together (a group in braces goes, or becomes one letter, or takes
its parent's place), then character by character. Each try asks both engines in bulk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

Differing = Callable[[Sequence[str]], list[bool]]
"""Of several sentences asked at once: which differ?"""

ROUNDS = 40
TRIES = 400


def shortest(text: str, differing: Differing) -> str:
    """The shortest sentence that was found; the sentence itself if no shorter one differs."""
    for _ in range(ROUNDS):
        tries = list(dict.fromkeys(t for t in shorter(text) if len(t) < len(text)))[:TRIES]
        tries.sort(key=len)
        if not tries:
            break
        found = [t for t, differs in zip(tries, differing(tries), strict=True) if differs]
        if not found:
            break
        text = found[0]
    return text


def shorter(text: str) -> Iterator[str]:
    """Sentences that are shorter by a piece: the large pieces first."""
    for start, stop in groups(text):
        inside = text[start + 1 : stop - 1]
        head = start - 1 if start and text[start - 1] == "$" else start
        yield inside
        yield text[head:stop]
        yield text[:head] + inside + text[stop:]
        yield text[:head] + text[stop:]
        yield f"{text[:start]}{{}}{text[stop:]}"
        yield f"{text[:start]}{{a}}{text[stop:]}"
        yield f"{text[:head]}a{text[stop:]}"
    for size in (16, 8, 4, 2, 1):
        for at in range(0, len(text), size):
            yield text[:at] + text[at + size :]


def groups(text: str) -> list[tuple[int, int]]:
    """Where each pair of braces begins and ends, the widest first."""
    found, waiting, at = [], [], 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] == "{":
            waiting.append(at)
        elif text[at] == "}" and waiting:
            found.append((waiting.pop(), at + 1))
        at += 1
    return sorted(found, key=lambda pair: pair[0] - pair[1])


def fewest(parts: Sequence[str], differs: Callable[[Sequence[str]], bool]) -> list[str]:
    """The fewest of some parts that still differ: halves are left out first, then single ones."""
    left = list(parts)
    size = max(1, len(left) // 2)
    while left:
        at = 0
        while at < len(left):
            tried = left[:at] + left[at + size :]
            if differs(tried):
                left = tried
            else:
                at += size
        if size == 1:
            break
        size //= 2
    return left


def fewest_lines(text: str, differs: Callable[[str], bool]) -> str:
    """The fewest lines of a configuration that still differ."""
    return "\n".join(fewest(text.split("\n"), lambda lines: differs("\n".join(lines))))
