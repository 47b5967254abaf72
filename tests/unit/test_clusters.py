"""Which cluster a release goes to: that of a Kubernetes resource at the same place in the program."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
from pulumi.runtime import config as configuration

from helm_rollback_component import HelmRelease
from helm_rollback_component.component import RELEASE_TYPE
from tests.unit.programs import (
    CONTENT,
    KUBERNETES_TYPE,
    LEAST,
    NAMESPACE_TYPE,
    Anything,
    Registration,
    Stack,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

THERE = json.dumps({"clusters": [], "current-context": "there"})
DISABLED = "pulumi:disable-default-providers"


@pytest.fixture(autouse=True)
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Return what sets the stack's configuration; nothing of the environment counts."""
    monkeypatch.delenv("KUBECONFIG", raising=False)

    def write(secret: tuple[str, ...] = (), **settings: str) -> None:
        configuration.set_all_config({f"kubernetes:{key}": text for key, text in settings.items()}, [*secret])

    yield write
    configuration.set_all_config({}, [])


class Shop(pulumi.ComponentResource):
    """A component of a user, with a release two floors down."""

    def __init__(
        self, inputs: Mapping[str, Any], opts: pulumi.ResourceOptions, inner: pulumi.ResourceOptions
    ) -> None:
        """Declare it."""
        super().__init__("shop:index:Shop", "shop", None, opts)
        floor = pulumi.ComponentResource(
            "shop:index:Floor", "floor", None, pulumi.ResourceOptions(parent=self)
        )
        given: Any = {**LEAST, **inputs}
        HelmRelease("web", given, pulumi.ResourceOptions.merge(inner, pulumi.ResourceOptions(parent=floor)))


def run(
    outer: Callable[[], pulumi.ResourceOptions] = pulumi.ResourceOptions,
    inner: Callable[[], pulumi.ResourceOptions] = pulumi.ResourceOptions,
    *,
    preview: bool = False,
    **inputs: Any,
) -> Stack:
    """Run a program whose component has the options `outer`, and the release in it `inner`."""

    def program() -> dict[str, Any]:
        Shop(inputs, outer(), inner())
        return {}

    return Stack(program, mocks=Anything(), preview=preview)


def provider(name: str = "there", **inputs: Any) -> kubernetes.Provider:
    return kubernetes.Provider(name, **(inputs or {"kubeconfig": THERE}))


def given(**inputs: Any) -> Callable[[], pulumi.ResourceOptions]:
    """Return what makes options with a provider that has these inputs."""
    return lambda: pulumi.ResourceOptions(provider=provider(**inputs))


def way(stack: Stack) -> tuple[Any, Any]:
    """Return how the release reaches its cluster."""
    inputs = stack.one(RELEASE_TYPE).inputs
    return inputs.get("kubeconfig"), inputs.get("context")


def provider_of(found: Registration) -> str:
    return str(found.request.provider).rpartition("::")[2]


def several() -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(providers={"kubernetes": provider()})


def listed() -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(providers=[pulumi.ProviderResource("aws", "aws"), provider()])


WAYS = [given(kubeconfig=THERE), several, listed]


