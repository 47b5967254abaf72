"""What the engine asks of the plugin: each request is one of the provider's, see `ReleaseProvider`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from google.protobuf import empty_pb2  # type: ignore[import-untyped]
from pulumi.dynamic import Config, ConfigureRequest
from pulumi.runtime.proto import ResourceProviderServicer, plugin_pb2, provider_pb2

from helm_rollback_component.errors import Problem
from helm_rollback_component.package_version import version
from helm_rollback_component.plugin import (
    adoption,
    differences,
    inputs,
    outputs,
    provider_inputs,
    spoken,
    urns,
)
from helm_rollback_component.plugin.endings import ended_well
from helm_rollback_component.provider import ReleaseProvider
from helm_rollback_component.pulumi_adapter import (
    engine_log,
    foreseen_creation,
    present_kubeconfigs,
    process_lifetime,
    run_kind,
    state,
)
from helm_rollback_component.pulumi_adapter.error_text import in_one_line

_NO_IMPORT = (
    "a release cannot be imported, as its record does not tell where its chart comes from; declare it with "
    "the input adopt, and the next update takes it over"
)
_NOT_THE_PROGRAMS = "(given by the provider, or by the stack's configuration)"


class PluginHost(ResourceProviderServicer):
    """Answers the engine. Requests come on threads of their own, and several at once."""

    def __init__(self) -> None:
        self._provider = ReleaseProvider()
        self._configured = provider_inputs.Provider()

    def Handshake(self, _request: Any, _context: Any) -> Any:
        """Tell what this plugin can deal with."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:
        """Return this plugin's version."""
        return plugin_pb2.PluginInfo(version=version())

    @ended_well
    def GetSchema(self, _request: Any, _context: Any) -> Any:
        """Return the schema, from which each language's types are made."""
        from helm_rollback_component.plugin.schema import schema  # noqa: PLC0415  # not for a deployment

        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema()))

    @ended_well
    def CheckConfig(self, request: Any, _context: Any) -> Any:
        """Check the provider's own inputs."""
        checked, problems = provider_inputs.checked(request.news, urns.name_of(request.urn))
        return provider_pb2.CheckResponse(inputs=checked, failures=[_failure(each) for each in problems])

    @ended_well
    def DiffConfig(self, request: Any, _context: Any) -> Any:
        """Tell which of the provider's own inputs differ; it is configured anew then, and never replaced."""
        differing = provider_inputs.differing(request.olds, request.news)
        known = provider_pb2.DiffResponse
        return known(changes=known.DIFF_SOME if differing else known.DIFF_NONE, diffs=differing)

    @ended_well
    def Configure(self, request: Any, _context: Any) -> Any:
        """Set the process up; the id of this provider in the stack's state tells the stack from any other."""
        self._configured = provider_inputs.configured(request.args, request.id)
        present_kubeconfigs.note_inputs(self._configured.completes)
        engine_log.spell(spoken.in_camel_case)
        self._provider.configure(ConfigureRequest(Config({}, "")))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    @ended_well
    def Check(self, request: Any, _context: Any) -> Any:
        """Check a program's inputs."""
        news, problems = inputs.given(request.news, request.urn, self._configured, of_program=True)
        if problems:
            failures = [_failure(each) for each in problems]
            return provider_pb2.CheckResponse(failures=failures)
        olds = self._checked(request.olds, request.urn) if request.olds.fields else {}
        checked, problems = self._provider.checked(olds, news)
        failures = [_failure(self._with_origin(each, request.news)) for each in problems]
        if not failures:
            found = adoption.problems(olds, news, let_go=self._configured.adopts_from_kubernetes_provider)
            failures = [_failure(each) for each in found]
        return provider_pb2.CheckResponse(inputs=inputs.returned(checked), failures=failures)

    @ended_well
    def Diff(self, request: Any, _context: Any) -> Any:
        """Tell what is to be done, and which values differ."""
        inputs.refuse_unknown(request.ignoreChanges)
        olds, news = self._before_and_now(request)
        result = self._provider.diff(request.id, olds, news)
        replaces = [inputs.camel_path(path) for path in result.replaces or ()]
        known = provider_pb2.DiffResponse
        found = (
            differences.detailed(inputs.spelled(olds), inputs.spelled(news), replaces)
            if result.changes
            else {}
        )
        return provider_pb2.DiffResponse(
            changes=known.DIFF_SOME if result.changes else known.DIFF_NONE,
            replaces=replaces,
            deleteBeforeReplace=True,
            diffs=sorted({path.partition(".")[0].partition("[")[0] for path in found}),
            detailedDiff=found,
            hasDetailedDiff=True,
        )

    @ended_well
    def Create(self, request: Any, _context: Any) -> Any:
        """Deploy; in a preview, return what is known of the outputs."""
        news = self._checked(request.properties, request.urn)
        if request.preview:
            foreseen_creation.tell(news)
            return provider_pb2.CreateResponse(properties=outputs.foreseen(news))
        with in_one_line(news):
            adoption.refuse(news, let_go=self._configured.adopts_from_kubernetes_provider)
        result = self._provider.create(inputs.with_timeout(news, "deploy", request.timeout))
        return provider_pb2.CreateResponse(id=result.id, properties=outputs.saved(result.outs or {}))

    @ended_well
    def Update(self, request: Any, _context: Any) -> Any:
        """Upgrade; in a preview, tell what is foreseen and return what is known of the outputs."""
        olds, news = self._before_and_now(request)
        if request.preview:
            with run_kind.preview():
                self._provider.diff(request.id, olds, news)
            return provider_pb2.UpdateResponse(properties=outputs.foreseen(news))
        result = self._provider.update(
            request.id, olds, inputs.with_timeout(news, "upgrade", request.timeout)
        )
        return provider_pb2.UpdateResponse(properties=outputs.saved(result.outs or {}))

    @ended_well
    def Read(self, request: Any, _context: Any) -> Any:
        """Look at the release as it is."""
        if not outputs.restored(request.properties):
            raise RuntimeError(_NO_IMPORT)
        olds = self._stored(request)
        result = self._provider.read(request.id, olds)
        if not result.id:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=result.id,
            properties=outputs.saved(result.outs or {}),
            inputs=inputs.returned(result.inputs or {}),
        )

    @ended_well
    def Delete(self, request: Any, _context: Any) -> Any:
        """Uninstall."""
        olds = self._stored(request)
        self._provider.delete(request.id, inputs.with_timeout(olds, "delete", request.timeout))
        return empty_pb2.Empty()

    def Cancel(self, _request: Any, _context: Any) -> Any:
        """Have what is under way brought to a good end at once: the first Ctrl-C asks for that."""
        process_lifetime.INTERRUPT.request()
        return empty_pb2.Empty()

    def _with_origin(self, problem: Problem, sent: Any) -> Problem:
        """Return what is wrong, and where the input comes from if that is not the program."""
        name = problem.path
        if name not in self._configured.completes or inputs.camel_path(name) in sent.fields:
            return problem
        return replace(problem, message=f"{problem.message} {_NOT_THE_PROGRAMS}")

    def _checked(self, sent: Any, urn: str) -> dict[str, Any]:  # protobuf has no types
        return inputs.given(sent, urn, self._configured)[0]

    def _before_and_now(self, request: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the outputs in the state, and the inputs of now, which the same stack declares."""
        olds, news = outputs.restored(request.olds), self._checked(request.news, request.urn)
        before = (olds.get("owner") or {}).get("stack_id")
        return olds, {**news, "owner": {**news["owner"], **({"stack_id": before} if before else {})}}

    def _stored(self, request: Any) -> dict[str, Any]:
        """Return the outputs in the state, with what the provider is given today."""
        today = {state.DELETE_UNREACHABLE: True} if self._configured.delete_unreachable else {}
        return {**outputs.restored(request.properties), **today}


def _failure(problem: Problem) -> Any:
    told = Problem(inputs.camel_path(problem.path), spoken.in_camel_case(problem.message))
    return provider_pb2.CheckFailure(reason=str(told))
