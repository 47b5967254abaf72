"""What a failure of Helm means, read from its message.

Purely computational: `classify` looks Helm's message up in `failures.rules`, and shortens it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from helm_rollback_component.core.failures.cause import essential, without_dumps
from helm_rollback_component.core.failures.rules import find_rule
from helm_rollback_component.errors import OperationError, RollbackError
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.core.failures.rule import Rule

_Error = TypeVar("_Error", OperationError, RollbackError)

_TIMEOUTS = {
    "install": Reason.INSTALL_TIMEOUT,
    "upgrade": Reason.UPGRADE_TIMEOUT,
    "rollback": Reason.ROLLBACK_TIMEOUT,
    "uninstall": Reason.UNINSTALL_TIMEOUT,
    "test": Reason.TEST_FAILED,
}
_VERBS = {"INSTALLATION FAILED: ": "install", "UPGRADE FAILED: ": "upgrade"}
_PLURAL = re.compile(r"(?<=s)es$|(?<![s])(?<!ie)s$")


@dataclass(frozen=True)
class Failure:
    """A classified failure of Helm.

    Attributes:
        reason: one CamelCase word, such as ``ImmutableField``.
        message: the essential part of Helm's message.
        remedy: what to do, or an empty string.
        temporary: whether the same call may succeed later although nothing was changed.
    """

    reason: str
    message: str
    remedy: str
    temporary: bool

    @classmethod
    def of(cls, error: OperationError) -> Failure:
        """Return an error of the cluster as a failure."""
        return cls(error.reason, error.message, error.remedy, error.temporary)

    def as_error(self, kind: type[_Error], headline: str, release: str = "") -> _Error:
        """Return the failure as an error of that kind; its message begins with `headline`."""
        return kind(
            f"{headline}: {self.message}",
            reason=self.reason,
            release=release,
            remedy=self.remedy,
            temporary=self.temporary,
        )


def classify(output: str, action: str = "", namespace: str = "", show: Callable[[str], str] = str) -> Failure:
    """Return what Helm's `output` means.

    Args:
        output: what Helm wrote to standard error, or its library's message.
        action: Helm's verb (``install``, ``upgrade``, ``rollback``, ``uninstall``, ``test``). If it is not
            given, an install and an upgrade are recognised by the message of Helm's command line.
        namespace: the release's, for the commands in a remedy.
        show: removes the secrets from a text. The message is cut after that, so that no part of one is left.
    """
    error, shown = (without_dumps(_last_error(text)) for text in (output, show(output)))
    verb = action or next((verb for words, verb in _VERBS.items() if words in error), "")
    rule, found = find_rule(error, verb)
    reason = _reason(rule, verb)
    return Failure(
        reason=reason,
        message=rule.message or essential(shown),
        remedy=show(rule.remedy.format(object=_named(found, namespace))) if rule.remedy else reason.remedy,
        temporary=rule.reason.temporary,
    )


def is_absent(output: str) -> bool:
    """Whether Helm's `output` says that there is no such release any more."""
    return classify(output).reason == Reason.RELEASE_MISSING


def _reason(rule: Rule, verb: str) -> Reason:
    return _TIMEOUTS.get(verb, rule.reason) if rule.reason is Reason.HELM_TIMEOUT else rule.reason


def _last_error(output: str) -> str:
    # Helm logs warnings first, and the error itself may have many lines.
    before, _, error = output.rpartition("\nError: ")
    return (error if before else output).strip()


def _named(found: re.Match[str], namespace: str) -> str:
    """Return how kubectl is told which object a rule has found, an empty text where it found none."""
    groups = found.groupdict()
    if not groups:
        return ""
    where = f" -n {namespace}" if namespace else ""
    return f"{_kind(groups['kind'])} {groups['name']}{where}"


def _kind(word: str) -> str:
    """Return a kind (``Job``) or a resource (``jobs``) as kubectl names one object of it (``job``)."""
    return _PLURAL.sub("", word) if word.islower() else word.lower()
