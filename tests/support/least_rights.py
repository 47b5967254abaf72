"""Users who have certain rights and no others, and what is asked for them, written down."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from helm_rollback_component.kube.api import kubeconfig
from helm_rollback_component.kube.api.client import Cluster
from helm_rollback_component.kube.api.transport import Transport
from tests.support.waiting import await_that
from tools.permissions.rights import Right

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helm_rollback_component.core.cancellation import Cancellation
    from tests.support.control_plane import Place, Rules

RECORD = "RECORD_RIGHTS"
"""The variable that names the file to which every right that was needed is added, one a line."""

_ROLES = Path(__file__).parents[2] / "docs" / "permissions"
_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
_MARK = {"apiGroups": ["example.com"], "resources": ["marks"], "verbs": ["get"]}


def rules_of(*roles: str) -> Rules:
    """Return the rules of these Roles of docs/permissions."""
    found: Rules = []
    for role in roles:
        found += yaml.safe_load((_ROLES / f"{role}.yaml").read_text())["rules"]
    return found


def granted(rules: Rules, *, namespaced: bool = True) -> set[Right]:
    """Return the rights that rules grant, in a namespace or in the whole cluster."""
    return {
        Right(group, resource, verb, namespaced)
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


class Recorder(Transport):
    """The way to an API server that keeps a record of the rights that are needed."""

    def __init__(self, content: str) -> None:
        super().__init__(kubeconfig.select(content, None))
        self.rights: set[Right] = set()

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        **what: Any,
    ) -> tuple[int, bytes]:
        self._record(Right.of(method, path, query or {}))
        return super().send(method, path, query=query, **what)

    def ask_once(self, path: str, query: Mapping[str, str]) -> tuple[int, bytes]:
        self._record(Right.of("GET", path, query))
        return super().ask_once(path, query)

    @contextmanager
    def stream(
        self, path: str, query: Mapping[str, str], *, silence: float, stop: Cancellation
    ) -> Iterator[Iterator[bytes]]:
        self._record(Right.of("GET", path, query))
        with super().stream(path, query, silence=silence, stop=stop) as lines:
            yield lines

    def _record(self, right: Right | None) -> None:
        if right is not None:
            self.rights.add(right)


@contextmanager
def user(place: Place, rules: Rules, everywhere: Rules = ()) -> Iterator[tuple[str, Recorder]]:
    """Give the kubeconfig of a new user with these rights, and what the product asks as that user.

    Args:
        place: where the user has the rights.
        rules: the rights there.
        everywhere: those in the whole cluster.
    """
    name = place.user([*rules, _MARK])
    with place.allowed_everywhere(name, everywhere):
        content = place.with_token(place.token(name))
        cluster = Cluster.connect(content)
        recorder = Recorder(content)
        made = Cluster(cluster._selected, recorder)  # noqa: SLF001  # the product's own has another way
        vars(cluster).update(vars(made))
        await_that(lambda: _allowed(cluster, place.namespace), "the API server to know the user's rights")
        yield content, recorder
        _write(recorder.rights)


def _allowed(cluster: Cluster, namespace: str) -> bool:
    asked = {"namespace": namespace, "group": "example.com", "resource": "marks", "verb": "get"}
    answer = cluster.create(_REVIEWS, {"spec": {"resourceAttributes": asked}})
    return bool(answer["status"]["allowed"])


def _write(rights: set[Right]) -> None:
    if name := os.environ.get(RECORD):
        with Path(name).open("a") as record:
            record.writelines(f"{json.dumps(vars(right))}\n" for right in sorted(rights))
