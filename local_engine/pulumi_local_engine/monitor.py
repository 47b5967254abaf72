"""The resource monitor: what the program's SDK calls, served over gRPC."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final, TypeVar

import grpc  # type: ignore[import-untyped]
from google.protobuf import empty_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import resource_pb2, resource_pb2_grpc

from pulumi_local_engine.goal import UnsupportedError, read_goal
from pulumi_local_engine.wire import from_wire, to_wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_local_engine.process import RunInfo
    from pulumi_local_engine.registration import Registered, Registrar
    from pulumi_local_engine.values import Properties

T = TypeVar("T")
SHUT_DOWN: Final = "resource monitor shut down"
GET_RESOURCE: Final = "pulumi:pulumi:getResource"
READ_STACK: Final = "pulumi:pulumi:readStackResourceOutputs"

FEATURES: Final = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
)
_FEATURE_NAMES: Final = frozenset({"secrets", "aliasSpecs"})
_LEFT_OUT: Final = {
    "Call": "calls (methods of resources)",
    "ReadResource": "reading existing resources (`get`, stack references)",
    "ExistsResource": "asking whether a resource exists",
    "RegisterStackTransform": "transforms",
    "RegisterStackInvokeTransform": "transforms",
    "RegisterResourceHook": "resource hooks",
    "RegisterErrorHook": "error hooks",
}


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Answers the program. When the run is ending, requests wait for that, and then find the monitor gone."""

    def __init__(self, info: RunInfo, registrar: Registrar, on_signal: Callable[[], None]) -> None:
        """Hand registrations to `registrar`; call `on_signal` when the program has declared everything."""
        self._info = info
        self._registrar = registrar
        self._on_signal = on_signal
        self._closed = threading.Event()

    def close(self) -> None:
        """Let the program go: it ends by itself if it waits for this."""
        self._closed.set()

    def GetDeploymentInfo(self, request: Any, context: Any) -> Any:  # noqa: N802  # gRPC's shape and name
        """Tell which features programs may use."""
        del request, context
        return resource_pb2.DeploymentInfo(
            project=self._info.project,
            stack=self._info.stack,
            organization=self._info.organization,
            dryRun=self._info.preview,
            parallel=self._info.parallel,
            supportedFeatures=FEATURES,
        )

    def SupportsFeature(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Tell whether programs may use a feature (older SDKs)."""
        del context
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _FEATURE_NAMES)

    def RegisterResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Bring one resource to its goal and return what it has become."""
        return self._answer(context, lambda: self._registered(request))

    def RegisterResourceOutputs(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Take the outputs of a component or of the stack."""
        outputs = from_wire(request.outputs)
        self._answer(context, lambda: self._registrar.register_outputs(request.urn, outputs))
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Tell of a resource that is registered, or of all in this stack's state; nothing else is served."""
        arguments = from_wire(request.args)
        if request.tok == GET_RESOURCE:
            return self._answer(context, lambda: self._told(arguments["urn"]))
        if request.tok == READ_STACK and arguments["stackName"] == self._info.full_name:
            return self._answer(context, lambda: self._stored(arguments["stackName"]))
        return self._refuse(context, "invokes (functions of providers)")

    def RegisterPackage(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Refuse: parameterized packages need the CLI."""
        del request
        return self._refuse(context, "parameterized packages")

    def SignalAndWaitForShutdown(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Take note that nothing more will be declared, and hold the program until the run is over."""
        del request, context
        self._on_signal()
        self._closed.wait()
        return empty_pb2.Empty()

    def _registered(self, request: Any) -> Any:
        registered = self._registrar.register(read_goal(request))
        return _response(registered, secrets=request.acceptSecrets)

    def _told(self, urn: str) -> Any:
        resource = self._registrar.look_up(urn)
        return _invoked({"urn": urn, "id": resource.id, "state": resource.outputs})

    def _stored(self, stack: str) -> Any:
        resources = (each for each in self._registrar.stored() if not each.delete)
        found = {each.urn: {"type": each.type, "outputs": each.outputs} for each in resources}
        return _invoked({"name": stack, "outputs": found})

    def _answer(self, context: Any, work: Callable[[], T]) -> T:
        try:
            return work()
        except Exception as error:
            self._registrar.give_up(error)
            self._closed.wait()
            context.abort(grpc.StatusCode.UNAVAILABLE, SHUT_DOWN)
            raise

    def _refuse(self, context: Any, what: str) -> Any:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, str(UnsupportedError(what)))


def _refusal(what: str) -> Callable[[Monitor, Any, Any], Any]:
    def refuse(self: Monitor, request: Any, context: Any) -> Any:
        del request
        return self._refuse(context, what)

    return refuse


for _name, _what in _LEFT_OUT.items():
    setattr(Monitor, _name, _refusal(_what))


def _invoked(found: Properties) -> Any:
    return resource_pb2.ResourceInvokeResponse(**{"return": to_wire(found, secrets=False, unknowns=True)})


def _response(registered: Registered, *, secrets: bool) -> Any:
    """Return what the SDK resolves a resource with; a component's outputs come from the program itself."""
    resource = registered.resource
    outputs = resource.outputs if resource.custom else {}
    response = resource_pb2.RegisterResourceResponse(
        urn=resource.urn,
        id=resource.id,
        object=to_wire(outputs, secrets=secrets, unknowns=True),
        result=resource_pb2.Result.SUCCESS if registered.done else resource_pb2.Result.FAIL,
    )
    if registered.left_out:
        response.unknown = True
    return response
