"""Helm's records, read and written."""

import copy
import gzip
import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_rollback_component.core.records.digests import Digester
from helm_rollback_component.core.records.history import Status
from helm_rollback_component.kube.storage import release_codec
from tests.support.helm_records import RELEASE, release, secret

DIGESTER = Digester(b"k" * 32)


def stored(data: bytes) -> dict[str, Any]:
    return {"data": {"release": b64encode(b64encode(data)).decode()}}


def digest(content: dict[str, Any]) -> str:
    return release_codec.record(content, DIGESTER).digest


@given(st.text(min_size=1, max_size=53), st.integers(1, 10**9))
def test_names_and_revisions_belong_together(name: str, revision: int) -> None:
    assert release_codec.revision_of(release_codec.secret_name(name, revision), name) == revision


@pytest.mark.parametrize(
    "name",
    [
        "sh.helm.release.v1.web",
        "sh.helm.release.v1.web.v",
        "sh.helm.release.v1.web.v1x",
        "sh.helm.release.v1.web.v01",
        "sh.helm.release.v1.web.v²",
        "sh.helm.release.v1.webby.v1",
        "backup.sh.helm.release.v1.web.v1",
        "12",
    ],
)
def test_other_secrets_have_no_revision(name: str) -> None:
    assert release_codec.revision_of(name, "web") is None


def test_what_is_encoded_can_be_decoded() -> None:
    assert release_codec.decode(secret(release(3)), 3) == release(3)


def test_very_old_records_are_not_compressed() -> None:
    assert release_codec.decode(stored(json.dumps(release()).encode()), 1) == release()


WHOLE = gzip.compress(json.dumps(release()).encode())


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"data": None},
        {"data": {"release": "%%%"}},
        {"data": {"release": 1}},
        stored(b"no json"),
        stored(b"[1]"),
        stored(json.dumps({"version": 1}).encode()),
        stored(json.dumps({**release(), "chart": None}).encode()),
        stored(json.dumps(release(2)).encode()),
        stored(WHOLE[:-20]),
        stored(WHOLE[:20] + b"\0" * 20 + WHOLE[40:]),
    ],
)
def test_what_is_no_record_is_undecodable(found: dict[str, Any]) -> None:
    with pytest.raises(release_codec.UndecodableError):
        release_codec.decode(found, 1)


def hostile(text: str) -> dict[str, Any]:
    return stored(gzip.compress(text.encode("utf-8", "surrogatepass")))


def with_config(text: str) -> str:
    return json.dumps(release(config="*")).replace('"*"', text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        with_config("[" * 100_000),
        with_config("9" * 5000),
        with_config("NaN"),
        with_config('"\\ud800"'),
        with_config('"\ud800"'),
        json.dumps({**release(), "version": True}),
        json.dumps({**release(), "version": 1.0}),
        json.dumps({**release(), "version": [1]}),
        json.dumps({**release(), "info": {"status": ["deployed"]}}),
        json.dumps({**release(), "info": []}),
        json.dumps({**release(), "chart": {"metadata": {"name": {"web": 1}}}}),
    ],
    ids=range(12),
)
def test_what_was_made_to_do_harm_is_undecodable(text: str) -> None:
    with pytest.raises(release_codec.UndecodableError):
        release_codec.decode(hostile(text), 1)


@pytest.mark.parametrize(
    "text", [with_config("[1]"), with_config("1e999"), with_config('{"a": 1e999}'), with_config("9" * 4000)]
)
def test_values_that_nobody_can_have_given_are_undecodable(text: str) -> None:
    with pytest.raises(release_codec.UndecodableError):
        release_codec.record(release_codec.decode(hostile(text), 1), DIGESTER)


@pytest.mark.parametrize("key", ["version", "appVersion"])
@pytest.mark.parametrize("value", [1, ["1.0.0"], {"a": "b"}, True])
def test_what_must_be_a_text_and_is_none_is_undecodable(key: str, value: object) -> None:
    found = release()
    found["chart"]["metadata"][key] = value
    with pytest.raises(release_codec.UndecodableError):
        release_codec.record(found, DIGESTER)


def test_the_last_of_several_equal_keys_counts_as_it_does_for_helm() -> None:
    text = with_config('{"a": 1, "a": 2}')
    assert release_codec.values(release_codec.decode(hostile(text), 1)) == {"a": 2}