class TestProviders:
    @pytest.mark.parametrize("preview", [True, False])
    @pytest.mark.parametrize("options", WAYS)
    def test_one_of_the_release_is_honoured(
        self, options: Callable[[], pulumi.ResourceOptions], *, preview: bool
    ) -> None:
        assert way(run(inner=options, preview=preview)) == (THERE, None)

    @pytest.mark.parametrize("options", WAYS)
    def test_so_is_one_of_any_component_above(self, options: Callable[[], pulumi.ResourceOptions]) -> None:
        assert way(run(outer=options)) == (THERE, None)

    def test_the_nearest_decides(self) -> None:
        nearest = given(name="near", kubeconfig=CONTENT, context="near")
        assert way(run(outer=given(kubeconfig=THERE), inner=nearest)) == (CONTENT, "near")

    def test_one_of_another_package_says_nothing(self) -> None:
        def aws() -> pulumi.ResourceOptions:
            return pulumi.ResourceOptions(providers=[pulumi.ProviderResource("aws", "aws")])

        assert way(run(inner=aws)) == (None, None)

    def test_one_without_inputs_leads_where_the_environment_does(
        self, configure: Callable[..., None]
    ) -> None:
        configure(context="configured")

        def empty() -> pulumi.ResourceOptions:
            return pulumi.ResourceOptions(provider=kubernetes.Provider("empty"))

        assert way(run(inner=empty)) == (None, None)

    def test_the_managed_namespace_goes_the_same_way(self) -> None:
        stack = run(outer=given(kubeconfig=THERE), manage_namespace=True)
        assert provider_of(stack.one(NAMESPACE_TYPE)) == "there-id"
        assert len(stack.all(KUBERNETES_TYPE)) == 1

    def test_the_release_depends_on_it(self) -> None:
        dependencies = run(inner=given(kubeconfig=THERE)).one(RELEASE_TYPE).request.dependencies
        assert any(urn.endswith("::there") for urn in dependencies)

    def test_content_is_a_secret_and_a_path_is_not(self) -> None:
        assert "kubeconfig" in run(inner=given(kubeconfig=THERE)).one(RELEASE_TYPE).secrets
        assert "kubeconfig" not in run(inner=given(kubeconfig="/a/path")).one(RELEASE_TYPE).secrets

    def test_what_was_secret_stays_so(self) -> None:
        secret = given(kubeconfig=pulumi.Output.secret("/a/path"), context=pulumi.Output.secret("x"))
        found = run(inner=secret).one(RELEASE_TYPE)
        assert {"kubeconfig", "context"} <= found.secrets
        assert {"kubeconfig", "context"} <= set(found.inputs["secret_paths"])

    def test_two_releases_ask_for_one_provider_once(self) -> None:
        def program() -> dict[str, Any]:
            one = provider()
            args: Any = LEAST
            for name in ("web", "api"):
                HelmRelease(name, args, pulumi.ResourceOptions(provider=one))
            return {}

        stack = Stack(program, mocks=Anything())
        assert [each.inputs["kubeconfig"] for each in stack.all(RELEASE_TYPE)] == [THERE, THERE]
        assert len(stack.looked_up) == 1

    @pytest.mark.parametrize(
        ("inputs", "word"),
        [({"cluster": "c"}, "cluster"), ({"render_yaml_to_directory": "out"}, "renders manifests")],
    )
    def test_one_that_helm_cannot_follow_is_a_problem(self, inputs: dict[str, Any], word: str) -> None:
        assert word in run(inner=given(**inputs)).one(RELEASE_TYPE).inputs["refusals"]["kubeconfig"]

    def test_one_that_cannot_be_read_is_a_problem(self) -> None:
        assert not run(inner=given(kubeconfig=THERE)).one(RELEASE_TYPE).inputs.get("refusals")
        reference = "urn:pulumi:dev::p::pulumi:providers:kubernetes::far::id"

        def far() -> pulumi.ResourceOptions:
            return pulumi.ResourceOptions(provider=pulumi.resource.DependencyProviderResource(reference))

        problem = run(inner=far).one(RELEASE_TYPE).inputs["refusals"]["kubeconfig"]
        assert "write the inputs kubeconfig and context" in problem

    @pytest.mark.parametrize(("said", "told"), [(True, True), (False, None)])
    def test_what_it_says_of_lost_clusters_is_kept(self, *, said: bool, told: bool | None) -> None:
        inputs = run(inner=given(kubeconfig=THERE, delete_unreachable=said)).one(RELEASE_TYPE).inputs
        assert inputs.get("delete_unreachable") is told

    def test_its_namespace_is_that_of_a_release_without_one(self) -> None:
        stack = run(inner=given(kubeconfig=THERE, namespace="shop"), release_namespace=None)
        assert stack.one(RELEASE_TYPE).inputs["release_namespace"] == "shop"

    def test_a_managed_namespace_needs_a_name(self) -> None:
        with pytest.raises(pulumi.RunError, match="release_namespace"):
            run(inner=given(kubeconfig=THERE), release_namespace=None, manage_namespace=True)


