"""What a failure of Helm means, read from its message.

Purely computational: `classify` looks Helm's message up in `failures.rules`, and shortens it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from helm_rollback_component.core.failures.rules import find_rule, nothing_stored
from helm_rollback_component.errors import OperationError, RollbackError
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.core.failures.rule import Rule

_Error = TypeVar("_Error", OperationError, RollbackError)

_LONGEST_MESSAGE = 600
_TIMEOUTS = {
    "install": Reason.INSTALL_TIMEOUT,
    "upgrade": Reason.UPGRADE_TIMEOUT,
    "rollback": Reason.ROLLBACK_TIMEOUT,
    "uninstall": Reason.UNINSTALL_TIMEOUT,
    "test": Reason.TEST_FAILED,
}
_VERBS = {"INSTALLATION FAILED: ": "install", "UPGRADE FAILED: ": "upgrade"}
_NOISE = re.compile(
    r"Error: "
    r"|INSTALLATION FAILED: "
    r"|UPGRADE FAILED: "
    r"|cluster reachability check failed: "
    r"|release name check failed: "
    r"|(kubernetes )?cluster unreachable: "
    r"|uninstallation completed with \d+ error\(s\): "
    r"|uninstall: Release not loaded: \S+ "
    r"|unable to continue with (install|update): "
    r"|(create|update): failed to (create|update): "
    r"|query: failed to query with labels: "
    r"|failed to create resource: "
    r"|server-side apply failed for object [^:]+: "
    r"|cannot patch \"[^\"]*\" with kind \w+: "
    r"|conflict occurred while applying object [^:]+: "
    r"|unable to build kubernetes objects from [^:]+: "
    r"|resource mapping not found for [^:]+: \"[^\"]*\" namespace: \"[^\"]*\" from \"[^\"]*\": "
    r"|failed to perform \"\w+\" on (source|target): ",
    re.IGNORECASE,
)
_COUNT = re.compile(r"\b\d+ errors? occurred: \* ")
_CIRCUMSTANCE = re.compile(r" (context deadline exceeded|ensure CRDs are installed first)$")
_OUR_FILE = re.compile(r" ?\"?/(proc/self|dev)/fd/\d+\"?")


@dataclass(frozen=True)
class Failure:
    """A classified failure of Helm.

    Attributes:
        reason: one CamelCase word, such as ``ImmutableField``.
        message: the essential part of Helm's message.
        remedy: what to do, or an empty string.
        temporary: whether the same call may succeed later although nothing was changed.
        stored: whether Helm had written a record or touched an object; None if its message does not tell.
    """

    reason: str
    message: str
    remedy: str
    temporary: bool
    stored: bool | None

    def as_error(self, kind: type[_Error], headline: str, release: str = "") -> _Error:
        """Return the failure as an error of that kind; its message begins with `headline`."""
        return kind(
            f"{headline}: {self.message}",
            reason=self.reason,
            release=release,
            remedy=self.remedy,
            temporary=self.temporary,
        )


def classify(output: str, action: str = "") -> Failure:
    """Return what Helm's `output` means.

    Args:
        output: what Helm wrote to standard error, or its library's message.
        action: Helm's verb (``install``, ``upgrade``, ``rollback``, ``uninstall``, ``test``). If it is not
            given, an install and an upgrade are recognised by the message of Helm's command line.
    """
    error = _last_error(output)
    verb = action or next((verb for words, verb in _VERBS.items() if words in error), "")
    rule = find_rule(error, verb)
    return Failure(
        reason=_reason(rule, verb),
        message=rule.message or _essential(error),
        remedy=rule.remedy or _reason(rule, verb).remedy,
        temporary=rule.reason.temporary,
        stored=False if nothing_stored(error, verb) else rule.stored,
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


def _essential(error: str) -> str:
    lines = (line.strip().removeprefix("- ") for line in error.splitlines())
    said = _COUNT.sub("", " ".join(line for line in lines if line))
    while match := _NOISE.match(said):
        said = said[match.end() :]
    said = _OUR_FILE.sub("", _CIRCUMSTANCE.sub("", said))
    return said if len(said) <= _LONGEST_MESSAGE else f"{said[: _LONGEST_MESSAGE - 1]}…"
