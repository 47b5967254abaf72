"""The program that is measured: many releases, as the configuration lists them."""

import signal

import pulumi

from helm_rollback_component import HelmRelease

signal.signal(signal.SIGINT, signal.SIG_DFL)

for name, inputs in pulumi.Config().require_object("releases").items():
    HelmRelease(name, inputs)
