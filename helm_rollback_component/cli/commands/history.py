"""`helm-rollback history`: what became of each revision, and why."""

from helm_rollback_component.cli import options


def history(
    release: options.Release,
    namespace: options.Namespace = "",
    kubeconfig: options.Kubeconfig = "",
    kube_context: options.KubeContext = "",
    stack: options.Stack = "",
    output: options.Output = options.Format.TABLE,
) -> None:
    """Show which revisions were good, and what was rolled back.

    A * marks the revision that runs. One that is good (Helm) is so by Helm's word: this component has not
    seen it work. A release that it does not manage is told in Helm's words.
    """
    from helm_rollback_component.cli import history_lines
    from helm_rollback_component.cli.locating import Given, locate
    from helm_rollback_component.cli.printing import show
    from helm_rollback_component.cli.reading import Reader
    from helm_rollback_component.cli.running import tell

    located = locate(release, Given(namespace, kubeconfig, kube_context, stack))
    found = Reader(located.connection).release(located.release)
    moments = found.moments
    show(output, [*map(history_lines.document, moments)], lambda screen: history_lines.lines(screen, found))
    if found.claim is None:
        tell("Not managed: there is no Lease of this component, so this is what Helm says.")