def test_a_revision_that_helm_cannot_count_to_is_none() -> None:
    assert release_codec.revision_of(f"sh.helm.release.v1.web.v{2**63 - 1}", "web") == 2**63 - 1
    assert release_codec.revision_of(f"sh.helm.release.v1.web.v{2**63}", "web") is None


def test_what_json_cannot_hold_is_not_written() -> None:
    strange = release_codec.decode(hostile(json.dumps(release())[:-1] + ', "other": 1e999}'), 1)
    with pytest.raises(release_codec.UndecodableError):
        release_codec.marked(secret(release()), strange, Status.FAILED, "", now=1)


def test_what_history_tells() -> None:
    found = release_codec.record(release(3, "pending-rollback"), DIGESTER)
    assert (found.revision, found.status) == (3, Status.PENDING_ROLLBACK)
    assert (found.chart_name, found.chart_version, found.app_version) == ("web", "1.2.3", "7")
    assert (found.description, found.deployed_at) == ("Upgrade complete", "2026-01-02T00:00:00Z")
    assert found.values_digest == DIGESTER.of({"none": None, "replicas": 2})


def test_what_history_tells_has_an_end() -> None:
    content = release(info={"status": "failed", "description": "x" * 100_000, "last_deployed": ""})
    assert len(release_codec.record(content, DIGESTER).description) == 65_536
    for key in ("name", "version", "appVersion"):
        long = release()
        long["chart"]["metadata"][key] = "x" * 1001
        with pytest.raises(release_codec.UndecodableError):
            release_codec.record(long, DIGESTER)


def test_an_unknown_status_is_unknown() -> None:
    assert release_codec.record(release(1, "exploded"), DIGESTER).status is Status.UNKNOWN


@pytest.mark.parametrize(
    "changes", [{"hooks": [1]}, {"config": 1, "chart": {"metadata": 1}}, {"config": {1: 2}}]
)
def test_a_record_that_lacks_things_is_undecodable(changes: dict[str, Any]) -> None:
    with pytest.raises(release_codec.UndecodableError):
        release_codec.record({**release(), **changes}, DIGESTER)


def superseded(content: dict[str, Any]) -> None:
    content["info"] |= {"status": "superseded", "description": "Rollback to 1", "last_deployed": "later"}


def as_helm_4_writes_it(content: dict[str, Any]) -> None:
    del content["info"]["deleted"], content["hooks"][0]["last_run"]["started_at"]
    content["apply_method"] = "ssa"
    content["chart"] |= {"schemamodtime": "0001-01-01T00:00:00Z", "modtime": "2026-01-01T00:00:00Z"}
    content["chart"]["templates"][0]["modtime"] = "2026-01-01T00:00:00Z"
    content["chart"]["files"] = None
    content["chart"]["metadata"]["deprecated"] = False


def rolled_back(content: dict[str, Any]) -> None:
    content["version"] = 9


def hooks_ran(content: dict[str, Any]) -> None:
    content["hooks"][0]["last_run"] = {"started_at": "then", "completed_at": "now", "phase": "Succeeded"}


def reordered(content: dict[str, Any]) -> None:
    content["chart"]["templates"].reverse()


@pytest.mark.parametrize("change", [superseded, as_helm_4_writes_it, rolled_back, hooks_ran, reordered])
def test_the_digest_is_the_same_while_the_content_is(change: Callable[[dict[str, Any]], None]) -> None:
    changed = release()
    changed["chart"]["metadata"]["deprecated"] = False
    before = digest(changed)
    change(changed)
    assert digest(changed) == before


CHANGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "manifest": lambda it: it.update(manifest="other"),
    "config": lambda it: it["config"].update(replicas=3),
    "null": lambda it: it["config"].pop("none"),
    "values": lambda it: it["chart"]["values"].update(replicas=3),
    "template": lambda it: it["chart"]["templates"][0].update(data="Yg=="),
    "file": lambda it: it["chart"].update(files=[{"name": "a", "data": "YQ=="}]),
    "schema": lambda it: it["chart"].update(schema="e30="),
    "lock": lambda it: it["chart"].update(lock={"digest": "x"}),
    "version": lambda it: it["chart"]["metadata"].update(version="1.2.4"),
    "hook": lambda it: it["hooks"][0].update(manifest="kind: Job"),
    "no hooks": lambda it: it.update(hooks=None),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_digest_changes_with_the_content(change: Callable[[dict[str, Any]], None]) -> None:
    changed = release()
    change(changed)
    assert digest(changed) != digest(release())


