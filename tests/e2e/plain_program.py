"""The root program without its Kubernetes objects: it needs no plugin but the one for Python."""

import pulumi

from helm_rollback_component import HelmRelease

for name, inputs in pulumi.Config().require_object("releases").items():
    release = HelmRelease(name, inputs)
    pulumi.export(
        name, {"revision": release.revision, "phase": release.phase, "rollback": release.rollback_status}
    )
