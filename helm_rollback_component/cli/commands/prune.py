"""`helm-rollback prune`: old revisions gone that nobody needs."""

from typing import Annotated

import typer

from helm_rollback_component.cli import options

Keep = Annotated[int, typer.Option("--keep", metavar="N", min=1, help="How many revisions stay.")]


def prune(
    release: options.Release,
    keep: Keep,
    dry_run: options.DryRun = False,
    yes: options.Yes = False,
    namespace: options.Namespace = "",
    kubeconfig: options.Kubeconfig = "",
    kube_context: options.KubeContext = "",
    output: options.Output = options.Format.TABLE,
) -> int:
    """Delete the oldest stored revisions; keep the newest N.

    What is needed stays even if that is more: the latest revision, every deployed one, the last good one, the
    newest point of no return, and what the last rollback or a pin names.
    """
    from helm_rollback_component.cli import acting
    from helm_rollback_component.cli.connection import Connection
    from helm_rollback_component.cli.printing import document, show
    from helm_rollback_component.cli.prune_lines import asked, lines
    from helm_rollback_component.cli.reading import Reader
    from helm_rollback_component.cli.running import tell
    from helm_rollback_component.operations import HelmOperations

    connection = Connection.of(namespace, kubeconfig, kube_context)
    config = connection.config(release)
    operations = HelmOperations(config, progress=tell, warn=tell, redact=connection.redact)
    Reader(connection).require(release)
    found = operations.prune(keep, dry_run=True)
    if found and not dry_run:
        if not acting.confirmed(asked(release, found), yes=yes):
            return 1
        found = operations.prune(keep)
    show(output, [document(each) for each in found], lambda screen: lines(screen, found, dry_run=dry_run))
    return 0
