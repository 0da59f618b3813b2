//go:build !windows

package host

import (
	"context"
	"errors"
)

// RunService calls run: other systems' service managers start a program as a
// person does and end it by a signal, which ends ctx.
func RunService(ctx context.Context, run func(ctx context.Context, ready func()) error) error {
	return run(ctx, func() {})
}

// ServiceFolder is for Windows.
func ServiceFolder() (string, error) { return "", errors.ErrUnsupported }

// IsServiceFolder is for Windows: elsewhere whoever runs the agent has its keys.
func IsServiceFolder(string) bool { return false }

// InstallService is for Windows.
func InstallService(string, ...string) error { return errors.ErrUnsupported }

// UninstallService is for Windows.
func UninstallService(context.Context) error { return errors.ErrUnsupported }

// StartService is for Windows.
func StartService(context.Context) error { return errors.ErrUnsupported }

// StopService is for Windows.
func StopService(context.Context) error { return errors.ErrUnsupported }

// HoldPC takes nothing: here a data folder's lock is all there is. Each user has
// an agent of their own, and a station has one user.
func HoldPC() (release func(), err error) { return func() {}, nil }

// installedFolder is for Windows.
func installedFolder() (string, bool) { return "", false }
