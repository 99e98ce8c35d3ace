"""All routers, all transports or all authenticators have been read: do they go together?

Law: Exim specification, chapters 15, 24, 33.
"""

from __future__ import annotations

from labmail.exim.config import DriverError, Unplaced
from labmail.exim.config.configuration import Block, Configuration
from labmail.exim.options.drivers import driver_class

SELF = ("freeze", "defer", "send", "pass", "fail")
PARTICULAR = (
    *("check_local_user", "local_parts", "condition", "local_part_prefix", "local_part_suffix"),
    *("senders", "require_files"),
)
"""A router with one of these does not treat all local parts of a domain alike."""


def check_section(section: str, configuration: Configuration) -> None:
    """Raises DriverError or Unplaced."""
    CHECKS[section](configuration)


def _routers(configuration: Configuration) -> None:
    names = [router.name for router in configuration.routers]
    for at, router in enumerate(configuration.routers):
        _transport(router)
        if router["self"] not in SELF and not router["self"].startswith("reroute:"):
            raise DriverError(
                f"{router['self']} is not valid for the self option", f"{router.name} router"
            )
        router.derived["retry_use_local_part"] = any(
            router[name] not in (None, False) for name in PARTICULAR
        )
        for option in ("redirect_router", "pass_router"):
            _next(router, option, names, at)


def _transport(router: Block) -> None:
    wanted = driver_class("routers", router.driver).transport_wanted  # type: ignore[attr-defined]
    if wanted is True and router["transport"] is None and not router["verify_only"]:
        raise Unplaced(f"{router.name} router:\n  a transport is required for this router")
    if wanted is False and router["transport"] is not None:
        raise Unplaced(f"{router.name} router:\n  a transport must not be defined for this router")


def _next(router: Block, option: str, names: list[str], at: int) -> None:
    """The router that an option names must be there, and after this one."""
    name = router[option]
    if name is None:
        return
    if name not in names:
        raise Unplaced(f'new_router "{name}" not found for "{router.name}" router')
    if option == "pass_router" and names.index(name) <= at:
        raise Unplaced(f'new_router "{name}" does not follow "{router.name}" router')


def _transports(configuration: Configuration) -> None:
    for transport in configuration.transports:
        local = driver_class("transports", transport.driver).local  # type: ignore[attr-defined]
        if transport["shadow_transport"] is not None and not local:
            raise Unplaced(f"shadow transport not allowed on non-local transport {transport.name}")
        if transport["body_only"] and transport["headers_only"]:
            raise Unplaced(
                f"{transport.name} transport: body_only and headers_only are mutually exclusive"
            )


def _authenticators(configuration: Configuration) -> None:
    """Each has a name on the wire, and no two have the same on the same side."""
    blocks = configuration.authenticators
    for at, one in enumerate(blocks):
        if one["public_name"] is None:
            raise Unplaced(f"no public name specified for the {one.name} authenticator")
        for other in blocks[at + 1 :]:
            if (other["public_name"] or "").lower() == one["public_name"].lower():
                _not_twice(one, other)


def _not_twice(one: Block, other: Block) -> None:
    sides = [
        side
        for side in ("client", "server")
        if all(_works_as(side, block) for block in (one, other))
    ]
    if sides:
        side = "client" if _works_as("client", one) else "server"
        raise Unplaced(
            f"two {side} authenticators ({one.name} and {other.name}) "
            f"have the same public name ({one['public_name']})"
        )


def _works_as(side: str, block: Block) -> bool:
    """Is it a client, a server? It is if the option is set that its driver needs for that."""
    driver = driver_class("authenticators", block.driver)
    needed = getattr(driver, f"{side}_needs")
    return bool(needed) and block[needed] is not None


CHECKS = {
    "routers": _routers,
    "transports": _transports,
    "authenticators": _authenticators,
}
