"""The command lines, word for word."""

from pathlib import Path

import pytest

from helm_rollback_component.config import SourceConfig
from helm_rollback_component.helm.engines import arguments
from helm_rollback_component.helm.engines.arguments import DIALECTS, CommandLine
from helm_rollback_component.helm.engines.engine import Capability, Deployment, Options, Target

_CLUSTER = ["--namespace=apps", "--kubeconfig=/proc/self/fd/3"]
_WAIT = {3: "--wait", 4: "--wait=watcher"}
_FORCE = {3: ["--force"], 4: ["--force-replace", "--server-side=false"]}


@pytest.fixture(params=DIALECTS)
def major(request: pytest.FixtureRequest) -> int:
    chosen: int = request.param
    return chosen


@pytest.fixture
def line(major: int) -> CommandLine:
    return CommandLine(DIALECTS[major], Target("web", "apps", "kubeconfig"), "/proc/self/fd/3")


def _deployment(options: Options | None = None) -> Deployment:
    return Deployment(Path("/charts/web"), {"password": "s3cret"}, 300, options or Options())


def test_an_install(line: CommandLine, major: int) -> None:
    assert line.install(_deployment()) == [
        *("install", "web", "/charts/web", *_CLUSTER),
        *("--values=-", _WAIT[major], "--timeout=300s"),
    ]


def test_an_upgrade_resets_values_and_prunes_nothing(line: CommandLine, major: int) -> None:
    assert line.upgrade(_deployment()) == [
        *("upgrade", "web", "/charts/web", *_CLUSTER),
        *("--values=-", _WAIT[major], "--timeout=300s", "--reset-values", "--history-max=0"),
    ]


def test_a_rendering_is_an_upgrade_that_is_not_carried_out(line: CommandLine) -> None:
    rendering = line.render(_deployment(), install=False)
    assert rendering == [*line.upgrade(_deployment()), "--dry-run=server", "--output=json"]


def test_that_of_a_release_that_is_not_there_is_an_install(line: CommandLine) -> None:
    rendering = line.render(_deployment(), install=True)
    assert rendering == [*line.install(_deployment()), "--dry-run=server", "--output=json"]


def test_a_rollback_does_not_wait_for_readiness(line: CommandLine) -> None:
    assert line.rollback(2, 60, disable_hooks=False) == [
        *("rollback", "web", "2", *_CLUSTER, "--timeout=60s", "--history-max=0")
    ]
    assert line.rollback(2, 60, disable_hooks=True)[-1] == "--no-hooks"


def test_a_rollback_may_force_conflicts(line: CommandLine) -> None:
    assert line.rollback(2, 60, force_conflicts=True) == [*line.rollback(2, 60), "--force-conflicts"]


@pytest.mark.parametrize(
    ("major", "strategy", "spelled"),
    [(3, "legacy", "--wait"), (4, "watcher", "--wait=watcher"), (4, "legacy", "--wait=legacy")],
)
def test_the_way_to_wait_is_spelled(major: int, strategy: str, spelled: str) -> None:
    line = CommandLine(DIALECTS[major], Target("web", "apps", "kubeconfig"), "/kube")
    assert spelled in line.upgrade(_deployment(Options(wait_strategy=strategy)))
    assert spelled in line.uninstall(60, wait_strategy=strategy)


def test_an_uninstall(line: CommandLine, major: int) -> None:
    assert line.uninstall(60, keep_history=False, disable_hooks=False) == [
        *("uninstall", "web", *_CLUSTER, _WAIT[major], "--timeout=60s")
    ]
    assert line.uninstall(60, keep_history=True, disable_hooks=True)[-2:] == ["--keep-history", "--no-hooks"]


def test_a_test(line: CommandLine) -> None:
    assert line.test(60) == ["test", "web", *_CLUSTER, "--timeout=60s"]


def test_a_context_is_named() -> None:
    line = CommandLine(DIALECTS[4], Target("web", "apps", "kubeconfig", "staging"), "/kube")

    assert "--kube-context=staging" in line.test(60)


def test_no_value_is_ever_an_argument(line: CommandLine) -> None:
    assert not [word for word in line.upgrade(_deployment()) if "s3cret" in word]


