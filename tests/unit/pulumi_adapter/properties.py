"""Properties of a release, and what is known of it, for the tests of the adapter."""

from __future__ import annotations

from typing import Any

from pulumi.output import Unknown

from helm_rollback_component.results import Phase, ReleaseRevision, ReleaseStatus

LATER: Any = Unknown()  # type: ignore[no-untyped-call]  # what a preview does not know yet
LEAST = {"release_name": "web", "release_namespace": "apps", "source": {"chart": "./web"}}
STATUS = ReleaseStatus(
    release_name="web",
    release_namespace="apps",
    revision=3,
    chart_version="1.0.0",
    app_version="2",
    status="deployed",
    phase=Phase.DEPLOYED,
    history=(ReleaseRevision(3, "1.0.0", "2", "deployed", "then", "Install complete", verified=True),),
)
