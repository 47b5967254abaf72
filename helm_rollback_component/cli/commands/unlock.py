"""`helm-rollback unlock`: a release free again whose holder is gone."""

from typing import Annotated

import typer

from helm_rollback_component.cli import options

Force = Annotated[
    bool,
    typer.Option("--force", help="Also where somebody is at work; that process stops what it is doing."),
]


def unlock(
    release: options.Release,
    force: Force = False,
    namespace: options.Namespace = "",
    kubeconfig: options.Kubeconfig = "",
    kube_context: options.KubeContext = "",
    output: options.Output = options.Format.TABLE,
) -> int:
    """Free a release that was left locked or pending.

    It deploys nothing. It says who has the lock, since when, and whether that process runs. A process on
    another machine is watched for the time that its lock lasts, usually 20 s. A pending revision is marked
    failed.
    """
    from helm_rollback_component.cli import acting, lock_lines
    from helm_rollback_component.cli.connection import Connection
    from helm_rollback_component.cli.printing import document, show
    from helm_rollback_component.cli.reading import Reader
    from helm_rollback_component.cli.running import INTERRUPTED, tell, tell_lines
    from helm_rollback_component.core.cancellation import Cancellation
    from helm_rollback_component.operations import HelmOperations

    connection, stop = Connection.of(namespace, kubeconfig, kube_context), Cancellation()
    config = connection.config(release)
    operations = HelmOperations(config, progress=tell, warn=tell, redact=connection.redact, interrupt=stop)
    Reader(connection).require(release)
    found = operations.lock_status()
    if not found.free:
        tell_lines(lambda screen: lock_lines.lines(screen, found))
        with acting.interruptible(stop), acting.in_words_of_options():
            operations.unlock(force=force)
    show(output, document(found, "revision"), lambda screen: lock_lines.ended(screen, release, found))
    return INTERRUPTED if stop.requested else 0
