"""Versions of Helm that are warned of."""

from __future__ import annotations

import re

import pytest

from helm_rollback_component.helm.engines.known_faults import known_faults


@pytest.mark.parametrize(
    ("version", "issues"),
    [
        ((3, 22, 0), []),
        ((4, 0, 0), [31516, 31610, 31729, 31768, 32244]),
        ((4, 0, 1), [31610, 31729, 31768, 32244]),
        ((4, 0, 5), [31729, 31768]),
        ((4, 1, 0), [31729, 31768, 32244]),
        ((4, 1, 4), [32244]),
        ((4, 2, 0), []),
        ((4, 2, 1), [32214]),
        ((4, 2, 3), []),
        ((4, 3, 1), []),
        (None, []),
    ],
)
def test_each_fault_is_told_with_its_report(version: tuple[int, int, int] | None, issues: list[int]) -> None:
    found = [int(re.findall(r"helm/helm/issues/(\d+)\)", line)[0]) for line in known_faults(version)]
    assert found == issues


def test_the_version_is_named() -> None:
    (line,) = known_faults((4, 1, 4))
    assert line == (
        "Helm 4.1.4 cannot roll back where an object is there that the newest revision does not have "
        "(https://github.com/helm/helm/issues/32244); use a newer version"
    )
