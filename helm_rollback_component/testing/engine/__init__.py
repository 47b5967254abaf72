"""A test engine."""

from helm_rollback_component.testing.engine.stack import LocalEngine

__all__ = ["LocalEngine"]
