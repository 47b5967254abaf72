"""Programs with releases under Pulumi's mocks, and what they register."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]
import pulumi
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.rpc import deserialize_properties, is_rpc_secret, unwrap_rpc_secret
from pulumi.runtime.sync_await import _ensure_event_loop

from helm_rollback_component import HelmRelease
from helm_rollback_component.testing.mocks import Deployed, HelmReleaseMocks, RolledBack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NAMESPACE_TYPE = "kubernetes:core/v1:Namespace"
KUBERNETES_TYPE = "pulumi:providers:kubernetes"
LEAST: dict[str, Any] = {
    "release_namespace": "apps",
    "source": {"chart": "oci://registry.example/web", "version": "1.2.3"},
}
CONTENT = '{"clusters": []}'


@dataclass
class Registration:
    """A resource as the engine is asked to register it."""

    request: Any

    @property
    def kind(self) -> str:
        """Its type token."""
        return str(self.request.type)

    @property
    def inputs(self) -> dict[str, Any]:
        """Its inputs, secrets in the clear."""
        return {key: opened(value) for key, value in self._wrapped.items()}

    @property
    def secrets(self) -> set[str]:
        """Which of its inputs are secret."""
        return {key for key, value in self._wrapped.items() if is_rpc_secret(value)}

    @property
    def _wrapped(self) -> dict[str, Any]:
        return dict(deserialize_properties(self.request.object))


def opened(value: Any) -> Any:
    match unwrap_rpc_secret(value):
        case dict() as known:
            return {key: opened(item) for key, item in known.items()}
        case list() as known:
            return [opened(item) for item in known]
        case known:
            return known


class Monitor(MockMonitor):
    """Takes down what is registered."""

    def __init__(self, mocks: pulumi.runtime.Mocks) -> None:
        """Begin with nothing."""
        super().__init__(mocks)
        self.registrations: list[Registration] = []
        self.outputs: dict[str, dict[str, Any]] = {}
        self.looked_up: list[str] = []

    def Invoke(self, request: Any) -> Any:  # noqa: N802  # as generated
        """Tell of a resource; of those that another process declared, nothing is known here."""
        self.looked_up.append(request.args["urn"])
        if request.args["urn"] not in self.resources:
            raise grpc.RpcError
        return super().Invoke(request)  # type: ignore[no-untyped-call]

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  # as generated
        """Take one down."""
        self.registrations.append(Registration(request))
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802  # as generated
        """Take a component's outputs down."""
        self.outputs[request.urn.rpartition("::")[2]] = dict(deserialize_properties(request.outputs))
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


class Anything(HelmReleaseMocks):
    """Takes whatever the provider would refuse: a refused resource leaves futures that nobody awaits."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Return the inputs."""
        return self.resource(args)


class Stack:
    """The registrations and outputs of one program's run."""

    def __init__(
        self,
        program: Callable[[], Mapping[str, Any]],
        outcomes: Mapping[str, Deployed | RolledBack] | None = None,
        *,
        preview: bool = False,
        mocks: HelmReleaseMocks | None = None,
    ) -> None:
        """Run the program."""
        mocks = mocks or HelmReleaseMocks(outcomes)
        _ensure_event_loop()  # type: ignore[no-untyped-call]  # an earlier test may have closed it
        monitor = Monitor(mocks)
        pulumi.runtime.set_mocks(
            mocks, project="p", stack="dev", organization="org", preview=preview, monitor=monitor
        )
        self.outputs: dict[str, Any] = {}

        def run() -> pulumi.Output[None]:
            return pulumi.Output.all(**program()).apply(self.outputs.update)

        pulumi.runtime.test(run)()  # type: ignore[no-untyped-call]
        self.registered_outputs = monitor.outputs
        self.looked_up = monitor.looked_up
        self.registrations = [each for each in monitor.registrations if each.kind != "pulumi:pulumi:Stack"]

    def one(self, kind: str) -> Registration:
        """Return the only resource of that type."""
        (found,) = self.all(kind)
        return found

    def all(self, kind: str) -> list[Registration]:
        """Return the resources of that type."""
        return [each for each in self.registrations if each.kind == kind]


def declare(
    inputs: Mapping[str, Any] | None = None,
    opts: pulumi.ResourceOptions | None = None,
    mocks: HelmReleaseMocks | None = None,
    **more: Any,
) -> Stack:
    """Run a program with one release, ``web``."""
    given: Any = {**(LEAST if inputs is None else inputs), **more}

    def program() -> dict[str, Any]:
        HelmRelease("web", given, opts)
        return {}

    return Stack(program, mocks=mocks)
