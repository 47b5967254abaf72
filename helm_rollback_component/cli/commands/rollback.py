"""`helm-rollback rollback`: an earlier revision back, with the reason kept beside the release."""

from typing import Annotated

import typer

from helm_rollback_component.cli import options

Revision = Annotated[
    int | None,
    typer.Argument(
        metavar="REVISION",
        min=1,
        help="Revision to restore. Default: the last good one before the latest.",
        show_default=False,
    ),
]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; the next preview tells it.")]
Timeout = Annotated[
    str, typer.Option(metavar="DURATION", help="How long it may take until all is ready: 90s, 5m, 1h.")
]
AllowDataLoss = Annotated[
    bool, typer.Option("--allow-data-loss", help="Roll back also where that destroys data.")
]
Helm = Annotated[
    str, typer.Option(metavar="HELM", help="Which Helm: auto, cli, embedded, or a program's name or path.")
]


def rollback(
    release: options.Release,
    revision: Revision = None,
    reason: Why = "",
    dry_run: options.DryRun = False,
    yes: options.Yes = False,
    timeout: Timeout = "5m",
    allow_data_loss: AllowDataLoss = False,
    helm: Helm = "auto",
    namespace: options.Namespace = "",
    kubeconfig: options.Kubeconfig = "",
    kube_context: options.KubeContext = "",
    output: options.Output = options.Format.TABLE,
) -> int:
    """Restore the content of an earlier revision.

    It says first what would change, asks, and waits until all is ready. Who did it, when and why is kept with
    the release. A stack that manages the release does not undo it until its inputs change.
    """
    from helm_rollback_component.cli import acting, rollback_lines
    from helm_rollback_component.cli.connection import Connection
    from helm_rollback_component.cli.printing import document, show
    from helm_rollback_component.cli.rolling_back import RollingBack
    from helm_rollback_component.cli.running import INTERRUPTED, tell

    try:
        limit = acting.seconds(timeout)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--timeout") from None
    work = RollingBack(
        Connection.of(namespace, kubeconfig, kube_context),
        release,
        timeout=limit,
        helm=helm,
        allow_data_loss=allow_data_loss,
    )
    plan = work.plan(revision)
    if dry_run or not plan.needed:
        show(output, document(plan), lambda screen: rollback_lines.planned(screen, plan))
        return 0
    rollback_lines.announce(plan)
    if not acting.confirmed(f"Roll {release} back to revision {plan.target.revision}?", yes=yes):
        return 1
    with acting.progress() as told:
        status = work.carry_out(plan, reason, told)
    show(output, status.as_outputs(), lambda screen: rollback_lines.made(screen, status, plan))
    if work.interrupted:
        tell("Whether all of it is ready was not waited for; `helm-rollback status` tells what is known.")
        return INTERRUPTED
    return 0
