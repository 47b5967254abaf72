"""Copies of the root project with a stack on LocalEngine or on the Pulumi CLI, for tests and demos."""

from tools.sandbox.sandbox import CLI, LOCAL, Releases, Sandbox, Stack

__all__ = ["CLI", "LOCAL", "Releases", "Sandbox", "Stack"]
