package cli

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"miandan/agent/internal/api"
	"miandan/agent/internal/pairing"
)

func (c *command) pair() *cobra.Command {
	answer := func(use, short string, answer pairing.Answer) *cobra.Command {
		return &cobra.Command{
			Use: use, Short: short, Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				origin, err := originOf(args[0])
				if err != nil {
					return err
				}
				agent, err := c.agent()
				if err != nil {
					return err
				}
				all, err := agent.AnswerCaller(cmd.Context(), api.CallerAnswer{Origin: origin, Answer: answer, Who: who()})
				if err != nil {
					return err
				}
				return c.showCallers(all)
			},
		}
	}
	return family(&cobra.Command{Use: "pair", Short: "Which web pages may print here"},
		&cobra.Command{
			Use: "list", Short: "List them, and the page that asks now", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				agent, err := c.agent()
				if err != nil {
					return err
				}
				all, err := agent.Callers(cmd.Context())
				if err != nil {
					return err
				}
				return c.showCallers(all)
			},
		},
		answer("approve ORIGIN", "Let a page print: https://erp.example.com", pairing.Always),
		answer("block ORIGIN", "Never let a page print, and do not ask", pairing.Block),
		&cobra.Command{
			Use: "revoke ORIGIN", Short: "Forget what was decided about a page", Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				agent, err := c.agent()
				if err != nil {
					return err
				}
				all, err := agent.RevokeCaller(cmd.Context(), strings.TrimSuffix(args[0], "/"), who())
				if err != nil {
					return err
				}
				return c.showCallers(all)
			},
		})
}

// originOf takes an origin as people copy it from the address line.
func originOf(s string) (string, error) {
	o, ok := pairing.ParseOrigin(strings.TrimSuffix(s, "/"))
	if !ok {
		return "", usageError{errors.New("an origin is a page's scheme and host, with a port if it has one: https://erp.example.com")}
	}
	return string(o), nil
}

func (c *command) showCallers(all api.Callers) error {
	if c.json {
		return c.printJSON(all)
	}
	if q := all.Asking; q != nil {
		fmt.Fprintf(c.Out, "? %s  (%d s)\n", q.Origin, q.Left)
	}
	w := tabwriter.NewWriter(c.Out, 0, 4, 2, ' ', 0)
	for _, p := range all.Callers {
		state, used := "paired", "-"
		switch {
		case p.Blocked:
			state = "blocked"
		case p.Once:
			state = "once"
		}
		if p.Policy {
			state += " (policy)"
		}
		if !p.Used.IsZero() {
			used = p.Used.Local().Format(time.DateTime)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.Origin, state, used, p.By)
	}
	return w.Flush()
}
