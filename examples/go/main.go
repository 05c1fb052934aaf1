package main

import (
	lifecycle "example.com/pulumi-customer-lifecycle/sdk/go/customerlifecycle"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const region = "us-east-1"

var objectTypes = []lifecycle.ObjectTypeDefinitionArgs{
	{
		Name:                 "Orders",
		Description:          "Orders of the web shop",
		AllowProfileCreation: pulumi.BoolRef(true),
		Fields: []lifecycle.ObjectTypeFieldArgs{
			{
				Name:   "customer",
				Source: "_source.customerId",
				Target: pulumi.StringRef("_profile.AccountNumber"),
			},
			{
				Name:        "email",
				Source:      "_source.email",
				Target:      pulumi.StringRef("_profile.EmailAddress"),
				ContentType: pulumi.StringRef("EMAIL_ADDRESS"),
			},
			{
				Name:   "total",
				Source: "_source.total",
				Target: pulumi.StringRef("_profile.Attributes.LastOrderTotal"),
			},
		},
		Keys: []lifecycle.ObjectTypeKeyArgs{
			{Name: "_account", Fields: []string{"customer"}, Identifiers: []string{"PROFILE", "UNIQUE"}},
			{Name: "_email", Fields: []string{"email"}},
		},
	},
}

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		customerProfiles, err := lifecycle.NewCustomerProfiles(ctx, "customerProfiles",
			&lifecycle.CustomerProfilesArgs{
				DomainName:        "web-shop",
				Region:            region,
				ObjectTypes:       objectTypes,
				KeepsCustomerData: pulumi.BoolRef(false),
			})
		if err != nil {
			return err
		}
		ingestion, err := lifecycle.NewIngestion(ctx, "ingestion", &lifecycle.IngestionArgs{
			Domain:      "web-shop",
			DomainName:  customerProfiles.ReadyDomainName,
			Region:      region,
			ObjectTypes: objectTypes,
			Events:      pulumi.BoolRef(true),
		})
		if err != nil {
			return err
		}
		ctx.Export("domainName", customerProfiles.DomainName)
		ctx.Export("objectTypes", customerProfiles.ObjectTypes)
		ctx.Export("eventBusName", ingestion.EventBusName)
		return nil
	})
}
