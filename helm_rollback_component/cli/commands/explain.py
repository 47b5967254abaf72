"""`helm-rollback explain`: why a release is as it is, and what the next update would do."""

from typing import TYPE_CHECKING

from helm_rollback_component.cli import options

if TYPE_CHECKING:
    from helm_rollback_component.cli.locating import Located
    from helm_rollback_component.cli.next_up import NextUp
    from helm_rollback_component.cli.reading import Found


def explain(
    release: options.Release,
    namespace: options.Namespace = "",
    kubeconfig: options.Kubeconfig = "",
    kube_context: options.KubeContext = "",
    stack: options.Stack = "",
    output: options.Output = options.Format.TABLE,
) -> None:
    """Explain why a release is as it is, and what comes next.

    It tells what the reason means, what to do, and what the next `pulumi up` would do. With --stack it
    renders the chart that the stack declares, and shows what would change; run it in the program's folder.
    """
    from helm_rollback_component.cli import explain_lines
    from helm_rollback_component.cli.locating import Given, locate
    from helm_rollback_component.cli.printing import show
    from helm_rollback_component.cli.reading import Reader
    from helm_rollback_component.cli.restorable import restorable
    from helm_rollback_component.cli.stacks import Secrets

    located = locate(release, Given(namespace, kubeconfig, kube_context, stack), Secrets.RENDERING)
    found = Reader(located.connection).release(located.release)
    rollback = located.declared.rollback if located.declared else None
    told = explain_lines.explanation(found, rollback, restorable(located, found), _ahead(located, found))
    show(output, told, lambda screen: explain_lines.lines(screen, told))


def _ahead(located: "Located", found: "Found") -> "NextUp | None":
    """Return what the next update would do, as far as a stack tells what is declared."""
    declared = located.declared
    if declared is None or not declared.saved or found.claim is None:
        return None
    from helm_rollback_component.cli.next_up import next_up

    return next_up(declared.saved, declared.hidden, found.status, located.connection)
