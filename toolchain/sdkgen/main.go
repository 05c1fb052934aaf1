// Writes the TypeScript or Go SDK of a package's schema: what `pulumi package gen-sdk` asks of
// language hosts that the module proxy does not have.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

var version string

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: sdkgen nodejs|go SCHEMA FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "sdkgen:", err)
		os.Exit(1)
	}
}

func write(language, from, folder string) error {
	files, err := generated(language, from)
	if err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func generated(language, from string) (map[string][]byte, error) {
	text, err := os.ReadFile(from)
	if err != nil {
		return nil, err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	loader := schema.NewNullLoader()
	languages := map[string]schema.Language{"nodejs": nodejs.Importer, "go": gogen.Importer}
	bound, err := schema.ImportSpec(spec, languages, loader, schema.ValidationOptions{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	// As `pulumi package add` has it: with the version in it and, for Go, a module of its own.
	bound.SupportPack = true
	switch language {
	case "nodejs":
		return nodejs.GeneratePackage("sdkgen "+version, bound, nil, nil, true, nil)
	case "go":
		return gogen.GeneratePackage("sdkgen "+version, bound, nil)
	}
	return nil, fmt.Errorf("%s: there are nodejs and go", language)
}
