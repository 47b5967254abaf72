"""Which releases the options of a command mean, and how each is reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.cli import stacks
from helm_rollback_component.cli.connection import Connection
from helm_rollback_component.cli.running import tell
from helm_rollback_component.cli.stacks import Secrets
from helm_rollback_component.config import RollbackConfig
from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.cli.stack_state import Declared
    from helm_rollback_component.operations import HelmOperations


@dataclass(frozen=True)
class Given:
    """What the options of a command say about where a release is.

    Attributes:
        namespace: as given, may be empty.
        kubeconfig: a path, may be empty.
        kube_context: may be empty.
        stack: a stack's name, a file with its state, or ``-``; empty where none is given.
    """

    namespace: str = ""
    kubeconfig: str = ""
    kube_context: str = ""
    stack: str = ""

    @property
    def connection(self) -> Connection:
        """What the options mean without a stack."""
        return Connection.of(self.namespace, self.kubeconfig, self.kube_context)


@dataclass(frozen=True)
class Located:
    """A release, and how it is reached.

    Attributes:
        release: its name.
        connection: where it is.
        declared: the release as a stack's state has it; None where no stack is given.
    """

    release: str
    connection: Connection
    declared: Declared | None = None

    @property
    def rollback(self) -> RollbackConfig:
        """The rollback section of its inputs, the default one where no stack tells it."""
        return self.declared.rollback if self.declared else RollbackConfig()

    def operations(self, progress: Callable[[str], None], *, allow_data_loss: bool = False) -> HelmOperations:
        """Return what can be done to it by hand.

        Args:
            progress: takes one line each.
            allow_data_loss: whether that may destroy data.
        """
        rollback = self.rollback.model_dump() | {"allow_data_loss": allow_data_loss}
        config = self.connection.config(self.release, operations={"rollback": rollback})
        return self.connection.operations(config, progress=progress)


def locate(release: str, given: Given, secrets: Secrets = Secrets.KUBECONFIG) -> Located:
    """Return the release of that name.

    Args:
        release: its name; with a stack, that of its resource does too.
        given: where it is.
        secrets: what the secrets of its inputs are needed for.

    Raises:
        ValidationError: the stack has no such release, or the options cannot be used.
    """
    if not given.stack:
        return Located(release, given.connection)
    declared = stacks.read(given.stack, secrets)
    found = [
        each
        for each in declared
        if release in (each.release, each.resource) and given.namespace in ("", each.namespace)
    ]
    if len(found) == 1:
        return _located(found[0], given)
    known = ", ".join(sorted(f"{each.namespace}/{each.release}" for each in declared)) or "none"
    what = "has several releases" if found else "has no release"
    raise ValidationError(
        [Problem("--stack", f"the stack {what} called {release}; its releases are {known}")],
        reason=Reason.INVALID_INPUT,
        remedy="say which one with --namespace" if found else "",
    )


def locate_all(given: Given) -> list[Located]:
    """Return every release of the given stack, in the given namespace if there is one.

    Raises:
        ValidationError: the state cannot be read, or a kubeconfig cannot be used.
    """
    declared = stacks.read(given.stack)
    return [_located(each, given) for each in declared if given.namespace in ("", each.namespace)]


def _located(declared: Declared, given: Given) -> Located:
    """Return a release of a stack; what the options say about the cluster comes first."""
    if declared.encrypted and not given.kubeconfig:
        where = f"{declared.namespace}/{declared.release}"
        tell(f"{where}: its kubeconfig is encrypted; that of the environment is used")
    theirs = None if given.kubeconfig else declared.kubeconfig
    context = given.kube_context or ("" if given.kubeconfig else declared.context or "")
    connection = Connection.of(declared.namespace, given.kubeconfig, context, content=theirs)
    connection.redact.learn(declared.secrets)
    return Located(declared.release, connection, declared)
