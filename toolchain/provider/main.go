// Command pulumi-resource-aws-native is the aws-native provider, built from its own Go module.
//
// The module carries the two data files that the provider serves, but not gzipped, so upstream's
// own main package does not build from it. toolchain/provider_data.py puts them beside this file.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-aws-native/provider/pkg/provider"
)

//go:embed schema.json.gz
var schema []byte

//go:embed metadata.json.gz
var metadata []byte

// version is set by the linker to the module's version.
var version string

func main() { provider.Serve(version, schema, metadata) }
