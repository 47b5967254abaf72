"""`helm-rollback explain --stack`: what the next update would do with what the stack declares."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from helm_rollback_component.core.records.ledger import Conclusion
from helm_rollback_component.errors import OperationError
from helm_rollback_component.operations import HelmOperations
from helm_rollback_component.pulumi_adapter.content import content_digest
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Condition, Phase, RollbackState, RollbackStatus
from tests.support.command_line import OWNER, CommandLine
from tests.unit.cli.test_stacks import encrypted
from tests.unit.cli.test_status import GOOD, ROLLED_BACK

PASSWORD = "hunter2-of-the-values"
FORESEEN = [
    "apps/web: upgrade 1.2.3 → 1.3.0; against revision 1: 1 changed",
    "~ Deployment web",
    f"  {PASSWORD}",
]
BY_HAND = {
    "conclusion": Conclusion(phase=Phase.ROLLED_BACK, reason="OperatorRequest", message="by hand"),
    "rollback_status": RollbackStatus(
        state=RollbackState.ROLLED_BACK, reason="OperatorRequest", target_revision=1, restored_revision=3
    ),
    "conditions": (Condition("Ready", "False", "OperatorRequest", "by hand", "2026-01-01T00:00:00Z"),),
}


@dataclass
class Stack:
    """A stack with a release of a local chart."""

    command_line: CommandLine
    folder: Path
    changes: dict[str, Any] = field(default_factory=dict)
    rendered: list[str] = field(default_factory=list)

    @property
    def chart(self) -> Path:
        """The chart's metadata."""
        return self.folder / "chart" / "Chart.yaml"

    def explained(self) -> dict[str, Any]:
        """Return what the command prints."""
        file = self.folder / "state.json"
        file.write_text(json.dumps(self.state()))
        ended = self.command_line.run("explain", "web", "--stack", str(file), "-o", "json")
        assert ended.code == 0, ended.err
        found: dict[str, Any] = json.loads(ended.out)
        return found

    def state(self) -> dict[str, Any]:
        """Return the state of the stack."""
        inputs = {
            "release_name": "web",
            "release_namespace": "apps",
            "source": {"chart": str(self.chart.parent)},
            "values": {"password": PASSWORD},
            "secret_paths": ["values.password"],
            "owner": {"organization": "a", "project": "b", "stack": "c", "urn": OWNER.urn},
        }
        before = self.folder / "before"
        content = content_digest(
            str(before if before.exists() else self.chart.parent), [], "", owner=OWNER.urn
        )
        outputs = {**inputs, "phase": "Deployed", "revision": 1, "message": "", "content": content}
        state: dict[str, Any] = json.loads(self.command_line.state({}))
        resource = state["deployment"]["resources"][-1]
        resource.update(inputs=inputs, outputs={**outputs, **self.changes})
        return state


