"""``labmail towns``: the towns that come with labmail, one a line."""

from __future__ import annotations

import argparse

from labmail.lab import load_town, town_names


def run(options: argparse.Namespace) -> int:
    """Prints name and title of each town."""
    for name in town_names():
        print(f"{name:<16} {load_town(name).title}")
    return 0
