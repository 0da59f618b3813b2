package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"miandan/agent/internal/api"
	"miandan/agent/internal/app"
	"miandan/agent/internal/config"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/pin"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
)

func (c *command) settings() *cobra.Command {
	return family(&cobra.Command{Use: "config", Short: "The settings file and the secrets beside it"},
		&cobra.Command{
			Use: "init", Short: "Write a commented settings file", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error { return c.configInit() },
		},
		&cobra.Command{
			Use: "check [FILE]", Short: "Check the settings file", Args: cobra.MaximumNArgs(1),
			RunE: func(_ *cobra.Command, args []string) error {
				if len(args) == 1 {
					c.config = args[0]
				}
				if _, err := app.CheckPolicy(); err != nil {
					return err
				}
				if _, err := app.Settings(c.config); err != nil {
					return err
				}
				_, err := fmt.Fprintln(c.Out, "ok", c.config)
				return err
			},
		},
		&cobra.Command{
			Use: "secret NAME", Short: "Put a secret into the key store, read from the terminal or standard input", Args: cobra.ExactArgs(1),
			Long: "Put a secret into the system's key store. It is read without echo from a terminal, else from standard\n" +
				"input, and never written into the settings file. Names: " + strings.Join(secret.Names(), ", ") + ",\n" +
				"and account.NAME.FIELD for the accounts in the settings: miandan config account CARRIER lists the fields.\n" +
				"An agent that runs keeps it itself, as the key store is that of the account it runs under; from others than\n" +
				"an administrator it takes none.",
			RunE: func(cmd *cobra.Command, args []string) error { return c.configSecret(cmd.Context(), args[0]) },
		},
		&cobra.Command{
			Use: "account [CARRIER]", Short: "Print the settings that an account with a carrier needs, to be pasted into the file", Args: cobra.MaximumNArgs(1),
			RunE: func(_ *cobra.Command, args []string) error { return c.configAccount(args) },
		},
		&cobra.Command{
			Use: "authorise jd|jdl [CODE]", Short: "Have the shop authorise the app, and keep the authorisation renewed", Args: cobra.RangeArgs(1, 2),
			Long: "Without CODE, print the page on which the shop authorises the app. The browser then comes to the\n" +
				"redirect address with a code at its end; with that CODE the authorisation is put into the key\n" +
				"store, from where the agent renews it in time.",
			ValidArgs: []string{"jd", "jdl"},
			RunE:      func(cmd *cobra.Command, args []string) error { return c.configAuthorise(cmd.Context(), args) },
		})
}

func (c *command) configInit() error {
	if err := host.MakeFolder(c.data); err != nil {
		return err
	}
	if _, err := os.Stat(c.config); err == nil {
		return notice.New("file-exists", nil, c.config)
	}
	if err := host.AtomicWrite(c.config, config.Template(), 0o600); err != nil {
		return notice.New("file-unwritable", err, c.config)
	}
	_, err := fmt.Fprintln(c.Out, c.config)
	return err
}

func (c *command) configSecret(ctx context.Context, name string) error {
	conf, _ := app.Settings(c.config) // what cannot be read has names all the same
	if names := app.SecretNames(conf); !slices.Contains(names, name) && !host.IsServiceFolder(c.data) {
		return notice.New("config-no-such-secret", nil, name, strings.Join(names, ", "))
	}
	text, err := c.readSecret(name)
	if err != nil {
		return err
	}
	if (name == secret.LeadPIN || name == secret.AdminPIN) && text != "" {
		if text, err = pin.Hash(text); err != nil {
			return err
		}
	}
	return c.keep(
		func(agent *api.Client) (api.Kept, error) { return agent.SetSecret(ctx, name, text, who()) },
		func(keys seal.Keystore) error { return seal.SetSecret(keys, name, secret.New(text)) })
}

// keep has the agent that runs keep a secret, or else puts it where an agent of
// this account will look for it. A service's is another account's.
func (c *command) keep(there func(*api.Client) (api.Kept, error), here func(seal.Keystore) error) error {
	path, err := host.SocketPath(c.data)
	if err != nil {
		return err
	}
	switch kept, err := there(api.Local(path, c.language)); {
	case err == nil && kept.Restart:
		c.say(notice.New("secret-restart", nil))
		return nil
	case !errors.Is(err, api.ErrNoAgent):
		return err
	case host.IsServiceFolder(c.data):
		return notice.New("secret-service-off", err)
	}
	if err := host.MakeFolder(c.data); err != nil {
		return err
	}
	keys, err := seal.OpenKeystore(c.data)
	if err != nil {
		return err
	}
	return here(keys)
}

func (c *command) configAuthorise(ctx context.Context, args []string) error {
	platform := args[0]
	if platform != "jd" && platform != "jdl" {
		return usageError{fmt.Errorf("authorise %s: choose jd or jdl", platform)}
	}
	conf, err := app.Settings(c.config)
	if err != nil {
		return err
	}
	if len(args) == 1 {
		if conf.JD.Redirect == "" {
			return notice.New("config-missing", nil, c.config, "jd.redirect", `redirect = "https://example.com/callback"`)
		}
		_, err := fmt.Fprintln(c.Out, app.AuthoriseURL(conf, platform))
		return err
	}
	err = c.keep(
		func(agent *api.Client) (api.Kept, error) { return agent.Authorise(ctx, platform, args[1], who()) },
		func(keys seal.Keystore) error { return app.Authorise(ctx, conf, keys, platform, args[1]) })
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.Out, "ok", platform)
	return err
}

func (c *command) readSecret(name string) (string, error) {
	if f, ok := c.In.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprintf(c.Err, "%s: ", name)
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(c.Err)
		return strings.TrimSpace(string(b)), err
	}
	line, err := bufio.NewReader(io.LimitReader(c.In, 64<<10)).ReadString('\n')
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return strings.TrimSpace(strings.TrimPrefix(line, "\ufeff")), err // which PowerShell puts before what it hands on
}
