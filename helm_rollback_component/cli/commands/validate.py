"""`helm-rollback validate`: whether a revision may be rolled back to."""

from typing import Annotated

import typer

from helm_rollback_component.cli import options


def validate(
    release: options.Release,
    revision: options.Revision,
    allow_data_loss: Annotated[
        bool, typer.Option("--allow-data-loss", help="Ask as if allow_data_loss were set.")
    ] = False,
    namespace: options.Namespace = "",
    kubeconfig: options.Kubeconfig = "",
    kube_context: options.KubeContext = "",
    output: options.Output = options.Format.TABLE,
) -> int:
    """Tell whether a release could be rolled back to REVISION, and if not, why.

    Nothing is changed. Exit codes: 0 it could; 1 it could not; 2 the question could not be answered.
    """
    from helm_rollback_component.cli.connection import Connection
    from helm_rollback_component.cli.printing import show
    from helm_rollback_component.cli.running import tell
    from helm_rollback_component.cli.target import Answer

    connection = Connection.of(namespace, kubeconfig, kube_context)
    rollback = {"operations": {"rollback": {"allow_data_loss": allow_data_loss}}}
    operations = connection.operations(connection.config(release, **rollback), progress=tell)
    answer = Answer.of(operations, release, revision)
    show(output, answer.document(), answer.lines)
    return 0 if answer.refusal is None else 1
