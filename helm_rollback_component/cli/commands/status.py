"""`helm-rollback status`: what runs, and how it compares with what was declared."""

from typing import TYPE_CHECKING

from helm_rollback_component.cli import options

if TYPE_CHECKING:
    from helm_rollback_component.cli.locating import Given
    from helm_rollback_component.cli.reading import Found


def status(
    release: options.OptionalRelease = "",
    namespace: options.Namespace = "",
    all_namespaces: options.AllNamespaces = False,
    kubeconfig: options.Kubeconfig = "",
    kube_context: options.KubeContext = "",
    stack: options.Stack = "",
    output: options.Output = options.Format.TABLE,
) -> int:
    """Show what runs, and how it compares with what was declared.

    Without RELEASE, list all releases of the namespace that this component manages, or those of a stack.
    """
    from helm_rollback_component.cli import status_lines
    from helm_rollback_component.cli.locating import Given, locate
    from helm_rollback_component.cli.printing import show
    from helm_rollback_component.cli.reading import Reader
    from helm_rollback_component.cli.running import tell

    given = Given(namespace, kubeconfig, kube_context, stack)
    if release:
        located = locate(release, given)
        found = Reader(located.connection).release(located.release)
        show(output, status_lines.document(found), lambda screen: status_lines.one(screen, found))
        return 0
    listed = _listed(given, everywhere=all_namespaces)
    if listed or output is not options.Format.TABLE:
        show(
            output,
            [status_lines.document(each) for each in listed],
            lambda screen: status_lines.many(screen, listed),
        )
    else:
        tell(f"No managed releases found{_where(given, everywhere=all_namespaces)}.")
    for each in listed:
        if each.problem:
            tell(f"Error: {each.problem}")
    return int(any(each.problem for each in listed))


def _where(given: "Given", *, everywhere: bool) -> str:
    if given.stack or everywhere:
        return ""
    return f" in the namespace {given.connection.namespace}; -A looks in all of them"


def _listed(given: "Given", *, everywhere: bool) -> "list[Found]":
    from helm_rollback_component.cli.locating import locate_all
    from helm_rollback_component.cli.reading import Reader, each_of

    if given.stack:
        return each_of([(each.release, each.connection) for each in locate_all(given)])
    return Reader(given.connection).managed(everywhere=everywhere)
