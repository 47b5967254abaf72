"""The options that several commands have, as kubectl and Helm have them. Light: nothing else is imported."""

from enum import StrEnum
from typing import Annotated

import typer

from helm_rollback_component.cli.completion import release_names


class Format(StrEnum):
    """How a command prints what it found."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"


Namespace = Annotated[
    str,
    typer.Option(
        "-n",
        "--namespace",
        metavar="NAME",
        help="Namespace of the release. Default: $HELM_NAMESPACE, then that of the context, then default.",
        show_default=False,
    ),
]
AllNamespaces = Annotated[
    bool, typer.Option("-A", "--all-namespaces", help="List the releases of all namespaces.")
]
Kubeconfig = Annotated[
    str,
    typer.Option(
        "--kubeconfig",
        metavar="FILE",
        help="Path of the kubeconfig. Default: $KUBECONFIG, then ~/.kube/config, then the pod's account.",
        show_default=False,
    ),
]
KubeContext = Annotated[
    str,
    typer.Option(
        "--kube-context",
        metavar="NAME",
        help="Context of the kubeconfig. Default: $HELM_KUBECONTEXT, then the current one.",
        show_default=False,
    ),
]
Stack = Annotated[
    str,
    typer.Option(
        "--stack",
        metavar="STACK",
        help="A Pulumi stack whose state tells where its releases are: a name, a file, or - for stdin.",
        show_default=False,
    ),
]
Output = Annotated[
    Format, typer.Option("-o", "--output", help="How the result is printed.", case_sensitive=False)
]
Release = Annotated[
    str,
    typer.Argument(
        metavar="RELEASE", help="Name of the release.", show_default=False, autocompletion=release_names
    ),
]
Revision = Annotated[
    int, typer.Argument(metavar="REVISION", help="Number of a stored revision.", show_default=False)
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
Yes = Annotated[bool, typer.Option("-y", "--yes", help="Do not ask; needed where there is no terminal.")]
OptionalRelease = Annotated[
    str,
    typer.Argument(
        metavar="RELEASE",
        help="Name of the release; without it, all are listed.",
        show_default=False,
        autocompletion=release_names,
    ),
]


def examples(*lines: str) -> str:
    """Return the end of a help text; its lines stay as they are."""
    shown = "\n".join(f"  {line}" for line in lines)
    return f"\b\nExamples:\n{shown}"
