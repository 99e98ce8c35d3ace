"""A town that runs, once with our own MTA and once with real Exim: the same stories for both.

Where real Exim cannot run, the lab must say why, and that is what is tested there in place of its
stories.
"""

import functools

import pytest

from labmail.engines import ENGINES, why_not
from labmail.lab import Lab, TownError

FAR = r"Linux|root|CAP_SYS_ADMIN|not installed|outside of"


def start(town="two_companies", engine="exim4", **wishes):
    """A lab; None where this engine cannot run on this machine, after a look at how it says so."""
    if reason := why_not(engine):
        with pytest.raises(TownError, match=FAR) as refusal:
            Lab(town, engine=engine, **wishes)
        assert reason in str(refusal.value)
        return None
    return Lab(town, engine=engine, **wishes)


def story(test):
    """A test of a lab: there is none where its engine cannot run."""

    @functools.wraps(test)
    def told(lab):
        if lab is not None:
            test(lab)

    return told


@pytest.fixture(scope="module", params=ENGINES)
def shared(request):
    """One lab for all stories of a module."""
    running = start(engine=request.param)
    yield running
    if running is not None:
        running.close()


@pytest.fixture
def lab(shared):
    """The shared lab with empty mailboxes and nothing broken."""
    if shared is not None:
        for person in shared.users.values():
            person.fetch()
    yield shared
    if shared is not None:
        shared.faults.mend()
