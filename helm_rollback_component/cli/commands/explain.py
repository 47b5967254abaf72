"""`helm-rollback explain`: why a release is as it is, and what the next update would do."""

from helm_rollback_component.cli import options


def explain(
    release: options.Release,
    namespace: options.Namespace = "",
    kubeconfig: options.Kubeconfig = "",
    kube_context: options.KubeContext = "",
    stack: options.Stack = "",
    output: options.Output = options.Format.TABLE,
) -> None:
    """Explain why a release is as it is, and what comes next.

    It tells what the reason means, what to do, and what the next `pulumi up` would do.
    """
    from helm_rollback_component.cli import explain_lines
    from helm_rollback_component.cli.locating import Given, locate
    from helm_rollback_component.cli.printing import show
    from helm_rollback_component.cli.reading import Reader

    located = locate(release, Given(namespace, kubeconfig, kube_context, stack))
    found = Reader(located.connection).release(located.release)
    told = explain_lines.explanation(found, located.rollback)
    show(output, told, lambda screen: explain_lines.lines(screen, told))
