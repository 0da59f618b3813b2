package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
)

// serviceLog is what a service says to people, in its data folder: it has no
// window to say it in. It is begun anew with each start.
const (
	serviceLog    = "started.log"
	maxServiceLog = 1 << 20
)

func (c *command) service() *cobra.Command {
	var listen string
	run := &cobra.Command{
		Use: "run", Short: "Run the agent as a service: Windows calls this", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.serviceRun(cmd.Context(), listen) },
	}
	run.Flags().StringVar(&listen, "listen", "", "address of the page on this computer, 127.0.0.1:0 picks a free port")
	install := &cobra.Command{
		Use: "install", Short: "Have Windows run the agent as a service, under its own account", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			exe, err := os.Executable()
			if err != nil {
				return err
			}
			dir, err := host.ServiceFolder()
			if err == nil {
				err = host.InstallService(exe, "service", "run", "--data", dir)
			}
			return serviceNotice(err)
		},
	}
	act := func(use, short string, do func(context.Context) error) *cobra.Command {
		return &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
			return serviceNotice(do(cmd.Context()))
		}}
	}
	return family(&cobra.Command{Use: "service", Short: "Run the agent as a service of Windows, before anybody logs in"},
		run, install,
		act("uninstall", "Remove the service; what it keeps stays", host.UninstallService),
		act("start", "Start the service", host.StartService),
		act("stop", "Stop the service once the label in hand is finished", host.StopService))
}

// serviceRun runs under the service manager, and in the foreground where a person
// calls it.
func (c *command) serviceRun(ctx context.Context, listen string) error {
	err := host.RunService(ctx, func(ctx context.Context, ready func()) (err error) {
		log, err := c.openServiceLog()
		if err != nil {
			return err
		}
		defer log.Close()
		defer func() {
			if err != nil {
				c.complain(err)
			}
		}()
		return c.runAgent(ctx, listen, false, true, ready)
	})
	if errors.Is(err, host.ErrNotManaged) {
		return c.runAgent(ctx, listen, false, true, nil)
	}
	return err
}

// openServiceLog has what is said to people stand in a file as well.
func (c *command) openServiceLog() (io.Closer, error) {
	if err := host.MakeFolder(c.data); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(c.data, serviceLog), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, notice.New("data-folder-failed", err, c.data)
	}
	capped := &host.Capped{To: f, Left: maxServiceLog}
	c.Out, c.Err = both{capped, c.Out}, both{capped, c.Err}
	return f, nil
}

// both writes to a file and to a console that there may not be.
type both struct{ file, console io.Writer }

func (b both) Write(p []byte) (int, error) {
	b.console.Write(p)
	return b.file.Write(p)
}

// serviceNotice says what to do about what Windows answered.
func serviceNotice(err error) error {
	switch {
	case err == nil, errors.As(err, new(*notice.Error)):
		return err
	case errors.Is(err, errors.ErrUnsupported):
		return notice.New("service-windows-only", err)
	case errors.Is(err, fs.ErrPermission):
		return notice.New("service-rights", err)
	case errors.Is(err, host.ErrNoService):
		return notice.New("service-missing", err)
	case errors.Is(err, host.ErrServiceExists):
		return notice.New("service-there", err)
	case errors.Is(err, host.ErrStartFailed):
		dir, _ := host.ServiceFolder()
		return notice.New("service-start-failed", err, dir)
	case errors.Is(err, host.ErrStopSlow):
		return notice.New("service-stop-slow", err)
	}
	return fmt.Errorf("service: %w", err)
}
