package host

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// UntilStopped returns a context that ends when the user or the system asks
// the process to end: Ctrl-C, SIGTERM, a Windows service or session closing.
// A second request ends the process at once. Call stop when done.
func UntilStopped(parent context.Context) (ctx context.Context, stop context.CancelFunc) {
	ctx, stop = signal.NotifyContext(parent, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
