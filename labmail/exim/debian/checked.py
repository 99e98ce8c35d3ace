"""A configuration is read before it is installed: one with a mistake takes nobody's place.

Law: update-exim4.conf(8).

Try: ``complaint(source, answers.but(dc_eximconfig_configtype="internet"))``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labmail.exim.debian.answers import Answers
    from labmail.exim.debian.generate import Source

NAME = "update-exim4.conf"


def complaint(source: Source, answers: Answers) -> str:
    """What is wrong with the configuration, with file and line; empty if nothing is."""
    from labmail.exim.debian.effects import configuration
    from labmail.exim.errors import ConfigError

    try:
        configuration(source, answers)
    except ConfigError as wrong:
        return str(wrong)
    return ""


def refused(output: str, complaint: str) -> str:
    """The sentence for it."""
    return f"{NAME}: not installing to {output}: {complaint}"
