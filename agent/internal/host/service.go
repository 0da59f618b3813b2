package host

import (
	"errors"
	"io"
)

// ServiceName is what Windows calls the agent's service, and by that its account:
// NT SERVICE\Miandan, which exists with the service, has no password and nobody
// can log in with.
const ServiceName = "Miandan"

// Errors of the functions on services.
var (
	ErrNoService     = errors.New("the service is not installed")
	ErrServiceExists = errors.New("the service is installed already")
	ErrStartFailed   = errors.New("the service did not start")
	ErrStopSlow      = errors.New("the service does not stop in time")
	// ErrNotManaged reports that nobody but a person has started this program.
	ErrNotManaged = errors.New("not started by the service manager")
)

// ErrPCHeld reports that another agent has this PC.
var ErrPCHeld = errors.New("another agent runs on this PC")

// Capped writes at most so many bytes and drops the rest: what a service says to
// nobody for months.
type Capped struct {
	To   io.Writer
	Left int64
}

func (c *Capped) Write(b []byte) (int, error) {
	if int64(len(b)) <= c.Left {
		c.Left -= int64(len(b))
		return c.To.Write(b)
	}
	c.Left = 0
	return len(b), nil
}
