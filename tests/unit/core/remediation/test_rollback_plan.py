"""What a rollback does to the objects of a release."""

from __future__ import annotations

from typing import Any

from helm_rollback_component.core.remediation.rollback_plan import Differences, differences


def made(kind: str, name: str, **rest: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **rest}


def test_each_object_is_named_once_and_only_where_it_differs() -> None:
    current = [made("Service", "web"), made("ConfigMap", "web", data={"a": "2"}), made("Job", "new")]
    target = [made("Service", "web"), made("ConfigMap", "web", data={"a": "1"}), made("Secret", "old")]
    found = differences(current, target, "apps")
    assert found == Differences(("Secret old",), ("ConfigMap web",), ("Job new",))


def test_the_namespace_of_the_release_is_the_one_of_an_object_that_names_none() -> None:
    named = {**made("Service", "web"), "metadata": {"name": "web", "namespace": "apps"}}
    assert differences([made("Service", "web")], [named], "apps").added == ()
