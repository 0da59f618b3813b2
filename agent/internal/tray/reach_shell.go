//go:build windows || (darwin && cgo)

package tray

// reachable is always so: every session that a person sees has a shell.
func reachable() error { return nil }
