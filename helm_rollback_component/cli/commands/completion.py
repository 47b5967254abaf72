"""`helm-rollback completion`: what makes a shell complete commands, options and the names of releases."""

import sys
from typing import Annotated, Literal

import typer


def completion(
    shell: Annotated[Literal["bash", "zsh", "fish"], typer.Argument(help="The shell.", show_default=False)],
) -> None:
    """Print what makes a shell complete commands and releases.

    The script of zsh can also be a file called _helm-rollback in a folder of $fpath. Where there is nothing
    to complete, files are completed.
    """
    from helm_rollback_component.cli.shell_scripts import SCRIPTS

    sys.stdout.write(SCRIPTS[shell].lstrip())