class TestInputs:
    def test_a_kubeconfig_goes_before_everything(self, configure: Callable[..., None]) -> None:
        configure(kubeconfig=THERE, context="configured")
        stack = run(outer=given(kubeconfig=THERE, context="x"), kubeconfig=CONTENT, manage_namespace=True)
        assert way(stack) == (CONTENT, None)
        assert provider_of(stack.one(NAMESPACE_TYPE)) == "web-kubernetes-id"

    def test_a_context_picks_one_of_the_kubeconfig_that_counts(self, configure: Callable[..., None]) -> None:
        configure(kubeconfig=CONTENT, context="configured")
        assert way(run(context="mine")) == (CONTENT, "mine")
        assert way(run(inner=given(kubeconfig=THERE, context="x"), context="mine")) == (THERE, "mine")

    @pytest.mark.parametrize(
        ("options", "kubeconfig", "warned"),
        [
            (given(kubeconfig=THERE), CONTENT, True),
            (several, CONTENT, True),
            (given(kubeconfig=THERE), THERE, False),
            (given(context="x"), CONTENT, False),
        ],
    )
    def test_a_provider_of_the_release_that_they_contradict_is_warned_of(
        self,
        options: Callable[[], pulumi.ResourceOptions],
        kubeconfig: str,
        monkeypatch: pytest.MonkeyPatch,
        *,
        warned: bool,
    ) -> None:
        told: list[str] = []
        monkeypatch.setattr(pulumi, "warn", lambda text, _: told.append(text))
        assert way(run(inner=options, kubeconfig=kubeconfig)) == (kubeconfig, None)
        assert [("remove one of the two" in text) for text in told] == [True] * warned


class TestStackConfiguration:
    def test_it_is_honoured(self, configure: Callable[..., None]) -> None:
        configure(kubeconfig=THERE, context="x", namespace="shop")
        stack = run(release_namespace=None)
        assert way(stack) == (THERE, "x")
        assert stack.one(RELEASE_TYPE).inputs["release_namespace"] == "shop"
        assert stack.one(RELEASE_TYPE).secrets >= {"kubeconfig"}

    def test_the_managed_namespace_has_the_default_provider_then(
        self, configure: Callable[..., None]
    ) -> None:
        configure(context="x")
        assert run(manage_namespace=True).all(KUBERNETES_TYPE) == []

    def test_what_is_secret_in_it_stays_so(self, configure: Callable[..., None]) -> None:
        configure(("kubernetes:context",), context="x")
        assert "context" in run().one(RELEASE_TYPE).secrets

    def test_a_provider_goes_before_it(self, configure: Callable[..., None]) -> None:
        configure(kubeconfig=CONTENT, context="configured", namespace="configured")
        assert way(run(outer=given(kubeconfig=THERE))) == (THERE, None)

    @pytest.mark.parametrize("key", ["cluster", "renderYamlToDirectory"])
    def test_what_helm_cannot_follow_is_refused(self, configure: Callable[..., None], key: str) -> None:
        configure(**{key: "x"})
        with pytest.raises(pulumi.RunError, match=f"kubernetes:{key}"):
            run()


class TestDisabledDefaultProviders:
    @pytest.fixture(autouse=True)
    def disabled(self, configure: Callable[..., None]) -> None:
        configure(kubeconfig=CONTENT)
        configuration.set_config(DISABLED, '["aws", "kubernetes"]')

    def test_a_release_for_which_nothing_names_a_cluster_is_refused(self) -> None:
        with pytest.raises(pulumi.RunError, match="pulumi:disable-default-providers"):
            run()

    def test_so_it_is_where_all_are_disabled(self) -> None:
        configuration.set_config(DISABLED, '["*"]')
        with pytest.raises(pulumi.RunError, match="pulumi:disable-default-providers"):
            run()

    def test_those_of_other_packages_say_nothing(self) -> None:
        configuration.set_config(DISABLED, '["aws"]')
        assert way(run()) == (CONTENT, None)

    def test_inputs_name_one(self) -> None:
        assert way(run(kubeconfig=THERE)) == (THERE, None)
        assert way(run(context="x")) == (None, "x")

    def test_so_does_a_provider(self) -> None:
        assert way(run(outer=given(kubeconfig=THERE))) == (THERE, None)
