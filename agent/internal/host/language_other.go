//go:build !windows

package host

// Language is for Windows: elsewhere the environment says it.
func Language() string { return "" }
