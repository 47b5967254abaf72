"""The release provider behind the plugin: asked over gRPC, as the engine asks, with the provider's names."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest import mock

import grpc  # type: ignore[import-untyped]
from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from helm_rollback_component.plugin import inputs, marshalling, outputs
from helm_rollback_component.plugin.host import PluginHost
from helm_rollback_component.plugin.provider_inputs import Provider
from helm_rollback_component.plugin.server import serving
from helm_rollback_component.provider import ReleaseProvider
from helm_rollback_component.pulumi_adapter import run_kind, state
from helm_rollback_component.pulumi_adapter.partial_failure import DETAILS

if TYPE_CHECKING:
    from collections.abc import Mapping

Properties = dict[str, Any]

URN = "urn:pulumi:dev::p::helm-rollback:index:HelmRelease::web"
STACK_ID = "1-2-3"


class RequestError(RuntimeError):
    """A request failed.

    Attributes:
        saved: what the engine is given to save, or None.
    """

    def __init__(self, error: grpc.RpcError) -> None:
        super().__init__(error.details())
        self.saved: provider_pb2.ErrorResourceInitFailed | None = None
        for key, details in error.trailing_metadata():
            if key == DETAILS:
                self.saved = provider_pb2.ErrorResourceInitFailed()
                assert status_pb2.Status.FromString(details).details[0].Unpack(self.saved)


class HostedProvider:
    """Has the methods of `ReleaseProvider`, and asks the plugin's host."""

    previewing = False

    def check(self, olds: Properties, news: Properties) -> CheckResult:
        type(self).previewing = news.get(run_kind.DRY_RUN, False)
        answer = ask("Check", provider_pb2.CheckRequest(urn=URN, olds=_sent(olds), news=_sent(news)))
        failures = [CheckFailure(each.property, _spelled(each.reason)) for each in answer.failures]
        return CheckResult(state.with_markers(_received(answer.inputs)), failures)

    def diff(self, id_: str, olds: Properties, news: Properties) -> DiffResult:
        old, new = outputs.saved(olds), _sent(news)
        answer = ask("Diff", provider_pb2.DiffRequest(id=id_, urn=URN, olds=old, news=new))
        changes = answer.changes == provider_pb2.DiffResponse.DIFF_SOME
        if changes and not answer.replaces and self.previewing:
            request = provider_pb2.UpdateRequest(id=id_, urn=URN, olds=old, news=new, preview=True)
            ask("Update", request)
        replaces = [_in_snake_case(path) for path in answer.replaces]
        return DiffResult(changes, replaces, delete_before_replace=answer.deleteBeforeReplace)

    def create(self, props: Properties) -> CreateResult:
        answer = ask("Create", provider_pb2.CreateRequest(urn=URN, properties=_sent(props)))
        return CreateResult(answer.id, outputs.restored(answer.properties))

    def update(self, id_: str, olds: Properties, news: Properties) -> UpdateResult:
        request = provider_pb2.UpdateRequest(id=id_, urn=URN, olds=outputs.saved(olds), news=_sent(news))
        return UpdateResult(outputs.restored(ask("Update", request).properties))

    def read(self, id_: str, props: Properties) -> ReadResult:
        request = provider_pb2.ReadRequest(id=id_, urn=URN, properties=outputs.saved(props))
        answer = ask("Read", request)
        if not answer.id:
            return ReadResult("", {}, {})
        return ReadResult(answer.id, outputs.restored(answer.properties), _received(answer.inputs))

    def delete(self, id_: str, props: Properties) -> None:
        ask("Delete", provider_pb2.DeleteRequest(id=id_, urn=URN, properties=outputs.saved(props)))


def ask(method: str, request: object) -> Any:
    """Return the answer of the plugin's host, or raise `RequestError`."""
    try:
        return getattr(_served()[1], method)(request)
    except grpc.RpcError as error:
        raise RequestError(error) from None


@cache
def _served() -> tuple[grpc.Server, provider_pb2_grpc.ResourceProviderStub]:
    server, port = serving(PluginHost())
    stub = provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel(f"127.0.0.1:{port}"))
    with mock.patch.object(ReleaseProvider, "configure"):
        stub.Configure(provider_pb2.ConfigureRequest(id=STACK_ID))
    return server, stub


def _sent(given: Mapping[str, Any]) -> Any:
    ours = (*state.CONTEXT, run_kind.DRY_RUN, "__provider", "incarnation", "cluster", "message")
    declared = {key: value for key, value in given.items() if key not in ours}
    secret = {inputs.camel_path(path) for path in given.get("secret_paths") or ()}
    unknown = {key: value for key, value in declared.items() if key not in (*state.DECLARED, *state.COMPUTED)}
    return marshalling.marshal({**unknown, **inputs.spelled(declared)}, secret)


def _received(sent: Any) -> Properties:
    received, problems = inputs.given(sent, URN, Provider(STACK_ID))
    assert not problems
    context = (state.REPLACE_ON_CHANGES, *(["secret_paths"] if not received["secret_paths"] else []))
    return {key: value for key, value in received.items() if key not in context}


def _spelled(reason: str) -> str:
    path, colon, message = reason.partition(": ")
    return f"{_in_snake_case(path)}{colon}{message}"


def _in_snake_case(path: str) -> str:
    return re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", path)
