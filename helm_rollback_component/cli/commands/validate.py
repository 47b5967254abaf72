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
    stack: options.Stack = "",
    output: options.Output = options.Format.TABLE,
) -> int:
    """Tell whether a revision could be rolled back to, or why not.

    Nothing is changed. Exit codes: 0 it could; 1 it could not; 2 the question could not be answered.
    """
    from helm_rollback_component.cli.locating import Given, locate
    from helm_rollback_component.cli.printing import show
    from helm_rollback_component.cli.reading import Reader
    from helm_rollback_component.cli.running import tell
    from helm_rollback_component.cli.target import Answer

    located = locate(release, Given(namespace, kubeconfig, kube_context, stack))
    Reader(located.connection).require(located.release)
    operations = located.operations(tell, allow_data_loss=allow_data_loss)
    answer = Answer.of(operations, located.release, revision)
    show(output, answer.document(), answer.lines)
    return 0 if answer.refusal is None else 1
