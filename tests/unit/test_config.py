"""What a user may declare, and how what may not be is refused."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.config import (
    HealthConfig,
    HelmConfig,
    HistoryConfig,
    RollbackConfig,
    SourceConfig,
    TimeoutsConfig,
)
from helm_rollback_component.errors import ValidationError
from helm_rollback_component.inputs.property_paths import path_of

LEAST_SOURCE = {"chart": "./web"}
LEAST = {"release_name": "web", "release_namespace": "apps", "source": LEAST_SOURCE}
REMOTE = {"chart": "web", "repository": "https://charts.example", "version": "1.2.3"}
OCI = {"chart": "oci://registry.example/web", "version": "1.2.3"}


def parse(**inputs: Any) -> HelmConfig:
    return HelmConfig.parse({**LEAST, **inputs})


def problems(**inputs: Any) -> dict[str, str]:
    with pytest.raises(ValidationError) as refused:
        parse(**inputs)
    return {problem.path: problem.message for problem in refused.value.problems}


def test_what_is_not_said_has_the_documented_default() -> None:
    config = parse()
    assert config.timeouts == TimeoutsConfig(deploy=300, upgrade=300, rollback=300, delete=300)
    assert config.rollback == RollbackConfig(
        enabled=True,
        strategy="automatic",
        target_revision=None,
        on_rollback="fail",
        retries=0,
        retry_trigger=None,
    )
    assert config.history == HistoryConfig(max_revisions=10, keep_on_delete=False)
    assert config.health == HealthConfig(
        fail_fast=True,
        image_pull_grace=3,
        grace=10,
        crash_loop_restarts=3,
        refused_grace=12,
        unschedulable_grace=60,
        volume_grace=60,
        soak=0,
        test=False,
    )
    assert (config.values, config.value_files, config.helm, config.adopt) == ({}, (), "auto", False)


@pytest.mark.parametrize("given", [None, [LEAST], "web", parse(), HelmConfig])
def test_what_is_no_mapping_is_refused(given: Any) -> None:
    with pytest.raises(ValidationError, match=r"^inputs: is .*; use a dictionary of inputs$"):
        HelmConfig.parse(given)


@pytest.mark.parametrize("key", [None, 1, ("a",)])
def test_a_key_that_is_no_text_is_refused(key: Any) -> None:
    given: Any = {**LEAST, key: 1, "source": {**LEAST_SOURCE, key: 2}}
    with pytest.raises(ValidationError) as refused:
        HelmConfig.parse(given)
    assert {problem.path for problem in refused.value.problems} == {"", "source"}
    assert all("which is not a text; use texts as keys" in each.message for each in refused.value.problems)


def test_both_spellings_are_read() -> None:
    assert (
        HelmConfig.parse({"releaseName": "web", "releaseNamespace": "apps", "source": OCI}).label
        == "apps/web"
    )


def test_numbers_may_be_floats_as_pulumi_sends_them() -> None:
    config = parse(timeouts={"upgrade": 60.0}, operations={"rollback": {"target_revision": 2.0}})
    assert (config.timeouts.upgrade, config.rollback.target_revision) == (60, 2)


def test_a_config_is_never_changed() -> None:
    config = parse()
    with pytest.raises(ValueError, match="frozen"):
        config.helm = "helm3"  # type: ignore[misc]


@pytest.mark.parametrize("secret", [{"kubeconfig": "tok3n"}, {"values": {"a": "tok3n"}}])
def test_a_config_shows_no_secrets(secret: dict[str, Any]) -> None:
    assert "tok3n" not in repr(parse(**secret))
    assert "tok3n" not in repr(parse(source={**OCI, "username": "me", "password": "tok3n"}))


class TestNames:
    @pytest.mark.parametrize("name", ["a", "web-1", "web.v2", "0", "a" * 53])
    def test_a_release_name_that_helm_takes_is_taken(self, name: str) -> None:
        assert parse(release_name=name).release_name == name

    @pytest.mark.parametrize("name", ["", "Web", "web_1", "-web", "web-", "web.", "a..b", "a" * 54, "wéb"])
    def test_any_other_is_refused(self, name: str) -> None:
        assert problems(release_name=name)["release_name"].startswith(f"{name!r} is not a release name: use")

    @pytest.mark.parametrize("name", ["a", "apps-1", "a" * 63])
    def test_a_namespace_that_kubernetes_takes_is_taken(self, name: str) -> None:
        assert parse(release_namespace=name).release_namespace == name

    @pytest.mark.parametrize("name", ["", "Apps", "my.apps", "-a", "a" * 64])
    def test_any_other_namespace_is_refused(self, name: str) -> None:
        assert problems(release_namespace=name)["release_namespace"].startswith(
            f"{name!r} is not a namespace"
        )


class TestSource:
    @pytest.mark.parametrize(("source", "local"), [({"chart": "./web"}, True), (REMOTE, False), (OCI, False)])
    def test_each_kind_is_told_from_the_others(self, source: dict[str, str], *, local: bool) -> None:
        assert SourceConfig.model_validate(source).local is local

    @pytest.mark.parametrize(
        ("source", "path"),
        [
            ({**OCI, "repository": "https://charts.example"}, "source.repository"),
            ({"chart": "./web", "version": "1.2.3"}, "source.version"),
            ({"chart": "oci://registry.example/web"}, "source.version"),
            ({"chart": "web", "repository": "https://charts.example"}, "source.version"),
            ({**OCI, "chart": "oci://ci:s3cret@registry.example/web"}, "source.chart"),
            ({**OCI, "chart": "oci://s3cret@registry.example/web"}, "source.chart"),
            ({**OCI, "chart": "oci://"}, "source.chart"),
            ({**OCI, "chart": "oci://registry.example/"}, "source.chart"),
            ({"chart": "https://charts.example/web-1.2.3.tgz"}, "source.chart"),
            ({"chart": " "}, "source.chart"),
            ({}, "source.chart"),
            ({"chart": "./web", "keyring": "ring.gpg"}, "source.keyring"),
            ({**OCI, "key_file": "key.pem"}, "source.key_file"),
            ({**OCI, "password": "x"}, "source.password"),
            ({"chart": "./web", "plain_http": True}, "source.plain_http"),
        ],
    )
    def test_what_does_not_go_together_is_refused(self, source: dict[str, str], path: str) -> None:
        assert list(problems(source=source)) == [path]

    @pytest.mark.parametrize(
        "repository",
        [
            "ftp://charts.example",
            "s3://bucket/charts",
            "oci://registry.example/charts",
            "file:///charts",
            "charts.example",
            "@alias",
            "http://[bad",
            "https://charts.example:x",
            "http://",
        ],
    )
    def test_a_repository_has_an_http_address(self, repository: str) -> None:
        found = problems(source={"chart": "web", "version": "1.2.3", "repository": repository})
        assert found["source.repository"].startswith("must be the HTTP address of a chart repository")

    @pytest.mark.parametrize(
        "more",
        [
            {"verify": True, "keyring": "ring.gpg"},
            {"cert_file": "both.pem"},
            {"cert_file": "cert.pem", "key_file": "key.pem"},
            {"username": "me"},
            {"username": "me", "password": "x"},
            {"plain_http": True},
        ],
    )
    def test_what_goes_together_is_taken(self, more: dict[str, Any]) -> None:
        assert parse(source={**OCI, **more})
        assert parse(
            source={"chart": "web", "repository": "HTTPS://charts.example:8443/a", "version": "1.0.0", **more}
        )

    def test_a_refused_login_is_not_repeated_and_a_digest_is_none(self) -> None:
        refused = problems(source={**OCI, "chart": "oci://ci:s3cret@registry.example/web"})
        assert "s3cret" not in refused["source.chart"]
        pinned = f"oci://registry.example/web@sha256:{'0' * 64}"
        assert parse(source={**OCI, "chart": pinned}).source.chart == pinned

    @pytest.mark.parametrize(
        "version",
        [
            "1",
            "1.2",
            "latest",
            "^1.2.3",
            "~1.2",
            ">=1.0.0",
            "1.x",
            "1.2.X",
            "*",
            "1.0.0 || 2.0.0",
            "1.0.0, 2.0.0",
            "=1.0.0",
        ],
    )
    def test_a_range_of_versions_is_refused(self, version: str) -> None:
        found = problems(source={**OCI, "version": version})
        assert found == {"source.version": "must be one exact, complete version, such as 1.2.3"}

    @pytest.mark.parametrize("version", ["1.2.3", "v1.2.3", "1.2.3-rc.1+build", "1.2.3-x.1", "1.2.3_build"])
    def test_an_exact_version_is_taken(self, version: str) -> None:
        assert parse(source={**OCI, "version": version}).source.version == version


class TestRollback:
    @pytest.mark.parametrize("strategy", ["automatic", "manual"])
    def test_these_strategies_take_a_target(self, strategy: str) -> None:
        config = parse(operations={"rollback": {"strategy": strategy, "target_revision": 3}})
        assert config.rollback.target_revision == 3

    @pytest.mark.parametrize(
        "rollback",
        [{"strategy": "version-based", "target_revision": 3}, {"enabled": False, "target_revision": 3}],
    )
    def test_a_target_without_a_meaning_is_refused(self, rollback: dict[str, Any]) -> None:
        assert list(problems(operations={"rollback": rollback})) == ["operations.rollback.target_revision"]

    @pytest.mark.parametrize(
        ("given", "floor"), [(3, 3), (4.0, 4), ("5", 5), ("current", "current"), (None, None)]
    )
    def test_a_floor_is_a_revision_or_the_current_one(self, given: object, floor: object) -> None:
        assert parse(operations={"rollback": {"floor": given}}).rollback.floor == floor

    def test_it_may_be_spelled_in_camel_case(self) -> None:
        rollback = parse(operations={"rollback": {"allowDataLoss": True, "floor": 2}}).rollback
        assert (rollback.allow_data_loss, rollback.floor) == (True, 2)

    def test_a_target_below_the_floor_is_refused(self) -> None:
        below = {"target_revision": 3, "floor": 4}
        assert list(problems(operations={"rollback": below})) == ["operations.rollback.target_revision"]

    @pytest.mark.parametrize(
        "more", [{"floor": 3}, {"floor": "current"}, {"floor": 4, "allow_data_loss": True}]
    )
    def test_any_other_is_not(self, more: dict[str, Any]) -> None:
        config = parse(operations={"rollback": {"target_revision": 3, **more}})
        assert config.rollback.target_revision == 3

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("strategy", "forward"),
            ("on_rollback", "ignore"),
            ("target_revision", 0),
            ("retries", -1),
            ("retries", 1.5),
            ("retry_trigger", "x" * 257),
            ("enabled", "perhaps"),
            ("floor", 0),
            ("floor", 1.5),
            ("floor", True),
            ("floor", "last"),
            ("floor", [1]),
            ("allow_data_loss", "perhaps"),
        ],
    )
    def test_a_value_that_is_none_of_the_possible_is_refused(self, key: str, value: object) -> None:
        assert list(problems(operations={"rollback": {key: value}})) == [f"operations.rollback.{key}"]


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("timeouts", "deploy", 0),
        ("timeouts", "delete", -5),
        ("history", "max_revisions", -1),
        ("health", "grace", -0.1),
        ("health", "crash_loop_restarts", 0),
        ("health", "refused_grace", -1),
        ("health", "unschedulable_grace", -1),
        ("health", "volume_grace", -1),
        ("health", "soak", "long"),
    ],
)
def test_a_number_out_of_range_is_refused(section: str, key: str, value: object) -> None:
    assert list(problems(**{section: {key: value}})) == [f"{section}.{key}"]


class TestNamespace:
    def test_it_may_be_deleted_where_it_is_managed(self) -> None:
        assert parse(manage_namespace=True, delete_namespace=True).delete_namespace

    @pytest.mark.parametrize(
        "inputs",
        [
            {"delete_namespace": True},
            {"delete_namespace": True, "manage_namespace": True, "history": {"keep_on_delete": True}},
        ],
        ids=["not managed", "history kept"],
    )
    def test_else_it_is_refused(self, inputs: dict[str, Any]) -> None:
        assert list(problems(**inputs)) == ["delete_namespace"]


def test_everything_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        HelmConfig.parse(
            {
                "releaseName": "Web",
                "release_name": "web",
                "sauce": {},
                "source": {"chart": "./web", "vresion": "1"},
                "labels": {"team": 1},
            }
        )
    assert [problem.path for problem in refused.value.problems] == [
        "release_name",
        "release_name",
        "release_namespace",
        "source.vresion",
        "labels.team",
        "sauce",
    ]


def test_a_key_given_twice_is_refused_though_all_else_is_well() -> None:
    found = problems(releaseName="web")
    assert found == {"releaseName": "given twice, also as release_name; remove one of them"}


def test_what_is_no_finite_number_is_named_once() -> None:
    assert problems(timeouts={"deploy": float("nan")}, health={"grace": float("inf")}) == {
        "timeouts.deploy": "is not a finite number; use one",
        "health.grace": "is not a finite number; use one",
    }


KEY = "is not the key of a label: use at most 63 letters"
VALUE = "is not the value of a label: use at most 63 letters"


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"name": "x"}, "Helm itself sets the label name; use another key"),
        ({"a b": "c"}, f"'a b' {KEY}"),
        ({"Example.com/a": "c"}, f"'Example.com/a' {KEY}"),
        ({"a" * 64: "c"}, f"'{'a' * 64}' {KEY}"),
        ({"team": "a b"}, f"'a b' {VALUE}"),
    ],
)
def test_a_label_that_kubernetes_or_helm_refuses_is_refused_first(
    labels: dict[str, str], expected: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        HelmConfig.parse({**LEAST, "labels": labels})
    (problem,) = refused.value.problems
    assert str(problem).startswith(f"{path_of(['labels', *labels])}: {expected}")


def test_labels_may_have_a_domain_and_no_value() -> None:
    labels = {"team": "", "example.com/Tier_1": "front-end.2"}
    assert HelmConfig.parse({**LEAST, "labels": labels}).labels == labels
