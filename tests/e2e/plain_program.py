"""The root program without its Kubernetes objects: it needs no plugin but the one for Python."""

import signal

import pulumi

from helm_rollback_component import HelmRelease

signal.signal(signal.SIGINT, signal.SIG_DFL)

for name, inputs in pulumi.Config().require_object("releases").items():
    release = HelmRelease(name, inputs)
    pulumi.export(
        name, {"revision": release.revision, "phase": release.phase, "rollback": release.rollback_status}
    )
