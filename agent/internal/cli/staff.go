package cli

import (
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

// errSaid ends a command as failed when the sentences have been said.
var errSaid = errors.New("said")

func (c *command) print() *cobra.Command {
	var (
		scanned, next bool
		printer       string
	)
	cmd := &cobra.Command{
		Use: "print ORDER…, or print --scanned CODE…, or print --next", Short: "Take a number and print, now",
		Long: "Take a number and print, now. --scanned prints what a scanner has read for one parcel: an order by its number\n" +
			"or its waybill's, or the most urgent order that has just the goods whose SKUs were read, each as often as it is in\n" +
			"the parcel. --next prints the most urgent order that waits for somebody's word.",
		Args: func(cmd *cobra.Command, args []string) error {
			if next {
				return cobra.NoArgs(cmd, args)
			}
			return cobra.MinimumNArgs(1)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, orders []string) error {
			agent, err := c.agent()
			if err != nil {
				return err
			}
			switch {
			case next:
				return c.scannedTo(agent.PrintNext(cmd.Context(), who()))
			case scanned:
				return c.scannedTo(agent.ScanPrint(cmd.Context(), api.ScanPrint{Codes: orders, Who: who()}))
			}
			taken, err := agent.PrintOn(cmd.Context(), orders, printer, who())
			if err != nil {
				return err
			}
			refused := slices.ContainsFunc(taken, func(t api.Taken) bool { return t.Refusal != nil })
			if c.json {
				if err := c.printJSON(taken); err != nil {
					return err
				}
			} else {
				for _, t := range taken {
					if t.Refusal != nil {
						fmt.Fprintln(c.Err, t.Refusal.Message)
						continue
					}
					fmt.Fprintln(c.Out, t.Order, t.State)
				}
			}
			if refused {
				return errSaid
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&printer, "printer", "", "the printer or the group that they print on")
	cmd.Flags().BoolVar(&scanned, "scanned", false, "what follows was read by a scanner for one parcel")
	cmd.Flags().BoolVar(&next, "next", false, "the most urgent order that waits for somebody's word")
	cmd.MarkFlagsMutuallyExclusive("scanned", "next", "printer")
	return cmd
}

// scannedTo says what a scan has come to. All but a label that prints is a failure.
func (c *command) scannedTo(s api.Scanned, err error) error {
	if err != nil {
		return err
	}
	switch {
	case c.json:
		if err := c.printJSON(s); err != nil {
			return err
		}
	case s.Result == api.ScanPrinting:
		fmt.Fprintln(c.Out, s.Order, s.Result)
	case s.Result == api.ScanMore:
		fmt.Fprintln(c.Err, notice.Text(c.language, "scan-more", s.Matching))
	case s.Refusal != nil:
		fmt.Fprintln(c.Err, s.Refusal.Message)
	default:
		fmt.Fprintln(c.Err, s.Order, s.Result)
	}
	if s.Result != api.ScanPrinting {
		return errSaid
	}
	return nil
}

func (c *command) reprint() *cobra.Command {
	var (
		reason string
		last   bool
	)
	cmd := &cobra.Command{
		Use: "reprint WAYBILL, or reprint --last", Short: "Print a waybill once more, with a reason for the record",
		Args: func(cmd *cobra.Command, args []string) error {
			if last {
				return cobra.NoArgs(cmd, args)
			}
			return cobra.ExactArgs(1)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if reason == "" {
				return notice.New("reprint-reason-missing", nil)
			}
			agent, err := c.agent()
			if err != nil {
				return err
			}
			again := api.Reprint{Reason: reason, Who: who()}
			if last {
				row, err := agent.Latest(cmd.Context())
				if err != nil {
					return err
				}
				again.Waybill, again.Label = row.Waybill, row.Label
			} else {
				again.Waybill = args[0]
			}
			labels, err := agent.Reprint(cmd.Context(), again)
			if err != nil {
				return err
			}
			for _, l := range labels {
				fmt.Fprintln(c.Out, l)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why; it goes into the record")
	cmd.Flags().BoolVar(&last, "last", false, "the label that was last put on paper")
	return cmd
}

func (c *command) resolve() *cobra.Command {
	var cleared bool
	cmd := &cobra.Command{
		Use:   "resolve LABEL printed|not-printed, or resolve ORDER no-number|number N…|seen",
		Short: "Settle what only a person can know",
		Long: "Settle a label of which nobody knows whether it is on paper: printed or not-printed. A label that is not\n" +
			"printed goes back into the queue. Settle an order whose carrier's answer was lost, after you have looked\n" +
			"it up in the carrier's console: no-number if there is none, or number and what stands there, one number for\n" +
			"all parcels or one for each. Settle an order that was cancelled or changed after its label was out: seen, once\n" +
			"its parcel was stopped or may go as it is.",
		Args: cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			answer, numbers := api.Answer(args[1]), args[2:]
			switch {
			case !slices.Contains([]api.Answer{api.Printed, api.NotPrinted, api.NoNumber, api.NumberFound, api.Seen}, answer):
				return usageError{fmt.Errorf("%q is no answer: printed, not-printed, no-number, number or seen", args[1])}
			case answer == api.NumberFound && len(numbers) == 0:
				return usageError{errors.New("number: name the waybill number that you found, or one for each parcel")}
			case answer != api.NumberFound && len(numbers) > 0:
				return usageError{fmt.Errorf("%s takes nothing behind it", answer)}
			}
			agent, err := c.agent()
			if err != nil {
				return err
			}
			return agent.Resolve(cmd.Context(), api.Resolution{Label: args[0], Answer: answer, Numbers: numbers, Who: who(), Cleared: cleared})
		},
	}
	cmd.Flags().BoolVar(&cleared, "cleared", false, "I have switched the printer off and on: nothing is left in it (after an old copy of the database was put back: every printer of that paper)")
	return cmd
}

func (c *command) scan() *cobra.Command {
	return &cobra.Command{
		Use: "scan WAYBILL", Short: "The finished label was scanned: the parcel is packed", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			agent, err := c.agent()
			if err != nil {
				return err
			}
			packed, err := agent.Scan(cmd.Context(), api.Scan{Waybill: args[0], Who: who()})
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(packed)
			}
			switch {
			case packed.Left > 0:
				fmt.Fprintln(c.Out, notice.Text(c.language, "scan-left", packed.Order, packed.Left))
			case packed.Already:
				fmt.Fprintln(c.Out, notice.Text(c.language, "scan-again", packed.Order))
			default:
				fmt.Fprintln(c.Out, notice.Text(c.language, "scan-whole", packed.Order))
			}
			return nil
		},
	}
}

func (c *command) hold() *cobra.Command {
	return &cobra.Command{
		Use: "pause on|off", Short: "Hold all printing after the label in hand, or go on", Args: cobra.ExactArgs(1), ValidArgs: []string{"on", "off"},
		RunE: func(cmd *cobra.Command, args []string) error {
			if args[0] != "on" && args[0] != "off" {
				return usageError{fmt.Errorf("%q: say on or off", args[0])}
			}
			agent, err := c.agent()
			if err != nil {
				return err
			}
			if args[0] == "on" {
				return agent.Pause(cmd.Context(), who())
			}
			return agent.Resume(cmd.Context(), who())
		},
	}
}

func (c *command) queue() *cobra.Command {
	return &cobra.Command{
		Use: "queue", Short: "Show what waits, prints, is unknown or refused", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			agent, err := c.agent()
			if err != nil {
				return err
			}
			q, err := agent.Queue(cmd.Context())
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(q)
			}
			w := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "LABEL\tORDER\tCARRIER\tWAYBILL\tRECEIVER\tPHONE\tSTATE\tLEFT\tWHY")
			for _, r := range q.Rows {
				why := string(r.Evidence)
				if r.Refusal != nil {
					why = string(r.Refusal.Code)
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Label, r.Order, r.Carrier, r.Waybill, r.Receiver, r.Phone, r.State,
					time.Duration(r.Left)*time.Second, why)
			}
			return w.Flush()
		},
	}
}
