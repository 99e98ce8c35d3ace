"""What a filter may do: the administrator's answer, given in the options of a redirect router.

    forbid_filter_lookup      no ${lookup…}        forbid_filter_readfile   no ${readfile…}
    forbid_filter_run         no ${run…}           forbid_filter_readsocket no ${readsocket…}
    forbid_filter_existstest  no ${if exists…}     forbid_filter_logwrite   no logs of its own
    allow_fail, allow_defer, allow_freeze          the commands of these names

What may not be expanded is taken out of the context: a filter of a user's has no way round it.
Whether files, programs and answers may be used (`forbid_file`, `forbid_pipe`,
`forbid_filter_reply`) is looked at where the address becomes one, by the router.

Law: Exim specification, §22.5 (options of the redirect router).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from labmail.exim.errors import ExpansionFailed


class Allowed(NamedTuple):
    """What this filter may do. ``testing``: it is tried out (``-bf``), nothing will be done;
    ``asking``: somebody wants to know where an address goes, and nothing is written to a log."""

    commands: frozenset[str] = frozenset()
    system: bool = False
    testing: bool = False
    asking: bool = False
    logwrite: bool = True
    prepend_home: bool = True
    lookup: bool = True
    existstest: bool = True
    readfile: bool = True
    readsocket: bool = True
    run: bool = True
    vacation: bool = True
    """Sieve may answer: somebody has said where its books are kept."""
    sieve: tuple[str, ...] = ()
    """Extensions of Sieve that Exim does not have (`sieve.extending.EXTENSIONS`)."""

    @classmethod
    def by_router(cls, options: Mapping[str, Any] | Any, *, asking: bool = False) -> Allowed:
        """What the options of a redirect router allow: a block of the configuration."""
        forbidden: dict[str, Any] = {
            word: not options[f"forbid_filter_{word}"]
            for word in ("logwrite", "lookup", "existstest", "readfile", "readsocket", "run")
        }
        commands = frozenset(w for w in ("defer", "fail", "freeze") if options[f"allow_{w}"])
        forbidden["prepend_home"] = options["filter_prepend_home"]
        books = options["sieve_vacation_directory"] is not None
        return cls(commands, asking=asking, vacation=books, **forbidden)


PLAIN = Allowed()
"""A user's filter to which the administrator forbids nothing."""

SYSTEM = Allowed(frozenset(("defer", "fail", "freeze")), system=True)
"""The administrator's own filter may do everything."""

TESTED = Allowed(testing=True)
TESTED_SYSTEM = SYSTEM._replace(testing=True)


class _Closed:
    """Stands in a slot of the context for what may not be used: whoever touches it is told why."""

    def __init__(self, complaint: str) -> None:
        self._complaint = complaint

    def __getattr__(self, name: str) -> Any:
        raise ExpansionFailed(self._complaint, help="the router's options forbid it in filters")

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        raise ExpansionFailed(self._complaint, help="the router's options forbid it in filters")


class _Files:
    """Files that are not read; whether they are there may be asked."""

    def __init__(self, files: Any) -> None:
        self._files = files

    def __getattr__(self, name: str) -> Any:
        if name in ("read_bytes", "real"):
            raise ExpansionFailed("file insertions are not permitted")
        return getattr(self._files, name)


def restrict(context: Any, allowed: Allowed) -> None:
    """Takes out of a context what a filter may not use."""
    if not allowed.lookup:
        context.searches = _Closed("lookup expansions are not permitted")
    if not allowed.run:
        context.run = _Closed("running a command is not permitted")
    if not allowed.readsocket:
        context.connect = _Closed("socket insertions are not permitted")
    if not allowed.readfile and context.files is not None:
        context.files = _Files(context.files)
    if not allowed.existstest:
        context.forbidden = context.forbidden | {"existstest"}
