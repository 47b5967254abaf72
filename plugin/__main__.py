"""The provider plugin as a folder, for `pulumi package add`: the CLI makes its environment and runs it."""

from helm_rollback_component.plugin.launch import main

main()
