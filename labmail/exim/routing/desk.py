"""The desk at which routers work: what they may ask, and where they write down their reasons.

    for what      a delivery (or -bt, which pretends one), or verifying a recipient or a sender
    expand        a string of the configuration, with this address in $local_part and $domain
    note          a question, its answer, and the option with file and line that decided it

Law: Exim specification, §3.10, §5.3 (-bt, -bv), chapter 15.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.expansion.evaluator import expand
from labmail.exim.text import EMPTY, Text

from .outcome import Defer, Settled
from .steps import Passed, Step

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block, Configuration
    from labmail.exim.expansion.context import Context

    from .address import Address
    from .finding import Finding
    from .outcome import Outcome

DELIVERY, RECIPIENT, SENDER = "delivery", "recipient", "sender"


ABOUT = (
    *("domain", "local_part", "original_domain", "original_local_part"),
    *("parent_domain", "parent_local_part", "self_hostname", "address_data", "router_name"),
    *(f"local_part_{kind}" for kind in ("prefix", "prefix_v", "suffix", "suffix_v")),
)
"""Variables that tell about the address at hand."""
DATA = ("domain_data", "local_part_data", "sender_data", "home")
"""Those that a transport may ask for, too."""


class Watch(Protocol):
    """Is told what goes on at a desk, before and after others are asked."""

    def asks(self, router: Block, address: Address) -> None:
        """All preconditions hold: this router is asked now."""

    def looks_for_hosts(self, domain: str) -> None:
        """The DNS is asked for the hosts of a domain."""

    async def found_hosts(self, domain: str, found: Finding) -> None:
        """That is what came of it."""


class Desk:
    """Where an address is routed."""

    def __init__(
        self,
        configuration: Configuration,
        context: Context,
        *,
        purpose: str = DELIVERY,
        testing: bool = False,
        log: Callable[[str, str], None] | None = None,
    ) -> None:
        self.configuration = configuration
        self.context = context
        self.purpose = purpose
        self.testing = testing
        """-bt: routers with no_address_test stand aside."""
        self.log = log or (lambda text, where: None)
        if context.searches is not None:
            context.searches.log = lambda text: self.log(text, "MAIN")
        self.aloud = False
        """`debug_print` is heard: it goes to no log."""
        self.watch: Watch | None = None
        """Somebody who wants to know while it happens."""
        self.steps: list[Step] | None = None
        """A list where somebody wants to know why."""
        self.thorough = False
        """Whether it is also to be found out what would make an answer another one. That computes
        strings a second time, so it is nothing for a delivery."""
        self.origins: Mapping[tuple[str, int], str] = {}
        """Where lines of the configuration come from, if it was generated."""
        self.passes: list[Passed] = []
        """The walks that these steps belong to."""
        self.cache: dict[tuple[str, ...], Any] = {}
        """What lists said about the domain and the local part at hand."""
        self.about: Address | None = None
        self._set: tuple[str, ...] = ()
        """Names of the r_ variables that are known at the moment."""
        self.transports = {block.name: block for block in reversed(configuration.transports)}

    @property
    def verifying(self) -> bool:
        return self.purpose != DELIVERY

    def verifier(self) -> Desk:
        """Another desk beside this, at which recipients are verified."""
        return Desk(self.configuration, self.context, purpose=RECIPIENT, log=self.log)

    def note(
        self,
        router: Block,
        question: str,
        answer: str,
        why: str = "",
        option: str = "",
        *,
        about: Any = None,
    ) -> None:
        """Write down a step, if anybody wants to know. ``about`` is what the answer depends on:
        see `turning`."""
        if self.steps is None:
            return
        file, line = router.places.get(option, (router.file, router.line))
        value = router.values.get(option)
        shown = "" if value is None else str(value)
        name = self.about.text.text if self.about else ""
        step = Step(name, router.name, question, answer, why, option, file, line, shown)
        if self.thorough:
            from .why.turning import turn

            would, lists = turn(self, router, option, answer, about)
            origin = self.origins.get((file, line), "")
            step = step._replace(turn=would, lists=lists, origin=origin)
        self.steps.append(step)

    def remark(
        self, router: Block, question: str, answer: str, why: str = "", option: str = ""
    ) -> None:
        """A step for whoever wants to know everything: it decides nothing, and helps to understand
        what comes next."""
        if self.thorough:
            self.note(router, question, answer, why, option)

    def passed(self, address: Address, outcome: Outcome) -> None:
        """A walk has ended."""
        if self.thorough and self.steps is not None:
            told = sum(len(one.steps) for one in self.passes)
            self.passes.append(Passed(address, outcome, tuple(self.steps[told:])))

    async def reasons(self, text: str) -> Any:
        """Why a string comes to what it comes to, if anybody wants to know."""
        if not self.thorough:
            return None
        from labmail.exim.expansion.explaining import explained

        return await explained(text, self.context)

    async def expand(self, text: str) -> Text:
        """A string's value. Raises ExpansionFailed, Deferred."""
        if "$" not in text and "\\" not in text:
            return Text(text)
        return await expand(text, self.context)

    async def expanded(self, text: str, complaint: Callable[[str], str]) -> Text | None:
        """The same; None where the string forces a failure. Any other one settles the matter:
        the address waits, and ``complaint`` makes the words of it from Exim's message."""
        try:
            return await self.expand(text)
        except ExpansionFailed as failed:
            if failed.forced:
                return None
            raise Settled(Defer(complaint(failed.message), failed.help)) from None
        except Deferred as later:
            raise Settled(Defer(complaint(later.message), later.help)) from None

    async def switch(self, router: Block, option: str) -> bool:
        """A switch that may be a text: `more`, `unseen`."""
        value = router[option]
        if not isinstance(value, str):
            return bool(value)
        told = await self.expanded(
            value, lambda said: f'failed to expand "{option}" in {router.name} router: {said}'
        )
        if told is None:
            return bool(router.options[option].default)
        word = told.text.lower()
        if word in ("true", "yes", "false", "no"):
            return word in ("true", "yes")
        refused = f'"{told.text}" is not a valid value for the "{option}" option'
        raise Settled(Defer(f"{refused} in the {router.name} router"))

    def found(self) -> dict[str, Text]:
        """What has been found out about the address at hand, for whoever delivers it."""
        known = self.context.variables
        return {name: known[name] for name in DATA if known.get(name, EMPTY).text}

    def known(self, variable: str) -> None:
        """A router has set an r_ variable: it is forgotten with the address."""
        self._set += (variable,)

    def attend(self, address: Address, router: Block | None) -> None:
        """From here on strings are about this address, at this router."""
        self.about = address
        known, prefix, suffix = self.context.variables, address.prefix, address.suffix
        known["domain"], known["local_part"] = address.domain, address.local_part
        for name, text in (
            ("local_part_prefix", prefix.text),
            ("local_part_prefix_v", prefix.wild),
            ("local_part_suffix", suffix.text),
            ("local_part_suffix_v", suffix.wild),
            ("self_hostname", address.self_hostname),
            ("router_name", router.name if router is not None else ""),
        ):
            known[name] = Text(text) if text else EMPTY
        known["address_data"] = address.address_data or EMPTY
        for name in self._set:
            known.pop(name, None)
        self._set = tuple(address.variables)
        known.update(address.variables)
        self._attend_family(address)

    def dismiss(self) -> None:
        """From here on strings are about no address."""
        self.about = None
        for name in (*ABOUT, *self._set):
            self.context.variables.pop(name, None)
        self._set = ()

    def _attend_family(self, address: Address) -> None:
        known = self.context.variables
        if address.parent is None:
            known["original_domain"] = known["domain"]
            known["original_local_part"] = known["local_part"]
            known["parent_domain"] = known["parent_local_part"] = EMPTY
            return
        first = address.origin
        known["original_domain"], known["original_local_part"] = first.domain, first.local_part
        known["parent_domain"] = address.parent.domain
        known["parent_local_part"] = address.parent.local_part
