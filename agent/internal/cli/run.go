package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/spf13/cobra"

	"miandan/agent/internal/api"
	"miandan/agent/internal/app"
	"miandan/agent/internal/config"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/tray"
	"miandan/templates/fonts"
)

func (c *command) run() *cobra.Command {
	var noTray bool
	var listen string
	cmd := &cobra.Command{
		Use: "run", Short: "Run the agent: read orders, take numbers, print", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			// Whoever names a folder is setting up a second station, or a test.
			return c.runAgent(cmd.Context(), listen, !noTray, !c.ownFolder, nil)
		},
	}
	cmd.Flags().BoolVar(&noTray, "no-tray", false, "show nothing in the tray")
	cmd.Flags().StringVar(&listen, "listen", "", "address of the page on this computer, 127.0.0.1:0 picks a free port")
	return cmd
}

// runAgent runs the agent until ctx ends and the labels in hand are settled. It
// holds the whole PC if it is the PC's. A service has ready, which is called once
// it serves: at first perhaps to take the secrets without which it cannot work.
func (c *command) runAgent(ctx context.Context, listen string, withTray, thePC bool, ready func()) error {
	host.OwnFiles()
	if thePC {
		release, err := host.HoldPC()
		if err != nil {
			return err
		}
		defer release()
	}
	if err := errors.Join(host.NoCore(), host.MakeFolder(c.data)); err != nil {
		return err
	}
	keepFonts(filepath.Join(c.data, "fonts"))
	begun, err := c.beginSettings()
	if err != nil {
		return err
	}
	o := app.Options{
		Data: c.data, Config: c.config, Listen: listen, Language: c.language, Version: Version(), Clock: c.Clock, Say: c.say,
		Ways: c.Ways, Token: api.NewToken(), Apart: c.Apart,
	}
	if ready != nil {
		if err := app.AwaitSecrets(ctx, o, ready); err != nil || ctx.Err() != nil {
			return err
		}
	}
	first, err := app.Open(ctx, o)
	if err != nil {
		return err
	}
	a := &running{first, o}
	defer a.Close()
	if err := app.OnlyHere(); err != nil {
		return err
	}
	fmt.Fprintln(c.Out, "ready", a.URL())
	if ready != nil {
		ready()
	}
	if begun && withTray && tray.Available() == nil {
		openBrowser(a.URL())
	}
	return c.serve(ctx, a, withTray)
}

// beginSettings writes the settings file of a data folder that is new, and reports
// whether it did. Who names a file means that one.
func (c *command) beginSettings() (bool, error) {
	if c.config != filepath.Join(c.data, config.FileName) {
		return false, nil
	}
	begun, err := app.BeginSettings(c.data, c.config)
	if begun {
		c.say(notice.New("settings-begun", nil, c.config))
	}
	return begun, err
}

// serve runs the agent, with the tray as a client beside it, until the user or
// the tray ends it.
func (c *command) serve(ctx context.Context, a *running, withTray bool) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if !withTray {
		return a.Run(ctx)
	}
	if err := tray.Available(); err != nil {
		c.complain(err) // the agent works without
		return a.Run(ctx)
	}
	path, err := host.SocketPath(c.data)
	if err != nil {
		return err
	}
	page := a.URL()
	var (
		work   sync.WaitGroup
		failed error
	)
	work.Go(func() {
		defer stop()
		failed = a.Run(ctx)
	})
	// The tray wants the process's first thread on some systems.
	err = tray.Run(ctx, api.Local(path, c.language), tray.Options{
		Open: openBrowser, Page: page, Quit: stop, Language: c.language,
	})
	if err != nil {
		c.complain(err)
	}
	work.Wait()
	return failed
}

func (c *command) say(n *notice.Error) { fmt.Fprintln(c.Err, n.Text(c.language)) }

func openBrowser(url string) {
	name, args := "xdg-open", []string{url}
	switch runtime.GOOS {
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", url}
	case "darwin":
		name = "open"
	}
	if cmd := exec.Command(name, args...); cmd.Start() == nil {
		go cmd.Wait() // only so that no zombie is left
	}
}

// keepFonts keeps the unpacked fonts in the folder that the environment names for
// all agents of a computer, or else in the given one; "" is in memory.
func keepFonts(folder string) {
	fonts.Keep(cmp.Or(os.Getenv("MIANDAN_FONTS"), folder))
}
