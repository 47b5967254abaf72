"""The program that is measured: many releases, as the configuration lists them."""

import pulumi

from helm_rollback_component import HelmRelease

for name, inputs in pulumi.Config().require_object("releases").items():
    HelmRelease(name, inputs)
