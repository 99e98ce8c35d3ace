"""What can be set in a configuration, and how it is printed.

    main             the main options, a file for each theme
    routers          how an address finds its way, a file for each driver
    transports       how a letter leaves
    authenticators   how one proves who one is
    acl              the words of access control lists
    rewrite, retry   rules
    log_selectors    what is logged
    predefined       the macros that Exim defines itself
    agreement        do the settings go together?
    vocabulary       all this, as the reader of a configuration asks for it
    printing         -bP

Law: Exim specification, chapters 5, 6, 14 to 44.

Try: ``read(path, files=RealFiles(), vocabulary=VOCABULARY)``.
"""

from __future__ import annotations

from typing import Any

__all__ = ["VOCABULARY", "print_options"]

HOMES = {"VOCABULARY": "vocabulary", "print_options": "printing"}


def __getattr__(name: str) -> Any:
    """Loaded when it is asked for: whoever expands a string prints no options."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
