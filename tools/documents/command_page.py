"""The command line: what its commands do, and which options they have."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from typer.main import get_command

from helm_rollback_component.cli.main import app
from tools.documents.markdown import one_line, table
from tools.documents.markdown import page as page_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_INTRODUCTION = """
    `helm-rollback` is the program for operators. `pip install helm-rollback-component` installs it with the
    component. It works over every Helm release, also one that no stack manages: that one is told in Helm's
    words.

    ```console
    $ helm-rollback status -n apps           # every managed release of the namespace
    $ helm-rollback history web -n apps      # what became of each revision, and why
    $ helm-rollback explain web -n apps      # what to do, and what the next update would do
    ```

    ![A terminal: the history of a release that was rolled back, and its explanation](pictures/history.svg)
"""
_COMMON = ("namespace", "kubeconfig", "kube_context", "stack", "output")
_PLACE = """
`KUBECONFIG`, `HELM_NAMESPACE` and `HELM_KUBECONTEXT` count as they do for Helm. Where a release is may also
be said before the command: `helm-rollback -n apps status`.

**A stack.** With `--stack dev`, the state of the Pulumi stack tells where its releases are:
`helm-rollback status --stack dev` lists them all. `helm-rollback explain web --stack dev` knows what is
declared: it renders the chart as it is in the folder of the program, and shows what the next `pulumi up`
would change, as a [preview](preview.md) does; what you changed in the program itself it cannot know.
`pulumi` is asked for the state (`pulumi stack export`), in the folder of the project; a file with the state
does too, or `-` for standard input. Secrets are decrypted only where they matter: for a kubeconfig that is
one, for `diff`, which has to mask them, and for `explain`, which has to render them. They are kept in memory
alone.

**A rollback by hand.** An update asks the cluster only for releases whose inputs have changed, or whose
last update failed. So where that one succeeded, `pulumi up` sees a rollback by hand only after a refresh
(`pulumi refresh`, or `pulumi up --refresh`): with the same inputs it changes nothing, and after a refresh it
fails and says why. An update with changed inputs
replaces it; its preview and its row say so, without a refresh too.
"""
_OUTPUT = """
## Output and exit codes

`-o table` is for a person: as wide as the terminal, in colour only on one, and without where `NO_COLOR` is
set. `-o json` and `-o yaml` are for programs: their keys stay as they are, times are in RFC 3339, what is not
known is null. Everything that is not the result goes to standard error.

What a Secret holds is masked wherever it stands, and so are credentials. Values of a chart are shown on
demand only (`diff --show-values`). Which others of them are secrets, the state of the stack says: with
`--stack` they are masked too.

| Exit code | Of commands that ask or do something | Of `diff`, `validate`, `permissions` |
| --- | --- | --- |
| 0 | It is done. | Nothing differs; it is possible; nothing is missing. |
| 1 | It could not be done. | Something differs; it is not possible; something is missing. |
| 2 | The usage is wrong. | The same, or there is no answer. |
| 130 | Ctrl-C. | The same. |

A table that is wider than the terminal has its last column below the others; where that is too wide too, each
row is a list. Elsewhere each row is one line, and nothing is shortened.

An error is one line on standard error that ends with its [reason word](reasons.md). `HELM_DEBUG=true` shows
where an unexpected one came from.
"""
_AROUND = """
## Rights

To read takes the Role [`reader`](permissions/reader.yaml); `helm-rollback status -A` also needs `list` on
Leases in all namespaces. `helm-rollback permissions` tells what a user lacks.

## Completion

Commands, options and the names of releases are completed in bash, zsh and fish:

```console
$ source <(helm-rollback completion bash)     # in ~/.bashrc
$ source <(helm-rollback completion zsh)      # in ~/.zshrc, after `autoload -Uz compinit && compinit`
$ helm-rollback completion fish > ~/.config/fish/completions/helm-rollback.fish
```

## In Helm

`helm plugin install helm-plugin`, in a checkout, adds `helm rollback-history` to Helm 3 and Helm 4. It is
`helm-rollback history`.
"""


def page() -> str:
    """Return the page."""
    commands: dict[str, Any] = getattr(get_command(app), "commands", {})
    return page_of(
        "The command line",
        _INTRODUCTION,
        "## Where a release is, and how it is shown",
        _options(each for each in commands["history"].params if each.name in _COMMON),
        _PLACE,
        _OUTPUT,
        _AROUND,
        "## Commands",
        *map(_command, commands.values()),
    )


def _command(command: Any) -> str:
    usage = " ".join(["helm-rollback", command.name, *map(_argument, _parameters(command, "argument"))])
    own = [each for each in _parameters(command, "option") if each.name not in _COMMON]
    examples = "\n".join(line.strip() for line in command.epilog.splitlines()[2:])
    parts = [f"### `{usage}`", inspect.cleandoc(command.help), _options(own), f"```sh\n{examples}\n```"]
    return "\n\n".join(filter(None, parts))


def _options(options: Iterable[Any]) -> str:
    rows = [(_spelled(each), each.help) for each in options]
    return table(("Option", "What it does"), rows) if rows else ""


def _parameters(command: Any, kind: str) -> list[Any]:
    return [each for each in command.params if each.param_type_name == kind]


def _argument(parameter: Any) -> str:
    name = str(parameter.metavar or parameter.name.upper())
    return name if parameter.required else f"[{name}]"


def _spelled(option: Any) -> str:
    return one_line(", ".join(f"`{each}`" for each in option.opts))
