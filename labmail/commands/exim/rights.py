"""Rights: who may do what to a mail system at work.

An *administrator* is root, Exim's own user, a member of Exim's group, or of one of `admin_groups`.
The others may hand in mail, and no more, unless the configuration says so::

    queue_list_requires_admin = false     everybody sees all of it (-bp)
    prod_requires_admin = false           everybody may have it delivered now (-q, -M, -R)

A *trusted* caller may say who sends (-f) and where a letter comes from (-oMa …): root, Exim's user,
`trusted_users`, and members of `trusted_groups`. The rest is believed in nothing but that it sends
bounces (``-f <>``).

``commandline_checks_require_admin`` keeps the tests (``-bt``, ``-be`` …) for administrators. Theirs
anyway are ``-d``, macros, and options that were set with ``hide``.

Law: Exim specification, §5.2 (trusted and administrative users), chapter 14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .said import Who

if TYPE_CHECKING:
    from .arguments import Request

DENIED = "exim: permission denied\n"


def is_admin(who: Who, configuration: Any) -> bool:
    """Whether ``who`` is an administrator by this configuration."""
    main = configuration.main
    if who.uid in (0, main["exim_user"]):
        return True
    ours = {main["exim_group"], *(main["admin_groups"] or ())}
    return bool(ours & _groups(who, configuration))


def is_trusted(who: Who, configuration: Any) -> bool:
    """Whether ``who`` is believed."""
    main = configuration.main
    if who.uid in (0, main["exim_user"], *(main["trusted_users"] or ())):
        return True
    trusted = {main["exim_group"], *(main["trusted_groups"] or ())}
    return bool(trusted & _groups(who, configuration))


def may_list(who: Who, configuration: Any) -> bool:
    """Whether she may list the queue."""
    return not configuration.main["queue_list_requires_admin"] or is_admin(who, configuration)


def may_prod(who: Who, configuration: Any) -> bool:
    """Whether she may have letters delivered now."""
    return not configuration.main["prod_requires_admin"] or is_admin(who, configuration)


TESTING = ("expansion", "test", "verify", "verify sender", "filter", "retry", "rewrite")
"""What ``commandline_checks_require_admin`` is about."""
MACROS = ("macro", "macros", "macro_list")


def objection(request: Request, who: Who, configuration: Any) -> str:
    """Why a request that touches no letter is refused; "" where it is not."""
    if is_admin(who, configuration):
        return ""
    if request.debug is not None:
        return "exim: debugging permission denied\n"
    if request.action in TESTING and configuration.main["commandline_checks_require_admin"]:
        return "exim: those command-line flags are set to require admin\n"
    if request.action == "options" and request.words[:1] and request.words[0] in MACROS:
        return DENIED
    return ""


def _groups(who: Who, configuration: Any) -> set[int]:
    numbers = (configuration.people.group(name) for name in who.groups)
    return {who.gid, *(number for number in numbers if number is not None)}
