"""The providers of one run, found by the references that resources hold.

A provider is itself a resource (`pulumi:providers:<package>`), and the registry is what manages it.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pulumi_local_engine.provider import (
    Call,
    Checked,
    Diff,
    Live,
    Provider,
    ProviderError,
)
from pulumi_local_engine.steps import changed_keys
from pulumi_local_engine.urns import (
    PROVIDER_TYPE_PREFIX,
    package_of,
    provider_reference,
    type_of,
)
from pulumi_local_engine.values import UNKNOWN_SENTINEL, Properties

if TYPE_CHECKING:
    from pulumi_local_engine.resource import Resource

Factory = Callable[[Properties, str], Provider]
"""Makes a provider from its inputs and its id in the state."""


class Registry:
    """Makes and keeps providers, and serves as the provider of provider resources."""

    def __init__(
        self, factories: Mapping[str, Factory], plugin: Callable[[str], Factory | None] = lambda _: None
    ) -> None:
        """Serve the packages that `factories` names, and others where `plugin` finds something."""
        self._factories = factories
        self._plugin = plugin
        self._lock = threading.Lock()
        self._configured: dict[str, Provider] = {}

    def find(self, reference: str) -> Provider:
        """Return the provider that a resource refers to."""
        with self._lock:
            provider = self._configured.get(reference)
        if provider is None:
            raise ProviderError(f"unknown provider {reference!r}")
        return provider

    def serving(self, resource: Resource) -> Provider:
        """Return the provider that manages a custom resource."""
        return self if is_provider(resource.type) else self.find(resource.provider)

    def ensure_for(self, state: Sequence[Resource], resources: Iterable[Resource]) -> None:
        """Make ready the providers of `resources`; what no program has registered is found in the state."""
        known = {provider_reference(one.urn, one.id): one for one in state if is_provider(one.type)}
        for reference in {resource.provider for resource in resources if resource.provider}:
            if reference in known:
                self.ensure(known[reference])
            else:
                self.find(reference)

    def ensure(self, resource: Resource) -> None:
        """Configure the provider that `resource` is, from the inputs that it has, unless that was done."""
        with self._lock:
            if provider_reference(resource.urn, resource.id) not in self._configured:
                self._configure(resource.urn, resource.id, resource.inputs)

    def check(self, call: Call, olds: Properties, news: Properties) -> Checked:
        """Accept any configuration of a known package."""
        del olds
        self._factory(call.urn)
        return Checked(news)

    def diff(self, call: Call, old_inputs: Properties, old_outputs: Properties, news: Properties) -> Diff:
        """Compare configurations; one that puts resources out of reach is a replacement."""
        del old_outputs
        changed = changed_keys(old_inputs, news)
        moved = bool(changed) and self._factory(call.urn)(news, call.id).moved(old_inputs)
        return Diff(bool(changed), changed if moved else [], changed)

    def create(self, call: Call, inputs: Properties) -> Live:
        """Configure a provider under a fresh id."""
        id_ = UNKNOWN_SENTINEL if call.preview else str(uuid.uuid4())
        with self._lock:
            self._configure(call.urn, id_, inputs)
        return Live(id_, inputs)

    def update(
        self, call: Call, old_inputs: Properties, old_outputs: Properties, news: Properties
    ) -> Properties:
        """Configure the provider anew under the id that it has."""
        del old_inputs, old_outputs
        with self._lock:
            self._configure(call.urn, call.id, news)
        return news

    def delete(self, call: Call, inputs: Properties, outputs: Properties) -> None:
        """Do nothing: a provider's process ends with the run."""

    def read(self, call: Call, inputs: Properties, outputs: Properties) -> Live:
        """Return what is known; there is nothing to look at."""
        return Live(call.id, outputs, inputs)

    def moved(self, old_config: Properties) -> bool:
        """Return False: provider resources have no provider of their own."""
        del old_config
        return False

    def cancel(self) -> None:
        """Ask for a good end of whatever the providers have under way."""
        with self._lock:
            providers = [*self._configured.values()]
        for provider in providers:
            provider.cancel()

    def close(self) -> None:
        """End what the providers started."""
        with self._lock:
            providers, self._configured = list(self._configured.values()), {}
        for provider in providers:
            provider.close()

    def _configure(self, urn: str, id_: str, inputs: Properties) -> None:
        reference = provider_reference(urn, id_)
        former = self._configured.get(reference)
        self._configured[reference] = self._factory(urn)(inputs, id_)
        if former is not None:
            former.close()

    def _factory(self, urn: str) -> Factory:
        package = package_of(type_of(urn))
        found = self._factories.get(package) or self._plugin(package)
        if found is None:
            raise ProviderError(
                f"LocalEngine has no provider for the package {package!r}, and there is no plugin "
                f"pulumi-resource-{package} on the PATH"
            )
        return found


def is_provider(type_: str) -> bool:
    """Whether resources of this type are providers."""
    return type_.startswith(PROVIDER_TYPE_PREFIX)


def default_name(version: str) -> str:
    """Return the name of a package's default provider."""
    return (
        "default_" + version.replace(".", "_").replace("-", "_").replace("+", "_") if version else "default"
    )
