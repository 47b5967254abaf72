"""`LocalEngine` runs a whole Pulumi program without the Pulumi CLI: a tool for tests and demonstrations.

    stack = LocalEngine.create_or_select_stack("dev", work_dir="path/with/Pulumi.yaml")
    stack.set_config("password", ConfigValue("hunter2", secret=True))
    stack.preview(on_output=print)
    result = stack.up(on_output=print)
    stack.refresh()
    stack.destroy()

Its methods are a subset of those of `pulumi.automation.Stack`, with the same results and errors, so one test
can run on either. What it does was compared with the real engine, call by call and state by state:

- The program runs in a fresh process for each operation, and speaks gRPC to the resource monitor here.
- Dynamic resources are served by the SDK's own host (`python -m pulumi.dynamic`), one process for each run.
- Resources of other packages are served by provider plugins: those in the folders that `Pulumi.yaml` names
  (`plugins.providers`), and programs `pulumi-resource-<package>` on the PATH. A first Ctrl-C is told to them.
- Kubernetes objects are served by a small provider of its own, see `kubernetes.py`.
- Steps are planned one by one and run at once; the state is saved before and after each. What is in flight
  when the engine is killed stays in the state as a pending operation.
- An operation may end as a partial failure (`ErrorResourceInitFailed`): the state has the new outputs and
  `initErrors`, and the next update tries again.
- Secrets are not in the state file in the clear, but see `crypt.py` for what that is worth.

Left out, each with an error that says so: stack references and other reads of existing resources, invokes and
calls, transforms, hooks, import, remote components, parameterized packages, the options `deleted_with`,
`replace_with` and `replacement_trigger`, secrets that the CLI encrypted, and packages without a plugin.

Left out without a word: CheckConfig, DiffConfig and schema of plugins, targets of refresh and destroy,
patterns and dependents of targets, update plans, policies, resource references as values of their own (an id
or a URN takes their place), previews of refresh and destroy, the history of updates. Programs are run by this
very interpreter, whatever `Pulumi.yaml` says of virtual environments, and so are plugins in a folder. After a
failed step the program is ended with SIGTERM, where the CLI interrupts it.
"""

from __future__ import annotations

import platform

if platform.system() == "Windows":
    raise ImportError("pulumi-local-engine does not run on Windows; use Linux, WSL or a container")

from pulumi_local_engine.stack import LocalEngine

__all__ = ["LocalEngine"]
