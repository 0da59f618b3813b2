package cli

import (
	"context"
	"errors"
	"os"
	"strings"

	"miandan/agent/internal/app"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
)

// running is an agent that starts anew when somebody at its page asks for it: at the
// same address, for the same pages, and with the tray that it has.
type running struct {
	*app.App
	options app.Options
}

// Run works until ctx ends and the labels in hand are settled.
func (r *running) Run(ctx context.Context) error {
	for {
		err := r.App.Run(ctx)
		if !errors.Is(err, app.ErrAgain) {
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
		r.options.Listen = strings.TrimPrefix(r.URL(), "http://")
		if err := r.Close(); err != nil {
			return err
		}
		if host.Renewed() { // by an update, whose version goes on here
			err = host.Become(append(os.Args[1:], "--listen", r.options.Listen))
			r.options.Say(notice.New("update-failed", err))
		}
		if r.App, err = app.Open(ctx, r.options); err != nil {
			return err
		}
	}
}

// Close gives everything back. A new start that failed has done so.
func (r *running) Close() error {
	if r.App == nil {
		return nil
	}
	defer func() { r.App = nil }()
	return r.App.Close()
}
