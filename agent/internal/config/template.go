package config

import (
	_ "embed"
	"slices"
)

//go:embed template.toml
var template []byte

// Template returns the settings file that `miandan config init` writes: every
// setting, its default and a sentence in English and in Chinese. A setting
// without a default is commented out.
func Template() []byte { return slices.Clone(template) }
