"""What the words of an error say of the next try: it fails for certain, it may succeed, or neither. Pure.

The words are the container runtimes' (containerd, CRI-O, Docker), Go's network library's and the kubelet's.
"""

from __future__ import annotations

import functools
import re
from enum import Enum, auto

_KEPT = 512
"""So many messages are remembered: all pods of a workload say the same, look after look."""


class Outlook(Enum):
    """What is known of the next try."""

    CERTAIN = auto()
    """It fails: the same is asked of the same, and the answer was clear."""
    PASSING = auto()
    """It may succeed: something on the way failed, or was too busy."""
    UNKNOWN = auto()
    """The words are not known."""
    UNSAID = auto()
    """There is no word of the cause."""


@functools.lru_cache(_KEPT)
def outlook_of_pull(message: str) -> Outlook:
    """Return what the message of a failed pull says of the next one.

    Where several attempts failed for several reasons (mirrors), one that may pass is enough.
    """
    if _UNSAID.fullmatch(message):
        return Outlook.UNSAID
    return _first(_PULLS, _NAMES.sub(" ", message))


@functools.lru_cache(_KEPT)
def outlook_of_start(message: str) -> Outlook:
    """Return what the message of a container that could not be created or started says of the next try."""
    return _first(_STARTS, message)


@functools.lru_cache(_KEPT)
def wants_credentials(message: str) -> bool:
    """Return whether the message of a failed pull says that the registry refused whoever asked."""
    return _CREDENTIALS.search(_NAMES.sub(" ", message)) is not None


def may_admit_later(message: str) -> bool:
    """Return whether the API server may admit a pod yet that it refuses with these words.

    Something of its own is not filled yet, or a webhook denies the pod because it could not ask what it has
    to ask, such as a registry for a signature.
    """
    return _NOT_YET.search(message) is not None


def _first(table: tuple[tuple[Outlook, re.Pattern[str]], ...], message: str) -> Outlook:
    found = (outlook for outlook, words in table if words.search(message))
    return next(found, Outlook.UNKNOWN)


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


_UNSAID = re.compile(r'(?:Back-off pulling image "[^"]*"\.?)?')
"""All that ``ImagePullBackOff`` says before Kubernetes 1.32 (``pkg/kubelet/images/image_manager.go``)."""

_NAMES = re.compile(r'\\*"[^"]*"|\bhttps?://\S+(?=[:\s]|$)')
"""Images and URLs: chosen by users, so that their words mean nothing."""

_ALONE = r"(?<![\w.:/@-]){}(?![\w./@-])"
"""A number that is not part of a version, an address or a port."""

_DENIALS = (
    "denied",
    "unauthorized",
    "unauthenticated",
    "forbidden",
    "authentication required",
    "authorization failed",
)

_CREDENTIALS = _words(_ALONE.format("(?:401|403)"), *_DENIALS, "no basic auth credentials")

_NOT_YET = _words(
    "not yet ready to handle request",
    "status unknown for quota",
    r"error looking up service account (?:\S+/default:|(?!.* not found))",
    r"denied(?: the)? request.*(?:dial tcp|i/o timeout|TLS handshake timeout|Client\.Timeout|no such host|"
    "connection refused|connection reset|context deadline exceeded|too many requests|service unavailable)",
)
"""The API server's own admission (``plugin/pkg/admission``), and webhooks that depend on the network.

Every namespace gets its service account ``default``, from a controller that may be late.
"""

_PULLS = (
    (
        Outlook.PASSING,
        _words(
            _ALONE.format(r"(?:429|5\d\d)"),
            "toomanyrequests",
            "too many requests",
            "rate limit",
            "QPS exceeded",
            "no such host",
            "server misbehaving",
            "name resolution",
            "time-?out",
            "timed out",
            "deadline ?exceeded",
            "request canceled",
            "context canceled",
            "connection refused",
            "connection reset",
            "connection error",
            "broken pipe",
            "no route to host",
            "network is unreachable",
            r"\bEOF\b",
            "stream error",
            "GOAWAY",
            "closed network connection",
            "code = (?:Unavailable|Canceled|DeadlineExceeded)",
            "no space left on device",
            "failed size validation",
            "failed precondition",
            "registry is unavailable",
            "no basic auth credentials",
            "service unavailable",
            "bad gateway",
            "internal server error",
        ),
    ),
    (
        Outlook.CERTAIN,
        _words(
            _ALONE.format("(?:401|403|404)"),
            "manifest unknown",
            "name unknown",
            "blob unknown",
            "not found",
            "does not exist",
            *_DENIALS,
            "no match for platform",
            "no matching manifest",
            "no image found in",
            "invalid reference",
            "x509:",
            "server gave HTTP response to HTTPS client",
            "unsupported",
            "no longer supported",
            "short-?name",
        ),
    ),
)

_STARTS = (
    (
        Outlook.PASSING,
        _words(
            "deadline ?exceeded",
            "time-?out",
            "timed out",
            "is reserved for",
            "code = (?:Unavailable|Canceled|DeadlineExceeded)",
            "temporarily unavailable",
            "resource busy",
            "connection refused",
            "connection error",
            "ttrpc: closed",
            "have not yet been read",
            "not registered",
            r"/proc/\d+/ns/",
            "sandbox container",
            "cgroup",
            "unable to retrieve OCI runtime error",
        ),
    ),
    (
        Outlook.CERTAIN,
        _words(
            r"executable file not found in \$PATH",
            "no such file or directory",
            "permission denied",
            "operation not permitted",
            "exec format error",
            "is a directory",
            "not a directory",
            "no command specified",
            "image will run as root",
            "has non-numeric user",
            "unable to find (?:user|group)",
            "no matching entries in passwd file",
        ),
    ),
)
