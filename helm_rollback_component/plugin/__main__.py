"""``python -m helm_rollback_component.plugin``: the provider plugin, as the engine starts it."""

from helm_rollback_component.plugin.server import main

if __name__ == "__main__":
    main()
