"""Which requests the fault proxy counts and spoils."""

import pytest

from tools.faults import rules
from tools.faults.rules import Fault, Request, Rule
from tools.faults.tally import Tally


def _nothing(_: Request) -> bool:
    return False


def test_a_rule_spoils_the_request_of_that_number_and_no_other() -> None:
    tally = Tally(_nothing, [Rule(Fault.RESET, frozenset({2}))])
    assert [tally.admit("GET", "/a").fault for _ in range(3)] == [None, Fault.RESET, None]


def test_a_rule_counts_the_requests_that_it_matches() -> None:
    tally = Tally(_nothing, [rules.parse("503@2:PUT .*/leases/")])
    arrived = [("PUT", "/leases/a"), ("GET", "/leases/a"), ("PUT", "/pods/a"), ("PUT", "/leases/a")]
    assert [tally.admit(*each).fault for each in arrived] == [None, None, None, Fault.UNAVAILABLE]


def test_a_rule_may_name_who_asks() -> None:
    tally = Tally(_nothing, [rules.parse("lost@1: helm-rollback$")])
    assert tally.admit("GET", "/", "Helm/3").fault is None
    assert tally.admit("GET", "/", "helm-rollback").fault is Fault.LOST


def test_the_first_rule_that_spoils_a_request_does() -> None:
    tally = Tally(_nothing, [rules.parse("lost@2"), rules.parse("409@1,2")])
    assert [tally.admit("GET", "/").fault for _ in range(2)] == [Fault.CONFLICT, Fault.LOST]


def test_without_numbers_a_rule_spoils_all() -> None:
    tally = Tally(_nothing, [rules.parse("reset:^DELETE")])
    arrived = [tally.admit(method, "/").fault for method in ("DELETE", "GET", "DELETE")]
    assert arrived == [Fault.RESET, None, Fault.RESET]


def test_watches_are_known_and_pass_without_a_number() -> None:
    tally = Tally(rules.is_watch, [Rule(Fault.RESET)])
    watch = tally.admit("GET", "/api/v1/pods?labelSelector=a&watch=1")
    assert (watch.number, watch.fault) == (0, None)
    assert tally.admit("GET", "/api/v1/pods").number == 1
    assert [request.number for request in tally.requests] == [0, 1]


def test_watches_alone_may_count() -> None:
    tally = Tally(rules.is_no_watch, [Rule(Fault.CUT)])
    targets = ("/api/v1/pods", "/api/v1/pods/web/log?follow=true", "/api/v1/pods?watch=true")
    assert [tally.admit("GET", target).number for target in targets] == [0, 0, 1]


@pytest.mark.parametrize("written", ["teapot", "418", "503@first", "503@0:(", ""])
def test_what_is_no_rule_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        rules.parse(written)


def test_a_request_is_told_on_a_line() -> None:
    tally = Tally(_nothing, [Rule(Fault.LOST)])
    assert str(tally.admit("PUT", "/x", "me")) == "   1  PUT /x me  [lost]"
