"""What an update will do, looked at before: against a session whose Helm and records are stand-ins."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.records.digests import Digester
from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.records.ledger import Ledger
from helm_rollback_component.core.records.owner import Identity, Owner
from helm_rollback_component.core.remediation.steps import Install, Rollback, Step, Upgrade, Verify
from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.engines.engine import Capability, EngineError
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.kube.api.discovery import ApiKind
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile import foresight, live_objects
from helm_rollback_component.reconcile.foresight import Creation, Foresight
from helm_rollback_component.results import RollbackState, RollbackStatus
from tests.support.control_plane import write_chart
from tests.support.histories import history

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from helm_rollback_component.helm.engines.engine import Deployment
    from helm_rollback_component.kube.claims.claims import Claim
    from helm_rollback_component.reconcile.session import Session

_Object = dict[str, Any]


def config_map(name: str = "web", **data: str) -> _Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


BY_KUBECTL = {
    "manager": "kubectl-edit",
    "fieldsV1": {"f:data": {"f:size": {}}},
}


class StandIn:
    """A session, and all that it leads to.

    Attributes:
        renderings: what Helm renders, one after the other; an error is raised.
        stored: the objects of each revision.
        greeting: an error is raised if the cluster is greeted.
        live: the object that the cluster has; an error is raised.
        namespaces: those that are not simply there, by their paths.
    """

    def __init__(self, *renderings: list[_Object] | Exception) -> None:
        self.renderings = list(renderings)
        self.stored = {1: [config_map(size="0")], 2: [config_map(size="1")]}
        self.greeting: Exception | None = None
        self.live: _Object | Exception | None = None
        self.namespaces: dict[str, _Object | Exception | None] = {}
        self.capabilities = frozenset({Capability.TAKE_OWNERSHIP})
        self.deployments: list[Deployment] = []
        self.installs: list[bool] = []
        self.definition = ""
        self.past = history("superseded", "deployed")
        self.known = Ledger()
        self.digester = Digester(b"k" * 32)
        self.engine = self.records = self.cluster = self.claims = self
        self.defaults: dict[str, Any] = {"size": 0}
        self.target = None
        self.claim: Claim | None = None

    def read(self) -> Claim | None:
        return self.claim

    def greet(self) -> None:
        _unless_error(self.greeting)

    def render(self, _target: object, deployment: Deployment, *, install: bool) -> dict[str, Any]:
        self.deployments.append(deployment)
        self.installs.append(install)
        return {"objects": _unless_error(self.renderings.pop(0)), "chart": {"metadata": {"name": "web"}}}

    def rendered(self, release: dict[str, Any]) -> list[_Object]:
        found: list[_Object] = release["objects"]
        return found

    def objects(self, revision: int) -> list[_Object]:
        return self.stored[revision]

    def default_values(self, _revision: int) -> dict[str, Any]:
        return self.defaults

    def history(self) -> History:
        return self.past

    def ledger(self) -> Ledger:
        return self.known

    def learn_secrets_of_before(self) -> None: ...

    def object_path(self, *_named: str) -> str:
        return "/object"

    def find_kind(self, _api_version: str, kind: str) -> ApiKind:
        if kind == "Thing":
            raise OperationError("there is no such kind", reason=Reason.UNKNOWN_KIND)
        return ApiKind("configmaps", namespaced=True)

    def get(self, path: str) -> _Object | None:
        live = self.namespaces.get(path, {}) if path.startswith("/api/") else self.live
        found: _Object | None = _unless_error(live)
        return found


def _unless_error(found: Any) -> Any:
    if isinstance(found, Exception):
        raise found
    return found


@pytest.fixture
def look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Return the lines that are told where that is the first step of the update."""

    def looking(
        session: StandIn,
        step: Step | None = None,
        template: str = "",
        *secrets: str,
        creation: Creation | None = None,
        **inputs: Any,
    ) -> list[str]:
        chart = write_chart(tmp_path / "web", version="1.1.0", template=template)
        (chart / "crds").mkdir(exist_ok=True)
        (chart / "crds" / "thing.yaml").write_text(f"kind: CustomResourceDefinition\n{session.definition}")
        named = {"release_name": "web", "release_namespace": "apps", "source": {"chart": str(chart)}}
        declared = {**named, **inputs}
        monkeypatch.setattr(foresight, "next_step", lambda _: step or Upgrade())
        stand_in: Session = session  # type: ignore[assignment]  # as far as it is needed
        return [*Foresight(HelmConfig.parse(declared), stand_in, Redactor(secrets), creation).lines()]

    return looking


