"""Two hundred questions to lists, and what the real program answered: the same here."""

from __future__ import annotations

from pathlib import Path

import pytest

from .around import RECORDED, Exim, answer, as_line, make_context, put_files

ANSWERS = RECORDED["answers"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lists")
    put_files(folder, RECORDED["files"])
    return folder


@pytest.mark.parametrize(("kind", "subject", "listed", "told"), ANSWERS)
def test_as_exim_answers(folder, kind, subject, listed, told):
    context = make_context(RECORDED["named"])
    mine = answer(context, kind, subject, listed.replace("{D}", str(folder)))
    assert mine.replace(str(folder), "{D}") == told


@pytest.mark.peer("exim4")
def test_the_record_is_true(folder, tmp_path):
    exim = Exim(tmp_path, RECORDED["named"])
    asked = [as_line(kind, subject, listed) for kind, subject, listed, _ in ANSWERS]
    for (*question, recorded), line in zip(ANSWERS, asked, strict=True):
        # A question each: one that fails leaves its $value to the next.
        (now,) = exim.answers([line.replace("\\{D\\}", str(folder))])
        assert now.replace(str(folder), "{D}") == recorded, question


def test_every_kind_is_well_covered():
    for kind in ("domain", "local_part", "address", "ip"):
        answers = [told for asked, _, _, told in ANSWERS if asked == kind]
        assert len(answers) >= 20
        assert {told[0] for told in answers} >= {"y", "n"}