@pytest.mark.parametrize(
    ("options", "spelled"),
    [
        (Options(description="why, and = how"), ["--description=why, and = how"]),
        (Options(disable_hooks=True), ["--no-hooks"]),
        (Options(labels={"tier": "web", "team": "blue"}), ["--labels=team=blue", "--labels=tier=web"]),
        (
            Options(post_renderer=("kustomize", "--flag", "x")),
            ["--post-renderer=kustomize", "--post-renderer-args=--flag", "--post-renderer-args=x"],
        ),
        (Options(skip_crds=True), ["--skip-crds"]),
        (Options(take_ownership=True), ["--take-ownership"]),
        (Options(wait_for_jobs=True), ["--wait-for-jobs"]),
        (Options(force_conflicts=True), ["--force-conflicts"]),
    ],
)
def test_options(line: CommandLine, options: Options, spelled: list[str]) -> None:
    assert line.install(_deployment(options)) == [*line.install(_deployment()), *spelled]


@pytest.mark.parametrize(
    ("major", "server", "asked", "spelled"),
    [
        (3, False, False, False),
        (3, False, True, True),
        (3, True, False, False),
        (4, False, False, False),
        (4, True, False, True),
        (4, True, True, True),
    ],
)
def test_the_schema_is_left_out_where_that_is_asked_for_or_the_server_has_it(
    major: int,
    server: bool,  # noqa: FBT001
    asked: bool,  # noqa: FBT001
    spelled: bool,  # noqa: FBT001
) -> None:
    target = Target("web", "apps", "kubeconfig", validates_fields=server)
    line = CommandLine(DIALECTS[major], target, "/kube")
    deployment = _deployment(Options(disable_openapi_validation=asked))

    for words in (line.install(deployment), line.upgrade(deployment)):
        assert words.count("--disable-openapi-validation") == int(spelled)


def test_replacing_is_spelled_as_the_generation_does(line: CommandLine, major: int) -> None:
    assert line.install(_deployment(Options(force_update=True)))[-len(_FORCE[major]) :] == _FORCE[major]


@pytest.mark.parametrize(
    ("major", "version", "able"), [(3, (3, 16, 9), False), (3, (3, 17, 0), True), (4, (4, 0, 0), True)]
)
def test_taking_ownership_came_with_a_version(
    major: int,
    version: tuple[int, int, int],
    able: bool,  # noqa: FBT001
) -> None:
    assert (Capability.TAKE_OWNERSHIP in DIALECTS[major].honours(version)) is able


def test_every_option_asks_for_a_capability_that_some_dialect_has() -> None:
    offered = DIALECTS[4].honours((4, 0, 0))

    assert set(Options.__dataclass_fields__) <= {str(capability) for capability in offered}


def test_a_pull_has_no_credentials() -> None:
    source = SourceConfig(
        chart="oci://registry.example/charts/web",
        version="1.2.3",
        username="reader",
        password="s3cret",
        ca_file="ca.pem",
        cert_file="cert.pem",
        key_file="key.pem",
        plain_http=True,
        insecure_skip_tls_verify=True,
        verify=True,
        keyring="ring.gpg",
    )

    assert arguments.pull(source, Path("/into")) == [
        *("pull", "oci://registry.example/charts/web", "--version=1.2.3", "--destination=/into"),
        *("--ca-file=ca.pem", "--cert-file=cert.pem", "--key-file=key.pem"),
        *("--plain-http", "--insecure-skip-tls-verify", "--verify", "--keyring=ring.gpg"),
    ]


def test_a_verification() -> None:
    assert arguments.verify(Path("/web.tgz"), "ring.gpg") == ["verify", "/web.tgz", "--keyring=ring.gpg"]
    assert arguments.verify(Path("/web.tgz"), None) == ["verify", "/web.tgz"]


def test_dependencies_as_locked_or_as_declared() -> None:
    assert arguments.build_dependencies(Path("/web"), locked=True) == ["dependency", "build", "/web"]
    assert arguments.build_dependencies(Path("/web"), locked=False) == ["dependency", "update", "/web"]
