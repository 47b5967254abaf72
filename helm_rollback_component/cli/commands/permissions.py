"""`helm-rollback permissions`: what the user of the kubeconfig may do, and what is missing."""

from helm_rollback_component.cli import options


def permissions(
    release: options.Release,
    namespace: options.Namespace = "",
    kubeconfig: options.Kubeconfig = "",
    kube_context: options.KubeContext = "",
    stack: options.Stack = "",
    output: options.Output = options.Format.TABLE,
) -> int:
    """Show which rights are missing, and what that costs.

    The release need not exist yet. Exit codes: 0 nothing that is required is missing; 1 something is; 2 the
    question could not be answered.
    """
    from helm_rollback_component.cli import rights_lines
    from helm_rollback_component.cli.locating import Given, locate
    from helm_rollback_component.cli.printing import show
    from helm_rollback_component.cli.rights import RightsReader

    located = locate(release, Given(namespace, kubeconfig, kube_context, stack))
    found = RightsReader(located.connection).of_release(located.release)
    show(output, [*map(rights_lines.document, found)], lambda screen: rights_lines.lines(screen, found))
    return int(any(each.fatal for each in found))
