"""`helm-rollback status`: what runs, and how it compares with what was declared."""

from helm_rollback_component.cli import options


def status(
    release: options.OptionalRelease = "",
    namespace: options.Namespace = "",
    all_namespaces: options.AllNamespaces = False,
    kubeconfig: options.Kubeconfig = "",
    kube_context: options.KubeContext = "",
    output: options.Output = options.Format.TABLE,
) -> int:
    """Show what runs of a release, and how it compares with what was declared.

    Without RELEASE, list all releases of the namespace that this component manages.
    """
    from helm_rollback_component.cli import status_lines
    from helm_rollback_component.cli.connection import Connection
    from helm_rollback_component.cli.printing import show
    from helm_rollback_component.cli.reading import Reader
    from helm_rollback_component.cli.running import tell

    reader = Reader(Connection.of(namespace, kubeconfig, kube_context))
    if release:
        found = reader.release(release)
        show(output, status_lines.document(found), lambda screen: status_lines.one(screen, found))
        return 0
    listed = reader.managed(everywhere=all_namespaces)
    if listed or output is not options.Format.TABLE:
        show(
            output,
            [status_lines.document(each) for each in listed],
            lambda screen: status_lines.many(screen, listed),
        )
    else:
        tell("No managed releases found.")
    for each in listed:
        if each.problem:
            tell(f"Error: {each.problem}")
    return int(any(each.problem for each in listed))
