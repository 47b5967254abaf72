"""Programs for the type checker, which `make check` runs over this file; it is never imported.

What is right passes. Each ``type: ignore`` stands for an error that a user must be told of: mypy reports the
ones that nothing needs, so an error that is no longer found fails the check.
"""

from __future__ import annotations

import pulumi

from helm_rollback_component import HelmRelease, HelmReleaseArgs, RollbackArgs

release = HelmRelease(
    "web",
    {
        "release_namespace": "apps",
        "source": {"chart": "./charts/web"},
        "values": {"replicas": 2, "image": {"tag": pulumi.Output.from_input("1.30")}},
        "value_files": ["values.yaml", pulumi.FileAsset("more.yaml")],
        "operations": {"rollback": {"strategy": "version-based", "floor": "current", "on_rollback": "warn"}},
        "wait_strategy": "legacy",
        "labels": {"team": pulumi.Output.from_input("shop")},
    },
)
args: HelmReleaseArgs = {"release_namespace": "apps", "source": {"chart": "web", "repository": "https://x"}}
HelmRelease("api", args, pulumi.ResourceOptions(parent=release))


def read(release: HelmRelease) -> None:
    """Read every nested output with its type."""
    restored: pulumi.Output[int] = release.rollback_status.apply(lambda last: last["restored_revision"])
    verified: pulumi.Output[list[bool]] = release.history.apply(
        lambda all_: [one["verified"] for one in all_]
    )
    reasons: pulumi.Output[dict[str, str]] = release.conditions.apply(
        lambda found: {one["type"]: one["reason"] for one in found}
    )
    names: pulumi.Output[list[str]] = release.resources.apply(lambda found: [one["name"] for one in found])
    pulumi.export("restored", pulumi.Output.all(restored, verified, reasons, names))


def misspell(release: HelmRelease) -> None:
    """Use words that there are not."""
    HelmRelease("a", {"source": {"chart": "web"}, "operations": {"rollback": {"strategy": "hopeful"}}})  # type: ignore[typeddict-item]
    HelmRelease("b", {"source": {"chart": "web"}, "wait_strategy": "patient"})  # type: ignore[typeddict-item]
    HelmRelease("c", {"source": {"chart": "web"}, "operations": {"rollback": {"floor": "newest"}}})  # type: ignore[typeddict-item]
    HelmRelease("d", {"source": {"chart": "web"}, "adpot": True})  # type: ignore[typeddict-unknown-key]
    HelmRelease("e", {"release_namespace": "apps"})  # type: ignore[typeddict-item]
    quiet: RollbackArgs = {"on_rollback": "quiet"}  # type: ignore[typeddict-item]
    pulumi.export("quiet", quiet)
    release.rollback_status.apply(lambda last: last["restored"])  # type: ignore[typeddict-item]
