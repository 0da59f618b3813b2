// Package cli is the command line, one file a family of commands.
//
// It is a contract: scripts and tests rely on the names, on what goes to
// standard output, and on the exit status, 0 for done, 1 for failed, 2 for
// wrong usage. Sentences for people go to standard error, in Chinese or English
// by the locale, so that standard output stays clean for --json.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"miandan/agent/internal/api"
	"miandan/agent/internal/app"
	"miandan/agent/internal/config"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/tray"
	"miandan/printer/discover"
)

// Environment is what a command needs of the world around it.
type Environment struct {
	In       io.Reader
	Out, Err io.Writer
	Getenv   func(string) string
	Clock    func() time.Time // the agent's; nil is time.Now
	Ways     []discover.Way   // of finding printers; nil for all that there are
	Apart    bool             // see app.Options
}

// System is the process's own.
func System() Environment {
	return Environment{In: os.Stdin, Out: shown(os.Stdout), Err: shown(os.Stderr), Getenv: os.Getenv}
}

// Main runs one command and returns the exit status.
func Main(args []string, env Environment) int {
	c := &command{Environment: env, language: languageOf(env.Getenv)}
	ctx, stop := host.UntilStopped(context.Background())
	defer stop()
	root := c.root()
	root.SetArgs(args)
	root.SetIn(env.In)
	root.SetOut(env.Out)
	root.SetErr(env.Err)
	err := root.ExecuteContext(ctx)
	if err == nil || ctx.Err() != nil && errors.Is(err, context.Canceled) { // done, or asked to stop before it had begun
		return 0
	}
	c.complain(err)
	if !c.understood || errors.As(err, new(usageError)) {
		return 2
	}
	return 1
}

// usageError is a command that was written wrongly.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

type command struct {
	Environment
	language   notice.Language
	understood bool // the arguments were: what fails from there on is no wrong usage
	data       string
	ownFolder  bool // that was named, by a flag or the environment
	config     string
	json       bool
}

func (c *command) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "miandan",
		Short:         "Print e-waybills exactly once (面单)",
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			// Cobra asks for required flags only after this.
			if err := cmd.ValidateRequiredFlags(); err != nil {
				return err
			}
			c.understood = true
			c.ownFolder = c.data != "" || os.Getenv(host.DataEnv) != ""
			var err error
			if c.data, err = host.DataFolder(c.data); err != nil {
				return err
			}
			if c.config == "" {
				c.config = filepath.Join(c.data, config.FileName)
			}
			c.speak()
			return nil
		},
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	f := root.PersistentFlags()
	f.StringVar(&c.data, "data", "", "folder of everything the agent keeps (or "+host.DataEnv+")")
	f.StringVar(&c.config, "config", "", "settings file (default "+config.FileName+" in the data folder)")
	f.BoolVar(&c.json, "json", false, "print JSON where a table is printed")
	root.AddCommand(c.run(), c.service(), c.update(), c.tray(), c.demo(), c.print(), c.reprint(), c.queue(), c.orders(), c.documents(), c.resolve(), c.scan(), c.hold(), c.wave(), c.fleet(), c.rules(),
		c.render(), c.templates(), c.printers(), c.doctor(), c.audit(), c.delete(), c.support(), c.settings(), c.page(), c.pair(), c.bench(), c.version(), c.internalPDF())
	return root
}

// languageOf is the language that the environment asks for, or else the system's:
// Windows has no variable for it.
func languageOf(getenv func(string) string) notice.Language {
	return notice.LanguageOf(func(name string) string {
		if v := getenv(name); v != "" || name != "LANG" {
			return v
		}
		return host.Language()
	})
}

// speak takes the language that the settings name, where they can be read and the
// environment does not name one for this program.
func (c *command) speak() {
	if conf, err := app.Settings(c.config); err == nil {
		c.language = app.Language(conf, c.language, c.Getenv)
	}
}

// family makes a command that only holds others. Called with anything else it
// was written wrongly: a script must not take the help text for success.
func family(cmd *cobra.Command, members ...*cobra.Command) *cobra.Command {
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return fmt.Errorf("unknown command %q for %q", args[0], cmd.CommandPath())
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	cmd.AddCommand(members...)
	return cmd
}

// complain says what is wrong and what to do.
func (c *command) complain(err error) {
	var problems config.Problems
	var n *notice.Error
	var refused *api.Problem
	var noTray *tray.Unavailable
	switch {
	case errors.Is(err, errSaid):
	case errors.As(err, &refused):
		fmt.Fprintln(c.Err, refused.Message)
	case errors.As(err, &noTray):
		fmt.Fprintln(c.Err, noTray.Text(c.language))
	case errors.As(err, &problems):
		for _, p := range problems {
			fmt.Fprintln(c.Err, p.Text(c.language))
		}
	case errors.As(err, &n):
		if n.Code == "not-running" && host.IsServiceFolder(c.data) { // an agent of this account could not open what a service has sealed
			n = notice.New("service-idle", err)
		}
		fmt.Fprintln(c.Err, n.Text(c.language))
	case !c.understood || errors.As(err, new(usageError)):
		fmt.Fprintln(c.Err, notice.Text(c.language, "usage", err))
	default:
		fmt.Fprintln(c.Err, notice.Text(c.language, notice.Internal, err))
	}
}

// agent is the running agent, reached over its unix socket or pipe. A service's
// data folder is closed to others, who find out by asking.
func (c *command) agent() (*api.Client, error) {
	if _, running, err := host.Running(c.data); !errors.Is(err, fs.ErrPermission) && (err != nil || !running) {
		return nil, notice.New("not-running", err)
	}
	path, err := host.SocketPath(c.data)
	if errors.Is(err, fs.ErrPermission) {
		return nil, notice.New("agent-refused", err)
	}
	if err != nil {
		return nil, err
	}
	return api.Local(path, c.language), nil
}

// who names the person at the command line, for the record.
func who() string {
	u, err := user.Current()
	if err != nil {
		return "unknown"
	}
	return u.Username[strings.LastIndexByte(u.Username, '\\')+1:]
}

func (c *command) printJSON(v any) error {
	e := json.NewEncoder(c.Out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// Version is the program's version: the release's, the module's, or the commit it
// was built from.
func Version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 && (version == "" || version == "(devel)") {
			version = s.Value[:12]
		}
	}
	return version
}

func (c *command) version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Say which version this is", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if c.json {
				return c.printJSON(map[string]string{"version": Version()})
			}
			_, err := fmt.Fprintln(c.Out, "miandan", Version())
			return err
		},
	}
}
