package main

import (
	"example.com/pulumi-helm-rollback/sdk/go/helmrollback"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		web, err := helmrollback.NewHelmRelease(ctx, "web", &helmrollback.HelmReleaseArgs{
			ReleaseNamespace: pulumi.String(settings.Require("namespace")),
			Source:           helmrollback.SourceArgs{Chart: pulumi.String("../../charts/web")},
			Helm:             pulumi.String(or(settings.Get("helm"), "auto")),
			Values: pulumi.Map{
				"image":     pulumi.Map{"tag": pulumi.String(or(settings.Get("tag"), "1.29"))},
				"podLabels": pulumi.StringMap{"ground/play": pulumi.String(or(settings.Get("play"), "ready"))},
			},
			Timeouts: helmrollback.TimeoutsArgs{Upgrade: pulumi.Int(120)},
			Health:   helmrollback.HealthArgs{ImagePullGrace: pulumi.Float64(1)},
		})
		if err != nil {
			return err
		}
		ctx.Export("phase", web.Phase)
		ctx.Export("revision", web.Revision)
		ctx.Export("rolledBack", web.RollbackStatus.State())
		return nil
	})
}

func or(given, otherwise string) string {
	if given == "" {
		return otherwise
	}
	return given
}
