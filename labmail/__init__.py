"""labmail: the lab in which people learn how email works by running it.

    >>> from labmail import Lab
    >>> with Lab("two_companies") as lab:
    ...     letter = lab.user("alice@example.com").send(to="bob@ask.com", subject="Lunch?")
    ...     print(lab.story(letter))                                        # doctest: +SKIP

This is all that a notebook may say. The rooms behind it are in the order in which they build on
one another: world, message, trace, dns, store, trust, smtp, access, mda, mua, mta, lab, exercises,
commands. Each opens with what it is in the world; start wherever you are curious.

Nothing is loaded until it is asked for (PEP 562).
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_FACE = {
    "Lab": "labmail.lab",
    "TownError": "labmail.lab",
    "town_names": "labmail.lab",
    "begin": "labmail.exercises",
    "check": "labmail.exercises",
    "explain": "labmail.lab.explaining.strings",
    "Message": "labmail.message",
    "journey": "labmail.widgets",
    "queue": "labmail.widgets",
    "route": "labmail.widgets",
    "speak": "labmail.widgets",
    "unfold": "labmail.widgets",
    "what_if": "labmail.lab.explaining.whatif",
}

__all__ = [
    "Lab",
    "Message",
    "TownError",
    "__version__",
    "begin",
    "check",
    "explain",
    "journey",
    "queue",
    "route",
    "speak",
    "town_names",
    "unfold",
    "what_if",
]


def _page(story: Any) -> str:
    """A story as a page: only the face knows both those who tell and those who draw."""
    page: str = import_module("labmail.widgets").journey(story).to_html()
    return page


def _channel(lab: Any) -> Any:
    """Opens the control channel of a lab: only the face knows both the lab and the commands."""
    return import_module("labmail.commands.control.channel").open_channel(lab)


def __getattr__(name: str) -> Any:
    if name == "Lab":
        import_module("labmail.trace").Story.page = _page
        import_module("labmail.lab.control").open_with(_channel)
    if name in _FACE:
        return getattr(import_module(_FACE[name]), name)
    raise AttributeError(f"module 'labmail' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext labmail``: brings ``%exim`` and ``%%eximconf``."""
    import_module("labmail.commands.magics").load(shell)
