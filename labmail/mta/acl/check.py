"""Reading an ACL: from the top, until a rule decides.

The reader of the rules does not act. When a rule must know whether an address can be routed, the
answer is `Ask`; whoever owns the routers finds out and asks again::

    decide(RCPT, question)                    → Ask
    decide(RCPT, replace(question, verified=…)) → Decision

Law: Exim specification, §44.1; an ACL that reaches its end without an answer means what
``at_the_end`` says. In a real configuration that is *deny*.
"""

from __future__ import annotations

from collections.abc import Sequence

from labmail.smtp import Reply

from .question import Question
from .rules import Rule
from .verdict import Allow, Ask, Decision, Skip

PROHIBITED = Reply(550, "Administrative prohibition", "5.7.1")
"""What a caller hears when the rules end without an answer."""


def decide(
    rules: Sequence[Rule], question: Question, *, at_the_end: Reply | None = PROHIBITED
) -> Decision | Ask:
    """Asks ``rules`` in order; the first that decides ends it.

    ``at_the_end`` is the reply when none does, None for yes.
    """
    passed: list[str] = []
    for rule in rules:
        answer = rule(question)
        if isinstance(answer, Ask):
            return answer
        name = rule_name(rule)
        if isinstance(answer, Skip):
            passed.append(f"{name}: {answer.why}")
            continue
        reply = None if isinstance(answer, Allow) else answer.reply
        return Decision(reply, name, (f"{name}: {answer.why}", *passed))
    return Decision(at_the_end, "", ("the rules ended without an answer", *passed))


def rule_name(rule: Rule) -> str:
    """``our_hosts`` → ``our hosts``: what the trace calls a rule."""
    return getattr(rule, "__name__", str(rule)).replace("_", " ")
