"""A local Kubernetes control plane for tests and demos: real servers, played pods."""

from tools.ground.errors import GroundError
from tools.ground.ground import Ground

__all__ = ["Ground", "GroundError"]