BAD_TEMPLATE = 'template: web/x.yaml:1:3: executing "web/x.yaml" at <fail>: x'
NOT_OURS = 'ConfigMap "a" in namespace "apps" exists and cannot be imported into the current release: invalid'
BACK = "apps/web: roll back to revision 1 (web 1.0.0): another client changed the release"
HEAD = "apps/web: upgrade 1.0.0 → 1.1.0"
MOVED = [
    "defaults of the chart that moved, and that the values do not set:",
    "    ~ size: 0 → 1",
    "    + fraction: 0.5",
    "    + whole: 2.0",
]


def test_an_upgrade_is_compared_with_what_is_deployed(look: Callable[..., list[str]]) -> None:
    assert look(StandIn([config_map(size="2")])) == [
        f"{HEAD}; against revision 2: 1 changed",
        "~ ConfigMap web",
        '    ~ data.size: "1" → "2"',
        *MOVED,
    ]


def test_where_nothing_changes_the_defaults_do_not_matter(look: Callable[..., list[str]]) -> None:
    assert look(StandIn([config_map(size="1")])) == [f"{HEAD}; against revision 2: no object changes"]


def test_a_rollback_is_compared_without_rendering(look: Callable[..., list[str]]) -> None:
    assert look(StandIn(), Rollback(1, Reason.DRIFTED)) == [
        f"{BACK}; against revision 2: 1 changed",
        "~ ConfigMap web",
        '    ~ data.size: "1" → "0"',
    ]


def test_nothing_is_compared_where_nothing_is_changed(look: Callable[..., list[str]]) -> None:
    assert look(StandIn(), Verify(2)) == [
        "apps/web: no upgrade: revision 2 is as declared, and is judged again"
    ]


def test_a_rollback_by_hand_that_is_replaced_is_told(look: Callable[..., list[str]]) -> None:
    session = StandIn([config_map(size="1")])
    last = RollbackStatus(RollbackState.ROLLED_BACK, "", "OperatorRequest", "", 0, 1, 2)
    session.known = Ledger(rollback_status=last)
    *_, told = look(session)
    assert told == "revision 2, which this update replaces, is a rollback by hand to revision 1"


@pytest.mark.parametrize("past", [history("failed"), History(())])
def test_nothing_is_compared_where_nothing_is_deployed(look: Callable[..., list[str]], past: History) -> None:
    session = StandIn()
    session.past = past
    (line,) = look(session)
    assert "against" not in line


@pytest.mark.parametrize(("last", "more"), [(3, ""), (5, " and 2 more")])
def test_what_each_rendering_makes_anew_is_told_apart(
    look: Callable[..., list[str]], last: int, more: str
) -> None:
    names = [f"p{number}" for number in range(last)]
    old, new, again = (config_map(**{name: f"{word}-{name}" for name in names}) for word in "xyz")
    session = StandIn([new], [again])
    session.stored[2] = [old]
    head, *_, named = look(session, None, "a: {{ randAlphaNum 8 }}")
    assert head == f"{HEAD}; against revision 2: no object changes"
    told = ", ".join(f"data.p{number} of ConfigMap web" for number in range(3))
    assert named == f"made anew by each upgrade: {told}{more}"


def test_a_template_with_chance_that_renders_the_same_is_told_whole(look: Callable[..., list[str]]) -> None:
    session = StandIn([config_map(size="2")], [config_map(size="2")])
    assert '    ~ data.size: "1" → "2"' in look(session, None, "a: {{ randAlphaNum 8 }}")


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (
            EngineError(f"Error: UPGRADE FAILED: {BAD_TEMPLATE}"),
            [f"apps/web: this update will fail: {BAD_TEMPLATE}"],
        ),
        (
            EngineError(f"Error: UPGRADE FAILED: Unable to continue with update: {NOT_OURS}"),
            ["apps/web: this update will fail: "],
        ),
        (
            EngineError("it is broken"),
            [HEAD, "what it changes in the manifests is not known: it is broken"],
        ),
        (
            OperationError("may not", reason=Reason.FORBIDDEN),
            [HEAD, "what it changes in the manifests is not known: may not"],
        ),
    ],
)
def test_what_cannot_be_rendered_is_told_in_a_line(
    look: Callable[..., list[str]], error: Exception, lines: list[str]
) -> None:
    told = look(StandIn(error))
    assert len(told) == len(lines)
    assert all(line.startswith(begin) for line, begin in zip(told, lines, strict=True))


