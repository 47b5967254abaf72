"""Every reason word, once: what it means, whether it is transient, and what to do.

Errors, conditions, the rollback status and the ledger hold a reason, as a plain string.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Reason(StrEnum):
    """One CamelCase word that says why something happened; it compares equal to the plain string.

    Attributes:
        meaning: one sentence.
    """

    meaning: str

    def __new__(cls, word: str, meaning: str) -> Self:
        """Make a member of a word and its meaning."""
        member = str.__new__(cls, word)
        member._value_ = word
        member.meaning = meaning
        return member

    @property
    def remedy(self) -> str:
        """What to do, as an imperative without a full stop; empty where nothing has to be done."""
        return _REMEDIES.get(self, "")

    @property
    def temporary(self) -> bool:
        """Whether the same call may succeed later although nothing was changed."""
        return self in _TEMPORARY

    @property
    def tried_again(self) -> bool:
        """Whether an update that was rolled back for it is tried again: nothing was wrong with its spec."""
        return self in _TRIED_AGAIN

    # How a run ended, and what the conditions say.
    IN_SYNC = "InSync", "What runs is what is declared."
    INSTALL_SUCCEEDED = "InstallSucceeded", "The first deployment succeeded."
    INSTALL_FAILED = "InstallFailed", "The first deployment failed."
    UPGRADE_SUCCEEDED = "UpgradeSucceeded", "The upgrade succeeded."
    UPGRADE_FAILED = "UpgradeFailed", "The upgrade failed."
    TEST_SUCCEEDED = "TestSucceeded", "The chart's tests passed."
    TEST_FAILED = "TestFailed", "A test of the chart failed."
    NOT_NEEDED = "NotNeeded", "No rollback was needed."
    PROGRESSING = "Progressing", "The release is not stalled."
    UNKNOWN = "Unknown", "The reason is not known."
    UNEXPECTED_ERROR = "UnexpectedError", "The component itself has a bug."
    MANUAL_REQUEST = "ManualRequest", "The inputs hold the release at the content of one revision."
    VERSION_DOWNGRADE = "VersionDowngrade", "The declared chart version is lower than the deployed one."
    OPERATOR_REQUEST = "OperatorRequest", "A rollback was requested by a command or a script."
    FIRST_DEPLOYMENT_FAILED = "FirstDeploymentFailed", "No revision of the release ever worked."
    INTERRUPTED = "Interrupted", "The process that changed the release ended before it was done."
    DRIFTED = "Drifted", "Another client changed the release."
    UNINSTALLED = "Uninstalled", "Another client uninstalled the release and kept its history."
    RELEASE_MISSING = "ReleaseMissing", "There is no release of that name."
    NO_PROGRESS = "NoProgress", "One more attempt of the same kind would not help."
    ROLLBACK_SUCCEEDED = "RollbackSucceeded", "The content of an earlier revision runs again."
    ROLLBACK_FAILED = "RollbackFailed", "The rollback failed."
    UNINSTALL_SUCCEEDED = "UninstallSucceeded", "The release was uninstalled."
    UNINSTALL_FAILED = "UninstallFailed", "The release could not be uninstalled."
    MISSING_ROLLBACK_TARGET = "MissingRollbackTarget", "No good revision is stored that can be restored."
    DATA_LOSS_PREVENTED = "DataLossPrevented", "A rollback would destroy data."
    POINT_OF_NO_RETURN = "PointOfNoReturn", "A rollback would go back across a point of no return."

    # Why a request is refused.
    INVALID_INPUT = "InvalidInput", "An input is not valid."
    INVALID_KUBECONFIG = "InvalidKubeconfig", "The kubeconfig, or its context, cannot be used."
    KUBECONFIG_MISSING = "KubeconfigMissing", "There is no kubeconfig, or it does not have the context."
    INVALID_REVISION = "InvalidRevision", "The number is not a revision number."
    NO_HISTORY = "NoHistory", "The release has no readable revision."
    BEYOND_LATEST = "BeyondLatest", "The revision does not exist yet."
    PRUNED = "Pruned", "The record of the revision was deleted."
    TAMPERED = "Tampered", "The record of the revision was changed after it was deployed."
    BEFORE_UNINSTALL = "BeforeUninstall", "The revision is older than the last uninstall."
    NOT_GOOD = "NotGood", "The revision is not known to work."
    ANOTHER_CHART = "AnotherChart", "The revision was deployed from another chart."
    RELEASE_EXISTS = "ReleaseExists", "A release of that name exists, and this component does not manage it."
    UNSUPPORTED_BY_ENGINE = "UnsupportedByEngine", "The chosen Helm does not support what is asked for."

    # The claim on the release, its lock, and the records in the cluster.
    CLAIMED_BY_ANOTHER = "ClaimedByAnother", "Another resource or stack manages the release."
    CLAIM_MISSING = "ClaimMissing", "No Lease names the owner of the release: it was deleted, or never made."
    ANOTHER_INCARNATION = "AnotherIncarnation", "The release was created again since."
    LOCKED = "Locked", "Another process is working on the release."
    LOCK_LOST = "LockLost", "Another process took over the lock, or the Lease was deleted."
    KEY_UNREADABLE = "KeyUnreadable", "The Secret with the key of the digests does not contain a key."
    CLUSTER_CHANGED = "ClusterChanged", "The kubeconfig leads to another cluster than before."
    OPERATION_IN_PROGRESS = "OperationInProgress", "Another Helm client is working on the release."
    NO_DEPLOYED_RELEASE = "NoDeployedRelease", "No revision of the release has the status deployed."
    REVISION_MISSING = "RevisionMissing", "The revision is not stored."
    RECORD_UNREADABLE = "RecordUnreadable", "The record of a revision cannot be decoded."
    MANIFEST_UNREADABLE = "ManifestUnreadable", "A document in a manifest cannot be read; Helm could."
    RECORD_NOT_UPDATED = "RecordNotUpdated", "Helm did not mark its record as uninstalled."
    RELEASE_TOO_LARGE = "ReleaseTooLarge", "Chart and values together are larger than a Secret can be."

    # Helm.
    HELM_NOT_FOUND = "HelmNotFound", "There is no such Helm."
    HELM_UNUSABLE = "HelmUnusable", "The program is not a Helm that can be used, or it does not start."
    HELM_HUNG = "HelmHung", "Helm did not end in time."
    HELM_CRASHED = "HelmCrashed", "Helm ended unexpectedly."
    HELM_LOST_SIGHT = "HelmLostSight", "All of the release was ready, and Helm did not see it."
    HELM_FAILED = "HelmFailed", "Helm failed for a reason that is not in this list."
    CANCELLED = "Cancelled", "The operation was cancelled."
    HOOK_FAILED = "HookFailed", "A hook of the chart failed."
    INSTALL_TIMEOUT = "InstallTimeout", "The release did not become ready within timeouts.deploy."
    UPGRADE_TIMEOUT = "UpgradeTimeout", "The release did not become ready within timeouts.upgrade."
    ROLLBACK_TIMEOUT = "RollbackTimeout", "Helm did not finish the rollback within timeouts.rollback."
    UNINSTALL_TIMEOUT = "UninstallTimeout", "The objects were not gone within timeouts.delete."
    HELM_TIMEOUT = "HelmTimeout", "Helm waited too long for an answer."
    READINESS_TIMEOUT = "ReadinessTimeout", "The applied revision did not become ready in time."

    # Charts, their values, and where they are fetched.
    CHART_NOT_FOUND = "ChartNotFound", "The chart, or that version of it, does not exist."
    CHART_INVALID = "ChartInvalid", "The chart cannot be installed."
    CHART_CORRUPT = "ChartCorrupt", "The archive is not the one that the repository's index describes."
    SCHEMA_INVALID = "SchemaInvalid", "The values do not match the chart's schema."
    RENDER_FAILED = "RenderFailed", "A template of the chart cannot be rendered."
    POST_RENDERER_FAILED = "PostRendererFailed", "The post-renderer does not exist, does not start, or fails."
    DEPENDENCY_MISSING = "DependencyMissing", "A dependency of the chart is not in its charts folder."
    REPOSITORY_INVALID = "RepositoryInvalid", "The URL is not that of a chart repository."
    REPOSITORY_UNAVAILABLE = "RepositoryUnavailable", "The chart repository does not answer properly now."
    REGISTRY_UNAUTHORIZED = "RegistryUnauthorized", "The registry or repository refuses the credentials."

    # The API server.
    UNREACHABLE = "Unreachable", "The server does not answer."
    UNTRUSTED = "Untrusted", "The certificate of the server is not trusted."
    UNEXPECTED_ANSWER = "UnexpectedAnswer", "Another kind of server, or another protocol, answers there."
    UNAUTHORIZED = "Unauthorized", "The API server does not accept the credentials."
    CREDENTIAL_PLUGIN_FAILED = "CredentialPluginFailed", "The kubeconfig's credential plugin failed."
    FORBIDDEN = "Forbidden", "The user of the kubeconfig may not do that."
    NOT_FOUND = "NotFound", "The object does not exist."
    METHOD_NOT_ALLOWED = "MethodNotAllowed", "The API server does not offer that for objects of this kind."
    ALREADY_EXISTS = "AlreadyExists", "An object of that name exists already."
    CONFLICT = "Conflict", "The object was changed at the same time."
    EXPIRED = "Expired", "The API server no longer has the requested state."
    BAD_REQUEST = "BadRequest", "The API server does not understand the request."
    TOO_LARGE = "TooLarge", "The request is larger than the API server accepts."
    TOO_MANY_REQUESTS = "TooManyRequests", "The API server is overloaded."
    SERVER_ERROR = "ServerError", "The API server has an internal problem."
    UNKNOWN_KIND = "UnknownKind", "The cluster does not have that kind of object in that API version."
    OBJECT_INVALID = "ObjectInvalid", "The API server refuses an object as invalid."
    IMMUTABLE_FIELD = "ImmutableField", "A field of an existing object cannot be changed."
    OWNERSHIP_CONFLICT = "OwnershipConflict", "An object exists already and belongs to no or another release."
    FIELD_CONFLICT = "FieldConflict", "Another manager owns a field that the chart sets."
    QUOTA_EXCEEDED = "QuotaExceeded", "A quota or a limit of the namespace is exceeded."
    POD_SECURITY_VIOLATION = "PodSecurityViolation", "A pod violates the Pod Security Standards."
    ADMISSION_DENIED = "AdmissionDenied", "An admission policy denies an object."
    WEBHOOK_UNAVAILABLE = "WebhookUnavailable", "An admission webhook does not answer."
    NAMESPACE_MISSING = "NamespaceMissing", "The namespace does not exist."
    NAMESPACE_TERMINATING = "NamespaceTerminating", "The namespace is being deleted."

    # The health of the release's objects; the kubelet's words where it has one.
    IMAGE_PULL_BACK_OFF = "ImagePullBackOff", "The image of a container cannot be pulled."
    SIGNATURE_VALIDATION_FAILED = "SignatureValidationFailed", "The signature of an image is not valid."
    REGISTRY_UNAVAILABLE = "RegistryUnavailable", "The registry of an image cannot be reached."
    IMAGE_INSPECT_ERROR = "ImageInspectError", "The image of a container cannot be read."
    INVALID_IMAGE_NAME = "InvalidImageName", "The image name of a container is not valid."
    ERR_IMAGE_NEVER_PULL = "ErrImageNeverPull", "The image is not on the node and may not be pulled."
    CREATE_CONTAINER_CONFIG_ERROR = "CreateContainerConfigError", "A container refers to what does not exist."
    CREATE_CONTAINER_ERROR = "CreateContainerError", "A container cannot be created."
    RUN_CONTAINER_ERROR = "RunContainerError", "A container cannot be started."
    CRASH_LOOP_BACK_OFF = "CrashLoopBackOff", "A container ends again and again."
    OOM_KILLED = "OOMKilled", "A container needs more memory than its limit."
    CONTAINER_RESTARTED = "ContainerRestarted", "A container restarted after it was ready."
    READINESS_LOST = "ReadinessLost", "A container was ready and is not ready any longer."
    UNSCHEDULABLE = "Unschedulable", "No node fits a pod."
    POD_FAILED = "PodFailed", "A pod failed."
    JOB_FAILED = "JobFailed", "A Job failed."
    FAILED_CREATE = "FailedCreate", "The API server refuses the pods of a workload."
    VOLUME_UNBOUND = "VolumeUnbound", "A PersistentVolumeClaim gets no volume."
    PROGRESS_DEADLINE_EXCEEDED = "ProgressDeadlineExceeded", "A Deployment made no progress in its deadline."
    RESOURCE_FAILED = "ResourceFailed", "An object reports that it failed."
    OBJECT_DELETED = "ObjectDeleted", "Another client deleted an object of the release."


def find(word: str) -> Reason:
    """Return the reason that is spelled `word`, such as ``ImagePullBackOff``; `Reason.UNKNOWN` if none is."""
    return _BY_WORD.get(word, Reason.UNKNOWN)


_TIMED_OUT = "find out why the objects do not become ready, or increase the timeout in timeouts"
_REMEDIES = {
    Reason.UNEXPECTED_ERROR: "report it",
    Reason.TEST_FAILED: "read the logs of the test's pod",
    Reason.OPERATOR_REQUEST: (
        "change the inputs, or only retry_trigger, to deploy them again; or declare what now runs"
    ),
    Reason.INTERRUPTED: "the next update tries again what was interrupted",
    Reason.DRIFTED: "the next update deploys what is declared over the other change",
    Reason.UNINSTALLED: "the next update installs the release again",
    Reason.RELEASE_MISSING: "the next update installs the release again",
    Reason.NO_PROGRESS: "see `helm history`, and fix the cause of the failure",
    Reason.ROLLBACK_FAILED: "see `helm history`, and fix the cause of the failure",
    Reason.UNINSTALL_FAILED: "fix what the message of the failed deletion names, then delete it again",
    Reason.MISSING_ROLLBACK_TARGET: "fix the inputs",
    Reason.DATA_LOSS_PREVENTED: (
        "fix the inputs; or annotate what is to stay with helm.sh/resource-policy=keep; "
        "or set operations.rollback.allow_data_loss=True"
    ),
    Reason.POINT_OF_NO_RETURN: "fix the inputs, so that the next update goes forward",
    Reason.RELEASE_EXISTS: "choose another release_name, or set adopt=True to take the release over",
    Reason.UNSUPPORTED_BY_ENGINE: "set helm to another Helm, or do not use the input",
    Reason.INVALID_KUBECONFIG: "fix the kubeconfig or the context",
    Reason.KUBECONFIG_MISSING: "set kubeconfig and context to those of the cluster",
    Reason.CLAIMED_BY_ANOTHER: (
        "if the resource or its stack was renamed, set aliases; to take the release over, set adopt=True"
    ),
    Reason.CLAIM_MISSING: "update the stack once, which creates the claim again; or uninstall with Helm",
    Reason.LOCKED: "wait for the other process, then run again",
    Reason.LOCK_LOST: "find the other process that works on this release, then run again",
    Reason.KEY_UNREADABLE: "delete the Secret; the verdicts on older revisions are lost then",
    Reason.CLUSTER_CHANGED: (
        "restore the kubeconfig; to move the release, set the kubeconfig input to the other cluster's"
    ),
    Reason.OPERATION_IN_PROGRESS: "wait for the other client, then run again",
    Reason.MANIFEST_UNREADABLE: "write the template named in the message in plainer YAML",
    Reason.RECORD_UNREADABLE: "restore the Secret of that revision, or delete it",
    Reason.RECORD_NOT_UPDATED: "find out why Helm cannot update its Secrets, then delete the release again",
    Reason.RELEASE_TOO_LARGE: "take large files out of the chart: the limit is 1 MiB, compressed",
    Reason.HELM_NOT_FOUND: "install Helm, or set helm to an existing program",
    Reason.HELM_UNUSABLE: "install Helm again",
    Reason.HELM_HUNG: "check whether an authentication plugin or the API server hangs",
    Reason.HOOK_FAILED: (
        "read the logs of the hook's pod; if it is a Job or Pod that an earlier update left behind, delete it"
    ),
    Reason.INSTALL_TIMEOUT: _TIMED_OUT,
    Reason.UPGRADE_TIMEOUT: _TIMED_OUT,
    Reason.ROLLBACK_TIMEOUT: _TIMED_OUT,
    Reason.UNINSTALL_TIMEOUT: "find out why the objects are not deleted, or increase timeouts.delete",
    Reason.HELM_TIMEOUT: "check the network and the servers that Helm needs",
    Reason.READINESS_TIMEOUT: _TIMED_OUT,
    Reason.CHART_NOT_FOUND: "check source.chart, source.repository and source.version",
    Reason.CHART_INVALID: "fix the chart, or use another version of it",
    Reason.CHART_CORRUPT: "create the index of the repository again",
    Reason.SCHEMA_INVALID: "change the values as the chart's schema requires",
    Reason.POST_RENDERER_FAILED: "check post_renderer: Helm 3 takes a program, the others a plugin",
    Reason.RENDER_FAILED: "fix the values, or the chart's template",
    Reason.DEPENDENCY_MISSING: "set source.dependency_update",
    Reason.REPOSITORY_INVALID: "set source.repository to the URL below which index.yaml lists the charts",
    Reason.REGISTRY_UNAUTHORIZED: (
        "check source.username and source.password, or log in with `helm registry login`"
    ),
    Reason.UNREACHABLE: "check the address that the message names, the network, and any proxy",
    Reason.UNTRUSTED: "check the server and the certificate authority",
    Reason.UNEXPECTED_ANSWER: "check that the kubeconfig names a Kubernetes API server",
    Reason.UNAUTHORIZED: "check the credentials in the kubeconfig",
    Reason.CREDENTIAL_PLUGIN_FAILED: "log in again, or run the plugin in a terminal",
    Reason.FORBIDDEN: "grant that permission to the user of the kubeconfig",
    Reason.CONFLICT: "run it again",
    Reason.EXPIRED: "run it again",
    Reason.TOO_MANY_REQUESTS: "run it again later",
    Reason.SERVER_ERROR: "run it again; if the problem stays, check the API server",
    Reason.UNKNOWN_KIND: (
        "install the CustomResourceDefinition first, or use an API version that the cluster has"
    ),
    Reason.OBJECT_INVALID: "fix the values, or the chart's template",
    Reason.IMMUTABLE_FIELD: "delete the object first, or give the new one another name",
    Reason.OWNERSHIP_CONFLICT: "delete the object, or set take_ownership",
    Reason.FIELD_CONFLICT: (
        "remove the field from the chart, or have the manager that the message names give it up"
    ),
    Reason.QUOTA_EXCEEDED: "increase the quota, or request less",
    Reason.POD_SECURITY_VIOLATION: "change the securityContext as the namespace's policy requires",
    Reason.ADMISSION_DENIED: "change the chart or the values as the policy requires",
    Reason.WEBHOOK_UNAVAILABLE: "restore the webhook's service, or remove its configuration",
    Reason.NAMESPACE_MISSING: (
        "create the namespace first; in Python, manage_namespace=True declares that of the release, and "
        "where the state has it already, `pulumi refresh` lets the next update create it again"
    ),
    Reason.NAMESPACE_TERMINATING: "wait until the namespace is gone, then create it again",
    Reason.IMAGE_PULL_BACK_OFF: "check the image name, its tag, and the pull secrets",
    Reason.SIGNATURE_VALIDATION_FAILED: "use an image that is signed as the node's policy requires",
    Reason.REGISTRY_UNAVAILABLE: "check that the nodes reach the registry",
    Reason.IMAGE_INSPECT_ERROR: "check the container runtime of the node",
    Reason.INVALID_IMAGE_NAME: "fix the image name",
    Reason.ERR_IMAGE_NEVER_PULL: "load the image onto the nodes, or change imagePullPolicy",
    Reason.CREATE_CONTAINER_CONFIG_ERROR: "create the Secret or ConfigMap that the message names",
    Reason.CREATE_CONTAINER_ERROR: "fix what the message names",
    Reason.RUN_CONTAINER_ERROR: "check the command of the container and its mounts",
    Reason.CRASH_LOOP_BACK_OFF: "read the container's log",
    Reason.OOM_KILLED: "increase the memory limit, or reduce what the container needs",
    Reason.CONTAINER_RESTARTED: "read the container's log",
    Reason.READINESS_LOST: "read the container's log, and check its readiness probe",
    Reason.UNSCHEDULABLE: "add nodes, request less, or change the pod's placement rules",
    Reason.POD_FAILED: "read the pod's log",
    Reason.JOB_FAILED: "read the logs of the Job's pods",
    Reason.FAILED_CREATE: "fix what the message names in the pod template, or grant the permission",
    Reason.VOLUME_UNBOUND: "check the StorageClass and its provisioner",
    Reason.PROGRESS_DEADLINE_EXCEEDED: "find out why the pods do not become ready",
    Reason.RESOURCE_FAILED: "see the status of the object",
    Reason.OBJECT_DELETED: "find out who deletes the object; the next update tries again",
}
_TEMPORARY = frozenset(
    {
        Reason.CONFLICT,
        Reason.EXPIRED,
        Reason.HELM_CRASHED,
        Reason.HELM_LOST_SIGHT,
        Reason.LOCKED,
        Reason.NAMESPACE_TERMINATING,
        Reason.OPERATION_IN_PROGRESS,
        Reason.REPOSITORY_UNAVAILABLE,
        Reason.SERVER_ERROR,
        Reason.TOO_MANY_REQUESTS,
        Reason.UNREACHABLE,
        Reason.WEBHOOK_UNAVAILABLE,
    }
)
_TRIED_AGAIN = frozenset({Reason.FORBIDDEN, Reason.INTERRUPTED, Reason.OBJECT_DELETED, Reason.UNAUTHORIZED})
_BY_WORD = {reason.value: reason for reason in Reason}
