"""A proxy in front of an API server that spoils chosen requests."""

from tools.faults.proxy import FaultProxy, running
from tools.faults.rules import Fault, Request, Rule

__all__ = ["Fault", "FaultProxy", "Request", "Rule", "running"]
