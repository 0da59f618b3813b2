package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"miandan/agent/internal/api"
	"miandan/agent/internal/app"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
)

func (c *command) delete() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: "delete ORDER --reason TEXT", Short: "Delete an order's personal data at once, with a reason for the record", Args: cobra.ExactArgs(1),
		Long: "Delete at once whom an order goes to. A label that is not on paper is taken out of the queue, and its number\n" +
			"goes back to the carrier. A label that may be on paper stays unknown and can still be resolved. The order's\n" +
			"number is kept, so that it is not taken up again when the platform speaks of it. It works whether the agent\n" +
			"runs or not; it cannot be undone. An order of a fleet is deleted at a station that takes numbers, while its\n" +
			"agent runs: it goes from the database at once, and from each station as that hears of it.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if reason == "" {
				return notice.New("delete-reason-missing", nil)
			}
			ask := api.Delete{Order: args[0], Reason: reason, Who: who()}
			var d api.Deleted
			_, running, err := host.Running(c.data)
			if err != nil {
				return err
			}
			if running {
				var agent *api.Client
				if agent, err = c.agent(); err == nil {
					d, err = agent.Delete(cmd.Context(), ask)
				}
			} else if host.IsServiceFolder(c.data) {
				return notice.New("service-off", nil)
			} else {
				ask.Who = "local:" + ask.Who
				d, err = app.Delete(cmd.Context(), c.data, ask)
			}
			if err != nil {
				return err
			}
			return c.tellDeleted(d)
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why; it goes into the record")
	return cmd
}

func (c *command) tellDeleted(d api.Deleted) error {
	if c.json {
		if err := c.printJSON(d); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(c.Out, "deleted %s: %d labels cancelled, %d numbers given back, %d labels unknown\n", d.Order, d.Cancelled, d.Returned, d.Unknown)
	}
	if d.Fleet {
		fmt.Fprintln(c.Err, notice.Text(c.language, "delete-of-fleet", d.Order))
	}
	if !d.Emptied {
		fmt.Fprintln(c.Err, notice.Text(c.language, "delete-pending", d.Order))
	}
	return nil
}
