package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"miandan/agent/internal/api"
	"miandan/agent/internal/app"
	"miandan/agent/internal/config"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/update"
	"miandan/agent/internal/update/manifest"
)

// handsEmpty is how long the labels in hand may take.
const handsEmpty = 2 * time.Minute

func (c *command) update() *cobra.Command {
	var from, keys string
	with := func(cmd *cobra.Command) *cobra.Command {
		cmd.Args = cobra.NoArgs
		cmd.Flags().StringVar(&from, "from", "", "where updates are: an https address, a folder or a share (default what the settings say)")
		cmd.Flags().StringVar(&keys, "key", "", "public key that signs them, in base64; several with commas (default those of this build)")
		return cmd
	}
	check := with(&cobra.Command{Use: "check", Short: "Say whether there is a newer version", RunE: func(cmd *cobra.Command, _ []string) error {
		u, err := c.updater(from, keys)
		if err != nil {
			return err
		}
		m, newer, err := u.Check(cmd.Context())
		if err != nil {
			return app.UpdateNotice(err)
		}
		return c.sayUpdate(m, newer)
	}})
	install := with(&cobra.Command{Use: "install", Short: "Install a newer version, once no label is in hand", RunE: func(cmd *cobra.Command, _ []string) error {
		u, err := c.updater(from, keys)
		if err != nil {
			return err
		}
		m, newer, err := u.Check(cmd.Context())
		if err != nil {
			return app.UpdateNotice(err)
		}
		if newer {
			err = c.install(cmd.Context(), u, m)
		}
		return errors.Join(app.UpdateNotice(err), c.sayUpdate(m, newer))
	}})
	return family(&cobra.Command{Use: "update", Short: "Bring a newer version from where IT has put it"}, check, install)
}

// updater looks where the settings say, as far as they can be read, and else where
// the build does.
func (c *command) updater(from, keys string) (*update.Updater, error) {
	set := config.Default()
	if conf, err := app.Settings(c.config); err == nil {
		set = conf
	}
	at := update.Built(set.Update.From, set.Update.Channel)
	if from != "" {
		at.From = from
	}
	if keys != "" {
		at.Keys = keys
	}
	if err := host.MakeFolder(c.data); err != nil {
		return nil, err
	}
	return app.Updates(at, c.data, Version(), c.Clock)
}

func (c *command) sayUpdate(m manifest.Manifest, newer bool) error {
	if c.json {
		return c.printJSON(map[string]any{"version": m.Version, "running": Version(), "newer": newer, "expires": m.Expires})
	}
	if newer {
		_, err := fmt.Fprintln(c.Out, "newer", m.Version)
		return err
	}
	_, err := fmt.Fprintln(c.Out, "current", Version())
	return err
}

// install fetches while the agent works, and has it finish what it has in hand
// before the system's installer gets the file.
func (c *command) install(ctx context.Context, u *update.Updater, m manifest.Manifest) error {
	ready, err := u.Fetch(ctx, m)
	if err != nil {
		return err
	}
	defer ready.Close()
	again, err := c.emptyHands(ctx)
	if err != nil {
		return err
	}
	version := m.Version
	if err = u.Install(ctx, ready); err != nil {
		version = ""
	}
	return errors.Join(err, again(context.WithoutCancel(ctx), version))
}

// comeBack is how long an agent may take to be there again after an update.
const comeBack = time.Minute

// goOn has the agent of a person go on as the version that was installed, if there
// is one, and then print. The installer may have started it anew already, or ended
// it for good: what was paused is on record.
func goOn(ctx context.Context, agent *api.Client, version string, resume bool) error {
	ctx, cancel := context.WithTimeout(ctx, comeBack)
	defer cancel()
	var asked bool
	for version != "" && ctx.Err() == nil {
		v, err := agent.Version(ctx)
		if err == nil && v.Program == version {
			break
		}
		if err == nil && !asked {
			if err := agent.StartAnew(ctx, who()); err != nil {
				break // it says so itself at its next start; printing goes on
			}
			asked = true
		}
		pause(ctx)
	}
	for resume {
		err := agent.Resume(ctx, who())
		if !errors.Is(err, api.ErrNoAgent) {
			return err
		}
		if ctx.Err() != nil {
			return notice.New("update-paused", err)
		}
		pause(ctx)
	}
	return nil
}

func pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(200 * time.Millisecond):
	}
}

// emptyHands returns once no label is between its intent and the printer's word,
// and none will be until again is called, with the version that was installed: the
// service is stopped, or the agent of a person paused.
func (c *command) emptyHands(ctx context.Context) (again func(ctx context.Context, version string) error, err error) {
	switch err := host.StopService(ctx); {
	case err == nil:
		// One that the installer has started is no error.
		return func(ctx context.Context, _ string) error { return host.StartService(ctx) }, nil
	case !errors.Is(err, host.ErrNoService) && !errors.Is(err, errors.ErrUnsupported):
		return nil, serviceNotice(err)
	}
	nothing := func(context.Context, string) error { return nil }
	agent, err := c.agent()
	if errors.Is(err, fs.ErrPermission) {
		return nil, err
	}
	if err != nil {
		return nothing, nil // nobody prints
	}
	q, err := agent.Queue(ctx)
	if errors.Is(err, api.ErrNoAgent) {
		return nothing, nil
	}
	if err != nil {
		return nil, err
	}
	if !q.Paused {
		if err := agent.Pause(ctx, who()); err != nil {
			return nil, err
		}
	}
	again = func(ctx context.Context, version string) error { return goOn(ctx, agent, version, !q.Paused) }
	if err := waitForHands(ctx, agent); err != nil {
		return nil, errors.Join(err, again(context.WithoutCancel(ctx), ""))
	}
	return again, nil
}

func waitForHands(ctx context.Context, agent *api.Client) error {
	ctx, cancel := context.WithTimeout(ctx, handsEmpty)
	defer cancel()
	for {
		q, err := agent.Queue(ctx)
		if err != nil {
			return err
		}
		if q.Paused && !inHand(q) {
			return nil
		}
		if ctx.Err() != nil {
			return notice.New("update-busy", ctx.Err())
		}
		pause(ctx)
	}
}

func inHand(q api.Queue) bool {
	for _, p := range q.Printers {
		if p.State == api.Processing {
			return true
		}
	}
	for _, r := range q.Rows {
		if r.State == api.Printing {
			return true
		}
	}
	return false
}
