"""`helm-rollback completion`: what makes a shell complete commands, options and the names of releases."""

from typing import Annotated, Literal

import typer


def completion(
    context: typer.Context,
    shell: Annotated[Literal["bash", "zsh", "fish"], typer.Argument(help="The shell.", show_default=False)],
) -> int:
    """Print what makes a shell complete commands and releases."""
    from typer.completion import shell_complete

    root = context.find_root()
    return shell_complete(
        root.command,
        ctx_args={},
        prog_name=str(root.info_name),
        complete_var="_HELM_ROLLBACK_COMPLETE",
        instruction=f"source_{shell}",
    )
