"""The one error of this package."""


class GroundError(Exception):
    """The control plane could not do what was asked; the message is meant for a person."""
