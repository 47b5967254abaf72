"""The program `helm-rollback`: its commands, and how it ends.

Whatever a command needs beyond its options is imported when the command runs.
"""

from typing import Any

import typer
from typer._completion_classes import completion_init

from helm_rollback_component.cli import options
from helm_rollback_component.cli.commands.completion import completion
from helm_rollback_component.cli.commands.diff import diff
from helm_rollback_component.cli.commands.explain import explain
from helm_rollback_component.cli.commands.history import history
from helm_rollback_component.cli.commands.permissions import permissions
from helm_rollback_component.cli.commands.prune import prune
from helm_rollback_component.cli.commands.rollback import rollback
from helm_rollback_component.cli.commands.status import status
from helm_rollback_component.cli.commands.unlock import unlock
from helm_rollback_component.cli.commands.validate import validate
from helm_rollback_component.cli.running import ACTS, ANSWERS, Ending, prepare_streams, running

PROGRAM = "helm-rollback"

completion_init()  # for the scripts of `completion`; Typer's own options would install others

app = typer.Typer(
    name=PROGRAM,
    help="Look at Helm releases that roll back by themselves, and act on them.",
    epilog=options.examples(
        "helm-rollback status -n apps",
        "helm-rollback status web -n apps -o json",
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _given_first(
    context: typer.Context,
    namespace: options.Namespace = "",
    kubeconfig: options.Kubeconfig = "",
    kube_context: options.KubeContext = "",
) -> None:
    """Look at Helm releases that roll back by themselves, and act on them."""
    given = {"namespace": namespace, "kubeconfig": kubeconfig, "kube_context": kube_context}
    defaults = {name: value for name, value in given.items() if value}
    context.default_map = dict.fromkeys(context.command.list_commands(context), defaults)  # type: ignore[attr-defined]  # of a group


app.callback()(_given_first)


def register(command: Any, *examples: str, ending: Ending = ACTS) -> None:
    """Add a command: a function with annotated options, whose docstring is its help.

    Args:
        command: the function; it returns its exit code, or None for 0.
        examples: command lines for the end of its help.
        ending: the exit codes.
    """
    summary = (command.__doc__ or "").partition("\n")[0]
    made = app.command(command.__name__, short_help=summary, epilog=options.examples(*examples))
    made(running(command, ending))


register(
    status,
    "helm-rollback status                    # every managed release of the namespace",
    "helm-rollback status -A                 # of all namespaces",
    "helm-rollback status --stack dev        # every release of a Pulumi stack",
    "helm-rollback status web -n apps",
    "helm-rollback status web -o json | jq -r .phase",
)
register(
    history,
    "helm-rollback history web -n apps",
    "helm-rollback history web -o json | jq '.[] | select(.verdict == \"bad\")'",
)
register(
    diff,
    "helm-rollback diff web 3 4 -n apps      # what revision 4 changed",
    "helm-rollback diff web 3                # from revision 3 to the one that runs",
    "helm-rollback diff web 3 4 --show-values --whole",
    ending=ANSWERS,
)
register(
    explain,
    "helm-rollback explain web -n apps",
    "helm-rollback explain web -o json | jq -r .same_inputs",
)
register(
    validate,
    "helm-rollback validate web 3 -n apps",
    "helm-rollback validate web 3 && helm-rollback rollback web 3",
    ending=ANSWERS,
)
register(
    permissions,
    "helm-rollback permissions web -n apps",
    "helm-rollback permissions web --kube-context ci || echo 'ask for the Roles in docs/permissions'",
    ending=ANSWERS,
)
register(
    completion,
    "source <(helm-rollback completion bash)           # in ~/.bashrc",
    "source <(helm-rollback completion zsh)            # in ~/.zshrc, after compinit",
    "helm-rollback completion fish > ~/.config/fish/completions/helm-rollback.fish",
)
register(
    rollback,
    'helm-rollback rollback web --reason "payments fail"      # to the last good revision',
    "helm-rollback rollback web 4 -n apps --dry-run",
    "helm-rollback rollback web 4 --yes --timeout 10m",
)
register(
    unlock,
    "helm-rollback unlock web -n apps",
    "helm-rollback unlock web --force                         # although somebody is at work",
)
register(
    prune,
    "helm-rollback prune web --keep 5 --dry-run",
    "helm-rollback prune web --keep 5 --yes",
)


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    prepare_streams()
    app(prog_name=PROGRAM)