@pytest.fixture
def stack(command_line: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack whose release is as declared."""
    made = Stack(command_line, tmp_path)
    made.chart.parent.mkdir()
    made.chart.write_text("{apiVersion: v2, name: web, version: 1.3.0}")

    def foresee(self: HelmOperations, tell: Callable[[str], None]) -> None:
        made.rendered.append(self._config.source.chart)
        for line in FORESEEN:
            tell(self.way_out.mask(line))

    monkeypatch.setattr(HelmOperations, "foresee", foresee)
    return made


def deployed(stack: Stack) -> None:
    stack.command_line.store("web", "deployed")
    stack.command_line.claim("web", "g", conclusion=GOOD)


def edited(stack: Stack) -> None:
    """Edit the chart after the state was written."""
    (stack.folder / "before").mkdir()
    (stack.folder / "before" / "Chart.yaml").write_text("{apiVersion: v2, name: web, version: 1.2.3}")


def rolled_back(stack: Stack, ledger: dict[str, Any]) -> None:
    stack.command_line.store("web", "superseded", "superseded", "deployed")
    stack.command_line.claim("web", "gbg", **ledger)


def test_what_has_not_changed_is_not_rendered(stack: Stack) -> None:
    deployed(stack)
    found = stack.explained()
    assert found["same_inputs"] == (
        "nothing: neither the inputs in the state nor the files that they name have changed"
    )
    assert (found["changes"], stack.rendered) == ([], [])


def test_an_edited_chart_is_rendered_as_in_a_preview_without_secrets(stack: Stack) -> None:
    deployed(stack)
    edited(stack)
    found = stack.explained()
    assert found["same_inputs"] == "upgrade 1.2.3 → 1.3.0; against revision 1: 1 changed"
    assert found["changes"] == ["~ Deployment web", "  [secret]"]
    assert stack.rendered == [str(stack.chart.parent)]
    file = stack.folder / "state.json"
    shown = stack.command_line.run("explain", "web", "--stack", str(file)).out
    assert shown.endswith("\n\nWhat the next update changes:\n~ Deployment web\n  [secret]\n")


def test_a_failed_release_is_tried_again(stack: Stack) -> None:
    deployed(stack)
    stack.changes = {"phase": "Failed"}
    assert stack.explained()["same_inputs"].startswith("upgrade 1.2.3 → 1.3.0; ")


@pytest.mark.parametrize(
    ("on_rollback", "end"), [("fail", "fails and says so"), ("warn", "succeeds with a warning")]
)
def test_inputs_that_were_rolled_back_rest(stack: Stack, on_rollback: str, end: str) -> None:
    rolled_back(stack, ROLLED_BACK)
    stack.changes = {
        "phase": "RolledBack",
        "revision": 3,
        "rollback_status": {"reason": "ImagePullBackOff"},
        "operations": {"rollback": {"on_rollback": on_rollback}},
    }
    assert stack.explained()["same_inputs"] == (
        f"nothing is tried, because these inputs were rolled back (ImagePullBackOff); the update {end}"
    )


def test_a_rollback_by_hand_is_seen_after_a_refresh_only(stack: Stack) -> None:
    rolled_back(stack, BY_HAND)
    stack.changes = {"revision": 2}
    assert stack.explained()["same_inputs"] == (
        "nothing, as the state does not know what happened since; after `pulumi refresh`: nothing is tried, "
        "because these inputs were rolled back (OperatorRequest); the update fails and says so"
    )


def test_what_another_client_did_is_corrected_after_a_refresh(stack: Stack) -> None:
    stack.command_line.store("web", "superseded", "deployed")
    stack.command_line.claim("web", "g", conclusion=GOOD)
    found = stack.explained()
    assert found["same_inputs"].endswith(
        "; after `pulumi refresh`: upgrade 1.2.3 → 1.3.0; against revision 1: 1 changed"
    )
    assert found["changes"] == ["~ Deployment web", "  [secret]"]


def test_a_later_revision_that_is_as_declared_changes_nothing_after_a_refresh_either(stack: Stack) -> None:
    stack.command_line.store("web", "superseded", "deployed")
    stack.command_line.claim("web", "gg", conclusion=GOOD)
    told = stack.explained()["same_inputs"]
    assert "; after `pulumi refresh`: nothing: neither the inputs in the state nor the files " in told


def test_what_the_plugin_saves_counts_as_well(stack: Stack) -> None:
    rolled_back(stack, ROLLED_BACK)
    saved = stack.state()["deployment"]["resources"][-1]["outputs"]
    shown = ("release_name", "release_namespace", "phase", "revision")
    stack.changes = {
        "__state": {key: value for key, value in saved.items() if key not in shown},
        "releaseName": "web",
        "releaseNamespace": "apps",
        "phase": "RolledBack",
        "revision": 3,
        "rollbackStatus": {"reason": "ImagePullBackOff"},
    }
    assert "were rolled back (ImagePullBackOff)" in stack.explained()["same_inputs"]


def test_encrypted_inputs_are_named(stack: Stack) -> None:
    deployed(stack)
    stack.changes = {"values": {"password": encrypted()}}
    assert stack.explained()["same_inputs"] == "not known: the state has these inputs encrypted: values"


def test_a_chart_that_is_not_here_is_looked_for_elsewhere(stack: Stack) -> None:
    deployed(stack)
    stack.changes = {"source": {"chart": "./nowhere"}}
    told = stack.explained()["same_inputs"]
    assert told.startswith("not known: source.chart: there is no chart at nowhere")
    assert told.endswith("files are looked for from the folder of the program, so run it there")


def test_a_cluster_that_cannot_be_asked_ends_no_explanation(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OperationError(f"no {PASSWORD}", reason=Reason.RENDER_FAILED)

    monkeypatch.setattr(HelmOperations, "foresee", refused)
    deployed(stack)
    edited(stack)
    found = stack.explained()
    assert found["same_inputs"].startswith("not known: no [secret]")
    assert found["phase"] == "Deployed"
