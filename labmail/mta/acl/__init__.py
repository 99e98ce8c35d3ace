"""ACL: may this caller hand over this letter? Asked after ``MAIL FROM`` and each ``RCPT TO``.

Rules are plain functions from a `Question` to an `Answer`; `decide` reads a list of them from the
top. Nothing here acts: the MTA's reception asks, logs, tells the trace and replies.
"""

# The order is that in which to read them.
# isort: off
from .question import NOT_LISTED, Caller, Listed, Policy, Question, Service, Verified
from .verdict import Allow, Answer, Ask, Decision, Delay, Deny, Skip
from .rules import MAIL, RCPT, Rule
from .check import PROHIBITED, decide

__all__ = [
    "MAIL",
    "NOT_LISTED",
    "PROHIBITED",
    "RCPT",
    "Allow",
    "Answer",
    "Ask",
    "Caller",
    "Decision",
    "Delay",
    "Deny",
    "Listed",
    "Policy",
    "Question",
    "Rule",
    "Service",
    "Skip",
    "Verified",
    "decide",
]
