"""`helm-rollback diff`: what differs between two revisions of a release."""

from typing import Annotated

import typer

from helm_rollback_component.cli import options


def diff(
    release: options.Release,
    old: Annotated[int, typer.Argument(metavar="A", help="Number of a stored revision.", show_default=False)],
    new: Annotated[
        int | None,
        typer.Argument(metavar="B", help="Number of another; without it, the one that runs."),
    ] = None,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Show values too, not only which of them differ.")
    ] = False,
    whole: Annotated[bool, typer.Option("--whole", help="Shorten nothing.")] = False,
    namespace: options.Namespace = "",
    kubeconfig: options.Kubeconfig = "",
    kube_context: options.KubeContext = "",
    stack: options.Stack = "",
    output: options.Output = options.Format.TABLE,
) -> int:
    """Show what differs between two revisions of a release.

    The data of Secrets is never shown, wherever it stands. Values may be secret, so they are shown on demand
    only. Exit codes: 0 nothing differs; 1 something does; 2 it could not be told.
    """
    from helm_rollback_component.cli.comparing import Comparer
    from helm_rollback_component.cli.locating import Given, locate
    from helm_rollback_component.cli.printing import show
    from helm_rollback_component.cli.reading import Reader
    from helm_rollback_component.cli.stacks import Secrets

    located = locate(release, Given(namespace, kubeconfig, kube_context, stack), Secrets.MASKING)
    Reader(located.connection).require(located.release)
    found = Comparer(located.connection).compare(located.release, old, new, values_shown=show_values)
    show(output, found.document(), lambda screen: found.lines(screen, whole=whole))
    return int(bool(found))
