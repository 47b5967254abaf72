"""What to do where a reason word has no remedy of its own: the message says it, or nothing has to be done."""

from __future__ import annotations

from helm_rollback_component.reasons import Reason

_NOTHING = "Nothing: all is well."
_CAUSE = "Look up the reason in the message, which is that of the failure itself."
_ANOTHER_TARGET = "Choose another revision: the output `history` lists them, and which are `verified`."
_REPORT = "Read the message, which is the server's own; if it makes no sense, report it."

ADVICE = {
    Reason.IN_SYNC: _NOTHING,
    Reason.INSTALL_SUCCEEDED: _NOTHING,
    Reason.UPGRADE_SUCCEEDED: _NOTHING,
    Reason.TEST_SUCCEEDED: _NOTHING,
    Reason.ROLLBACK_SUCCEEDED: "Look up the reason in the message: it says why the upgrade was undone.",
    Reason.UNINSTALL_SUCCEEDED: _NOTHING,
    Reason.NOT_NEEDED: _NOTHING,
    Reason.PROGRESSING: _NOTHING,
    Reason.INSTALL_FAILED: _CAUSE,
    Reason.UPGRADE_FAILED: _CAUSE,
    Reason.UNKNOWN: "Read the message; a newer version of the component may have written the word.",
    Reason.MANUAL_REQUEST: "Nothing; remove `target_revision` to deploy what the inputs declare.",
    Reason.VERSION_DOWNGRADE: "Nothing; declare the higher version to deploy it again.",
    Reason.FIRST_DEPLOYMENT_FAILED: "Fix the inputs and update again: the first deployment is repeated.",
    Reason.INVALID_INPUT: "Change the inputs that the message names; it lists all that are wrong at once.",
    Reason.INVALID_REVISION: "Write a whole number, 1 or higher.",
    Reason.NO_HISTORY: "Check the release's name and namespace; if both are right, deploy it first.",
    Reason.BEYOND_LATEST: _ANOTHER_TARGET,
    Reason.PRUNED: (
        "Choose another revision from the output `history`; increase `history.max_revisions` to keep more."
    ),
    Reason.TAMPERED: f"{_ANOTHER_TARGET} Find out who changed Helm's record.",
    Reason.BEFORE_UNINSTALL: _ANOTHER_TARGET,
    Reason.NOT_GOOD: _ANOTHER_TARGET,
    Reason.ANOTHER_CHART: _ANOTHER_TARGET,
    Reason.REVISION_MISSING: _ANOTHER_TARGET,
    Reason.ANOTHER_INCARNATION: "Run `pulumi refresh`, so that the state tells of the release that is there.",
    Reason.NO_DEPLOYED_RELEASE: "Run the update again: it deploys what is declared.",
    Reason.HELM_CRASHED: "Run the update again; if it stays, look for a limit of memory that ended Helm.",
    Reason.HELM_LOST_SIGHT: "Nothing: the next update tries again.",
    Reason.HELM_FAILED: "Read the message, which is Helm's own.",
    Reason.CANCELLED: "Run the update again.",
    Reason.REPOSITORY_UNAVAILABLE: "Run the update again later.",
    Reason.NOT_FOUND: "Check the name and the namespace in the message; run the update again.",
    Reason.METHOD_NOT_ALLOWED: _REPORT,
    Reason.ALREADY_EXISTS: "Delete the object that the message names, or give the new one another name.",
    Reason.BAD_REQUEST: _REPORT,
    Reason.TOO_LARGE: "Make the chart's objects or values smaller.",
}