def test_values_are_as_helm_reads_them() -> None:
    assert release_codec.values(release(config={"big": 2**53 + 1})) == {"big": float(2**53)}
    assert release_codec.values(release(config=None)) == {}


def test_the_manifest_comes_first_then_those_of_the_hooks() -> None:
    assert release_codec.texts(release(manifest="kind: A")) == ("kind: A", "kind: Pod")
    assert release_codec.texts(release(manifest=None, hooks=[{}])) == ("", "")
    assert release_codec.texts(release(manifest="kind: A", hooks=None)) == ("kind: A",)


@pytest.mark.parametrize("broken", [{"manifest": 1}, {"hooks": ["hunter2"]}, {"hooks": [{"manifest": 1}]}])
def test_what_is_no_text_is_refused_without_repeating_it(broken: dict[str, Any]) -> None:
    with pytest.raises(release_codec.UndecodableError) as caught:
        release_codec.texts(release(**broken))
    assert "hunter2" not in str(caught.value)


def test_a_mark_changes_label_and_record_and_nothing_else() -> None:
    before = secret(release(2, "pending-upgrade"), extra="label")
    before["metadata"] |= {"resourceVersion": "7", "annotations": {"a": "b"}}
    pending = release(2, "pending-upgrade")
    after = release_codec.marked(before, pending, Status.FAILED, "it died", now=1_700_000_000)
    assert after["metadata"] == {
        **before["metadata"],
        "labels": {**before["metadata"]["labels"], "status": "failed", "modifiedAt": "1700000000"},
    }
    expected = copy.deepcopy(RELEASE)
    expected["version"] = 2
    expected["info"] |= {"status": "failed", "description": "it died"}
    assert release_codec.decode(after, 2) == expected
    assert after["type"] == before["type"]


def test_a_mark_without_a_sentence_keeps_the_one_that_is_there() -> None:
    before = secret(release(2, "deployed"))
    after = release_codec.marked(before, release(2, "deployed"), Status.SUPERSEDED, "", now=1)
    assert release_codec.decode(after, 2)["info"] == {**RELEASE["info"], "status": "superseded"}


@pytest.mark.parametrize(
    ("annotations", "marked"),
    [
        ({"helm-rollback/point-of-no-return": "true"}, True),
        ({"helm-rollback/point-of-no-return": "false"}, False),
        ({}, False),
        (None, False),
        (["helm-rollback/point-of-no-return"], False),
    ],
)
def test_the_annotation_of_the_chart_marks_the_revision(annotations: object, *, marked: bool) -> None:
    found = release()
    found["chart"]["metadata"]["annotations"] = annotations
    assert release_codec.record(found, DIGESTER).point_of_no_return is marked


@pytest.mark.parametrize(
    ("status", "phase", "events", "hook"),
    [
        ("pending-rollback", "Running", ["pre-rollback"], "pre-rollback"),
        ("pending-rollback", "Running", ["post-upgrade", "post-rollback"], "post-rollback"),
        ("pending-rollback", "Running", ["pre-rollback", "post-rollback"], "rollback"),
        ("pending-rollback", "Running", None, ""),
        ("pending-rollback", "Succeeded", ["pre-rollback"], ""),
        ("pending-upgrade", "Running", ["pre-rollback"], ""),
    ],
)
def test_a_pending_rollback_tells_which_hook_it_has_begun(
    status: str, phase: str, events: list[str] | None, hook: str
) -> None:
    found = release(2, status)
    found["hooks"] = [{}, {"events": events, "last_run": {"phase": phase}}]
    assert release_codec.record(found, DIGESTER).hook_under_way == hook


@pytest.mark.parametrize(
    ("managers", "expected"),
    [([], False), (["Helm"], False), (["pulumi-kubernetes"], True), (["Helm", "pulumi-kubernetes"], True)],
)
def test_who_wrote_a_record_is_told(managers: list[str], expected: bool) -> None:  # noqa: FBT001  # a parameter
    written = secret(release())
    written["metadata"]["managedFields"] = [{"manager": each, "operation": "Update"} for each in managers]
    assert release_codec.is_of_kubernetes_provider(written) is expected


@pytest.mark.parametrize("entries", [None, "Helm", [None], [{"manager": ["pulumi-kubernetes"]}]])
def test_foreign_data_tells_nothing_of_it(entries: object) -> None:
    written = secret(release())
    written["metadata"]["managedFields"] = entries
    assert not release_codec.is_of_kubernetes_provider(written)
