package cli

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"miandan/agent/internal/api"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/update"
	"miandan/agent/internal/update/manifest"
)

// What an installer is built with, by -ldflags=-X: the public keys that sign its
// updates, in base64 with commas between them, and where they are.
var (
	updateKeys string
	updateFrom string
)

// handsEmpty is how long the labels in hand may take.
const handsEmpty = 2 * time.Minute

func (c *command) update() *cobra.Command {
	var from, keys string
	with := func(cmd *cobra.Command) *cobra.Command {
		cmd.Args = cobra.NoArgs
		cmd.Flags().StringVar(&from, "from", updateFrom, "where updates are: an https address, a folder or a share")
		cmd.Flags().StringVar(&keys, "key", updateKeys, "public key that signs them, in base64; several with commas")
		return cmd
	}
	check := with(&cobra.Command{Use: "check", Short: "Say whether there is a newer version", RunE: func(cmd *cobra.Command, _ []string) error {
		u, err := c.updater(from, keys)
		if err != nil {
			return err
		}
		m, newer, err := u.Check(cmd.Context())
		if err != nil {
			return updateNotice(err)
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
			return updateNotice(err)
		}
		if newer {
			err = c.install(cmd.Context(), u, m)
		}
		return errors.Join(updateNotice(err), c.sayUpdate(m, newer))
	}})
	return family(&cobra.Command{Use: "update", Short: "Bring a newer version from where IT has put it"}, check, install)
}

func (c *command) updater(from, keys string) (*update.Updater, error) {
	if from == "" || keys == "" {
		return nil, notice.New("update-not-set-up", nil)
	}
	u := &update.Updater{Data: c.data, Running: Version(), Now: c.Clock}
	if u.Now == nil {
		u.Now = time.Now
	}
	for text := range strings.SplitSeq(keys, ",") {
		key, err := update.ParseKey(text)
		if err != nil {
			return nil, notice.New("update-key-broken", err)
		}
		u.Keys = append(u.Keys, ed25519.PublicKey(key))
	}
	var err error
	if u.From, err = update.From(from); err != nil {
		return nil, notice.New("update-address", err)
	}
	if err := host.MakeFolder(c.data); err != nil {
		return nil, err
	}
	u.Secrets, err = seal.OpenKeystore(c.data)
	return u, err
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
	err = u.Install(ctx, ready)
	return errors.Join(err, again(context.WithoutCancel(ctx)))
}

// emptyHands returns once no label is between its intent and the printer's word,
// and none will be until again is called: the service is stopped, or the agent of a
// person paused.
func (c *command) emptyHands(ctx context.Context) (again func(context.Context) error, err error) {
	switch err := host.StopService(ctx); {
	case err == nil:
		return host.StartService, nil // one that the installer has started is no error
	case !errors.Is(err, host.ErrNoService) && !errors.Is(err, errors.ErrUnsupported):
		return nil, serviceNotice(err)
	}
	nothing := func(context.Context) error { return nil }
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
	again = nothing
	if !q.Paused {
		if err := agent.Pause(ctx, who()); err != nil {
			return nil, err
		}
		again = func(ctx context.Context) error {
			// The installer may have ended it: what was paused is on record.
			if err := agent.Resume(ctx, who()); err != nil && !errors.Is(err, api.ErrNoAgent) {
				return err
			}
			return nil
		}
	}
	if err := waitForHands(ctx, agent); err != nil {
		return nil, errors.Join(err, again(context.WithoutCancel(ctx)))
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
		select {
		case <-ctx.Done():
			return notice.New("update-busy", ctx.Err())
		case <-time.After(200 * time.Millisecond):
		}
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

// updateNotice says what to do about an update that was not taken.
func updateNotice(err error) error {
	switch {
	case err == nil, errors.As(err, new(*notice.Error)), errors.As(err, new(*api.Problem)):
		return err
	case errors.Is(err, update.ErrOlder):
		return notice.New("update-older", err)
	case errors.Is(err, manifest.ErrExpired), errors.Is(err, manifest.ErrEarly):
		return notice.New("update-expired", err)
	case errors.Is(err, manifest.ErrSignature), errors.Is(err, manifest.ErrBroken):
		return notice.New("update-unsigned", err)
	case errors.Is(err, update.ErrDiffers):
		return notice.New("update-differs", err)
	case errors.Is(err, update.ErrPlatform):
		return notice.New("update-none", err)
	case errors.As(err, new(*outbound.Error)), errors.Is(err, os.ErrNotExist), errors.Is(err, os.ErrPermission):
		return notice.New("update-unreachable", err)
	}
	return notice.New("update-failed", err)
}
