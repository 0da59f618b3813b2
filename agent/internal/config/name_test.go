package config

import (
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	for name, want := range map[string]bool{
		"": false, "a": true, "1 号台": true, " a": false, "a/b": false, "a\n": false, "\xff": false,
		strings.Repeat("台", mostOfName): true, strings.Repeat("台", mostOfName+1): false,
	} {
		if got := isName(name); got != want {
			t.Errorf("%q is a name: %v, want %v", name, got, want)
		}
	}
}
