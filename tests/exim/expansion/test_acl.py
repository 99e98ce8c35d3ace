"""The little of ACLs that a string can ask for, as exim4 answered the same ACL."""

from __future__ import annotations

import pytest

from .around import acl, answer, context

ACLS = {
    "simple": acl("accept message = hello $acl_arg1/$acl_narg"),
    "many": acl(
        """
        warn set acl_m_x = 1$acl_arg1
        message = w
        deny condition = ${if eq{$acl_arg1}{d}}
        message = denied
        log_message = lm
        require condition = ${if !eq{$acl_arg1}{r}}
        message = req
        drop condition = ${if eq{$acl_arg1}{dr}}
        defer condition = ${if eq{$acl_arg1}{de}}
        discard condition = ${if eq{$acl_arg1}{di}}
        accept condition = ${if eq{$acl_arg1}{c}}
        acl = simple x y
        accept condition = ${if eq{$acl_arg1}{f}}
        condition = fail
        accept condition = ${if eq{$acl_arg1}{num}}
        condition = 5
        message = num
        accept condition = ${if eq{$acl_arg1}{zero}}
        condition = 0
        accept condition = ${if eq{$acl_arg1}{ff}}
        condition = ${if eq{a}{b}{x}fail}
        accept condition = ${if eq{$acl_arg1}{err}}
        condition = $nosuch
        accept condition = ${if eq{$acl_arg1}{msgerr}}
        message = $nosuch
        accept condition = ${if eq{$acl_arg1}{neg}}
        !condition = no
        message = neg
        accept condition = ${if eq{$acl_arg1}{domains}}
        domains = *
        deny condition = ${if eq{$acl_arg1}{late}}
        message = two
        condition = yes
        """
    ),
    "empty": acl(""),
}


@pytest.mark.parametrize(
    "line, told",
    [
        ("${acl{simple}{q}}", "hello q/1"),
        ("${acl{simple}}", "hello /0"),
        ("${acl{ simple}{x}} $acl_narg", "hello x/1 0"),
        ("${acl{empty}}", ""),
        ("${if acl{{empty}}{y}{n$value}}", "n"),
        ("${if acl{{simple}{z}}{y$value}{n$value}}", "yhello z/1"),
        ("${acl{}}", ""),
        ("${acl{accept}}", ""),
        ("${acl{deny message = x}}", "x"),
        ("${acl{nosuch}}", 'Failed: ERROR from acl "nosuch"'),
        ("${acl{many}{x}}", ""),
        ("${if acl{{many}{d}}{Y$value}{N$value}}", "Ndenied"),
        ("${if acl{{many}{r}}{Y$value}{N$value}}", "N"),
        ("${acl{many}{dr}}", 'Failed: FAIL_DROP from acl "many"'),
        ("${acl{many}{de}}", 'Failed: DEFER from acl "many"'),
        ("${acl{many}{di}}", 'Failed: DISCARD from acl "many"'),
        ("${if acl{{many}{c}}{Y$value}{N$value}}", "Y"),
        ("${acl{many}{f}}", 'Failed: DEFER from acl "many"'),
        ("${if acl{{many}{num}}{Y$value}{N$value}}", "Ynum"),
        ("${if acl{{many}{zero}}{Y$value}{N$value}}", "N"),
        ("${if acl{{many}{ff}}{Y$value}{N$value}}", "Y"),
        ("${acl{many}{err}}", 'Failed: ERROR from acl "many"'),
        ("${if acl{{many}{msgerr}}{Y$value}{N$value}}", "Y"),
        ("${if acl{{many}{neg}}{Y$value}{N$value}}", "Yneg"),
        ("${acl{many}{domains}}", 'Failed: ERROR from acl "many"'),
        ("${if acl{{many}{late}}{Y$value}{N$value}}", "Ntwo"),
    ],
)
def test_as_exim_answers(line, told):
    assert answer(line, context(acls=ACLS)) == told