def test_what_others_changed_by_hand_is_told_apart(look: Callable[..., list[str]]) -> None:
    session = StandIn([config_map(size="2")])
    live = config_map(size="7")
    session.live = {**live, "metadata": {"name": "web", "managedFields": [BY_KUBECTL]}}
    assert look(session)[-1] == (
        "kubectl-edit set .data.size of ConfigMap web; the chart sets it too and takes it over"
    )


def test_objects_that_are_not_looked_at_are_counted(
    look: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_objects, "MOST", 0)
    last = look(StandIn([config_map(size="2")]))[-1]
    assert last == "whether others changed 1 more of these objects by hand was not looked at"


INSTALL = "apps/web: install web 1.1.0"
HOOKED = {"name": "hooked", "annotations": {"helm.sh/hook": "pre-install"}}
HOOK = {**config_map(), "metadata": HOOKED}


def absent(*renderings: list[_Object] | Exception) -> StandIn:
    """Return the session of a release that is not there."""
    session = StandIn(*renderings)
    session.past = History(())
    return session


def test_what_an_install_adds_is_named(look: Callable[..., list[str]]) -> None:
    session = absent([config_map(), HOOK])
    assert look(session, Install(), creation=Creation(Identity())) == [
        f"{INSTALL}; adds 1 object, 1 hook",
        "+ ConfigMap web",
        "+ hook ConfigMap hooked",
    ]
    assert session.installs == [True]


