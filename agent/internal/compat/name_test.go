package compat

import (
	"strings"
	"testing"
)

func TestNamed(t *testing.T) {
	for name, want := range map[string]bool{
		"": false, "a": true, "任务 1/2": true, "a\n": false, "a\"": false, "\xff": false,
		strings.Repeat("单", mostOfName): true, strings.Repeat("单", mostOfName+1): false,
	} {
		if got := Named(name); got != want {
			t.Errorf("%q is a name: %v, want %v", name, got, want)
		}
	}
}
