package apitest

import (
	"context"
	"fmt"
	"sync"

	"miandan/agent/internal/api"
)

// Doorkeeper is an api.Doorkeeper in memory.
type Doorkeeper struct {
	PIN map[api.Role]string // set before it is served

	mu  sync.Mutex
	log []string
}

var _ api.Doorkeeper = (*Doorkeeper)(nil)

// Pins implements api.Doorkeeper.
func (d *Doorkeeper) Pins(context.Context) (roles []api.Role, err error) {
	for _, r := range api.Roles() {
		if d.PIN[r] != "" {
			roles = append(roles, r)
		}
	}
	return roles, nil
}

// Match implements api.Doorkeeper.
func (d *Doorkeeper) Match(_ context.Context, role api.Role, pin, who string) (bool, error) {
	ok := d.PIN[role] != "" && d.PIN[role] == pin
	d.note("%s tries %s: %v", who, role, ok)
	return ok, nil
}

// Locked implements api.Doorkeeper.
func (d *Doorkeeper) Locked(_ context.Context, role api.Role, who string) error {
	d.note("%s leaves %s", who, role)
	return nil
}

// Log returns what was put on record, one line each.
func (d *Doorkeeper) Log() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string{}, d.log...)
}

func (d *Doorkeeper) note(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.log = append(d.log, fmt.Sprintf(format, args...))
}