MISSING = "; namespace apps does not exist yet: it must be made before this release"
ENDING = "; namespace apps is being deleted: it must be made anew before this release"
GOING = {"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}


@pytest.mark.parametrize(
    ("namespace", "told"),
    [(None, MISSING), (GOING, ENDING), ({}, ""), (OperationError("no", reason=Reason.FORBIDDEN), "")],
    ids=["missing", "ending", "there", "may not be read"],
)
def test_a_namespace_that_is_not_there_is_told(
    look: Callable[..., list[str]], namespace: _Object | Exception | None, told: str
) -> None:
    session = absent([config_map(), {**config_map(), "kind": "Thing"}])
    session.namespaces = {"/api/v1/namespaces/apps": namespace}
    head, *_ = look(session, Install())
    assert head == f"{INSTALL}; adds 2 objects{told}"


def test_so_is_that_of_an_object(look: Callable[..., list[str]]) -> None:
    there = config_map()
    session = absent([{**there, "metadata": {**there["metadata"], "namespace": "other"}}])
    session.namespaces = {"/api/v1/namespaces/other": None}
    head, *_ = look(session, Install())
    assert head.endswith("; namespace other does not exist yet: it must be made before this release")


OF_WEB = {"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "apps"}
KEPT = {**OF_WEB, "helm.sh/resource-policy": "keep"}


@pytest.mark.parametrize(
    ("annotations", "replaced", "end"),
    [
        (OF_WEB, "apps/web", "; adds 1 object"),
        (OF_WEB, "", "delete it, or set take_ownership"),
        (KEPT, "apps/web", "delete it, or set take_ownership"),
    ],
    ids=["deleted", "nothing replaced", "kept"],
)
def test_objects_of_a_release_that_is_deleted_before_are_not_in_the_way(
    look: Callable[..., list[str]], annotations: dict[str, str], replaced: str, end: str
) -> None:
    session = absent([config_map()])
    session.live = {**config_map(), "metadata": {"name": "web", "annotations": annotations}}
    creation = Creation(Identity(), replaced)
    head, *_ = look(session, Install(), creation=creation, release_name="shop")
    assert head.endswith(end)


IN_PLACE = "apps/web: uninstall what is there, and install web 1.1.0"


def test_of_a_release_that_is_deleted_before_nothing_counts(look: Callable[..., list[str]]) -> None:
    session = StandIn([config_map()])
    session.past = None  # type: ignore[assignment]  # nobody reads it
    told = look(session, Install(), creation=Creation(Identity(), "apps/web"))
    assert told == [f"{IN_PLACE}; adds 1 object", "+ ConfigMap web"]


@pytest.mark.parametrize("able", [{Capability.TAKE_OWNERSHIP}, set()])
def test_an_install_is_rendered_in_spite_of_what_is_there(
    look: Callable[..., list[str]], able: set[Capability]
) -> None:
    session = absent([config_map()])
    session.capabilities = frozenset(able)
    session.live = config_map()
    head, line = look(session, Install())
    assert head.startswith(f"{INSTALL}; this update will fail: 1 object of the chart is there already, ")
    assert line == "! ConfigMap web is there already and is not managed by Helm"
    assert [each.options.take_ownership for each in session.deployments] == [bool(able)]


def test_objects_of_an_install_that_are_not_looked_at_are_counted(
    look: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_objects, "MOST", 0)
    told = look(absent([config_map()]), Install())
    assert told[-1] == "whether 1 more of them are there already was not looked at"


def test_an_install_that_cannot_be_rendered_is_told_all_the_same(look: Callable[..., list[str]]) -> None:
    head, reason = look(absent(EngineError("it is broken")), Install())
    assert (head, reason) == (INSTALL, "which objects it adds is not known: it is broken")


DEFINITION = "metadata: {name: things.example}\nspec: {versions: [{name: v1}]}\n"


def test_definitions_in_crds_are_told_of_an_install(look: Callable[..., list[str]]) -> None:
    session = absent([], [])
    session.definition = DEFINITION
    assert look(session, Install()) == [
        f"{INSTALL}; adds no object",
        "+ CustomResourceDefinition things.example (v1), from crds/",
    ]
    assert look(session, Install(), skip_crds=True) == [f"{INSTALL}; adds no object"]


def test_and_of_an_upgrade(look: Callable[..., list[str]]) -> None:
    session = StandIn([config_map(size="1")], [config_map(size="1")])
    session.definition = DEFINITION
    _, told, line, *_ = look(session)
    assert told.startswith("Helm does not upgrade crds/")
    assert line == "    - things.example (v1) is missing in the cluster"
    assert look(session, skip_crds=True) == [f"{HEAD}; against revision 2: no object changes"]


def test_and_where_the_chart_cannot_be_rendered_because_they_are_missing(
    look: Callable[..., list[str]],
) -> None:
    missing = 'no matches for kind "Thing" in version "example/v1"'
    session = StandIn(EngineError(f"Error: UPGRADE FAILED: {missing}"))
    session.definition = DEFINITION
    head, not_known, heading, *_ = look(session)
    assert head == HEAD
    assert not_known.startswith(f"what it changes in the manifests is not known: {missing}")
    assert heading.startswith("Helm does not upgrade crds/")


def test_a_release_that_cannot_be_created_is_told_at_once(look: Callable[..., list[str]]) -> None:
    (line,) = look(StandIn(), creation=Creation(Identity()))
    assert line.startswith("apps/web: this update will fail: ")
    assert "a release of this name exists already" in line


OWN = Owner("acme", "shop", "dev", "urn:web")


@pytest.mark.parametrize(
    ("owner", "told"),
    [
        (OWN, ["if the resource is replaced, the release is uninstalled first, and installed anew"]),
        (None, ["the release is there already: it is taken over, with its history"]),
    ],
)
def test_a_creation_may_be_a_replacement_where_its_release_is_there_already(
    look: Callable[..., list[str]], owner: Owner | None, told: list[str]
) -> None:
    session = StandIn([config_map(size="1")])
    session.claim = cast("Claim", SimpleNamespace(owner=owner))
    found = look(session, creation=Creation(Identity(OWN)), adopt=True)
    assert found == [f"{HEAD}; against revision 2: no object changes", *told]


def test_a_cluster_that_does_not_answer_is_asked_nothing_else(look: Callable[..., list[str]]) -> None:
    session = StandIn()
    session.greeting = OperationError("the API server cannot be reached", reason=Reason.UNREACHABLE)
    with pytest.raises(OperationError, match="cannot be reached"):
        look(session)
    assert session.deployments == []


def test_objects_that_may_not_be_read_are_left_out(look: Callable[..., list[str]]) -> None:
    session = StandIn([config_map(size="2")])
    session.live = OperationError("may not", reason=Reason.FORBIDDEN)
    assert look(session)[-1] == MOVED[-1]


def test_a_default_that_a_secret_holds_is_not_told(look: Callable[..., list[str]]) -> None:
    secret = {**config_map(), "kind": "Secret", "data": {}, "stringData": {"size": "default-password"}}
    session = StandIn([secret])
    session.defaults = {"size": "default-password", "fraction": 0.5, "whole": 2.0}
    assert look(session)[-1] == "    ~ size: changed (secret)"


def test_no_secret_is_told(look: Callable[..., list[str]]) -> None:
    told = look(StandIn([config_map(size="correct-horse")]), None, "", "correct-horse")
    assert "    ~ data.size: changed (secret)" in told


def test_defaults_that_did_not_move_are_not_told(look: Callable[..., list[str]]) -> None:
    session = StandIn([config_map(size="2")])
    session.defaults = {"size": 1, "fraction": 0.5, "whole": 2.0}
    assert look(session)[-1] == '    ~ data.size: "1" → "2"'
