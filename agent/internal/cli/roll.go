package cli

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

func (c *command) printersRoll() *cobra.Command {
	return &cobra.Command{
		Use: "roll NAME [LABELS]", Short: "Say that a new roll was put into a printer", Args: cobra.RangeArgs(1, 2),
		Long: "Say that a new roll was put into a printer, so that it is known how many labels are left. Without\n" +
			"LABELS it has as many as the printer's setting roll says. A reload after the printer ran out of\n" +
			"paper is noticed by itself.",
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := c.named(args[0])
			if err != nil {
				return err
			}
			labels := p.Roll
			if len(args) == 2 {
				if labels, err = strconv.Atoi(args[1]); err != nil || labels < 1 || labels > 100_000 {
					return usageError{fmt.Errorf("LABELS must be a number from 1 to 100000, not %q", args[1])}
				}
			}
			if labels == 0 {
				return notice.New("roll-unknown", nil, p.Name)
			}
			agent, err := c.agent()
			if err != nil {
				return err
			}
			if err := agent.NewRoll(cmd.Context(), api.Roll{Printer: p.Name, Labels: labels, Who: who()}); err != nil {
				return err
			}
			fmt.Fprintln(c.Out, "ok", p.Name, labels)
			return nil
		},
	}
}
