import { CustomerProfiles, Ingestion, types } from "@pulumi/customer-lifecycle";

const region = "us-east-1";
const objectTypes: types.input.ObjectTypeDefinitionArgs[] = [
    {
        name: "Orders",
        description: "Orders of the web shop",
        allowProfileCreation: true,
        fields: [
            { name: "customer", source: "_source.customerId", target: "_profile.AccountNumber" },
            {
                name: "email",
                source: "_source.email",
                target: "_profile.EmailAddress",
                contentType: "EMAIL_ADDRESS",
            },
            { name: "total", source: "_source.total", target: "_profile.Attributes.LastOrderTotal" },
        ],
        keys: [
            { name: "_account", fields: ["customer"], identifiers: ["PROFILE", "UNIQUE"] },
            { name: "_email", fields: ["email"] },
        ],
    },
];

const customerProfiles = new CustomerProfiles("customerProfiles", {
    domainName: "web-shop",
    region,
    objectTypes,
    keepsCustomerData: false,
});
const ingestion = new Ingestion("ingestion", {
    domain: "web-shop",
    domainName: customerProfiles.readyDomainName,
    region,
    objectTypes,
    events: true,
});

export const domainName = customerProfiles.domainName;
export const objectTypeNames = customerProfiles.objectTypes;
export const eventBusName = ingestion.eventBusName;
