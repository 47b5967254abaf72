import * as pulumi from "@pulumi/pulumi";
import { HelmRelease } from "@pulumi/helm-rollback";

const config = new pulumi.Config();

const web = new HelmRelease("web", {
    releaseNamespace: config.require("namespace"),
    source: { chart: "../../charts/web" },
    helm: config.get("helm"),
    values: {
        image: { tag: config.get("tag") ?? "1.29" },
        podLabels: { "ground/play": config.get("play") ?? "ready" },
    },
    timeouts: { upgrade: 120 },
    health: { imagePullGrace: 1 },
});

export const phase = web.phase;
export const revision = web.revision;
export const rolledBack = web.rollbackStatus.state;
