package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"miandan/agent/internal/api"
)

func (c *command) wave() *cobra.Command {
	return family(&cobra.Command{Use: "wave", Short: "Print many orders as one piece of work, in the order in which their goods are picked"},
		c.waveStart(), c.waveList(), c.waveShow(),
		c.waveTurn("stop", "Stop a wave: at most what a printer has in hand still prints", (*api.Client).StopWave),
		c.waveTurn("resume", "Go on with a stopped wave", (*api.Client).ResumeWave),
		c.waveTurn("close", "End a wave; what has not printed waits until somebody asks for it", (*api.Client).CloseWave))
}

func (c *command) waveStart() *cobra.Command {
	var (
		n    api.NewWave
		sort string
		file string
	)
	cmd := &cobra.Command{
		Use: "start ORDER… [--file FILE]", Short: "Start a wave",
		Long: "Start a wave with orders that wait. They take their numbers and print in the order in which their goods are\n" +
			"picked: by place, then SKU, then quantity, orders with one kind of goods first. Where goods lie stands in the\n" +
			"file that the setting print.places names. Orders that cannot be in the wave are told and hold up nothing.",
		RunE: func(cmd *cobra.Command, orders []string) error {
			if file != "" {
				more, err := words(file, cmd.InOrStdin())
				if err != nil {
					return err
				}
				orders = append(orders, more...)
			}
			if len(orders) == 0 {
				return usageError{fmt.Errorf("name the orders of the wave, or a file with --file")}
			}
			agent, err := c.agent()
			if err != nil {
				return err
			}
			n.Orders, n.Sort, n.Who = orders, api.WaveOrder(sort), who()
			w, err := agent.StartWave(cmd.Context(), n)
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(w)
			}
			for _, t := range w.Left {
				fmt.Fprintln(c.Err, t.Refusal.Message)
			}
			fmt.Fprintln(c.Out, w.Wave.ID, w.Wave.State, w.Wave.Orders)
			return nil
		},
	}
	cmd.Flags().StringVar(&n.Name, "name", "", "what people call it")
	cmd.Flags().StringVar(&n.Printer, "printer", "", "the printer or the group that it prints on")
	cmd.Flags().StringVar(&sort, "sort", string(api.PickOrder), "pick, deadline, or given: as the orders are named")
	cmd.Flags().BoolVar(&n.Separator, "separator", false, "a separator label before it and between places")
	cmd.Flags().StringVar(&file, "file", "", "a file with order numbers, one a line; - is standard input")
	return cmd
}

// words reads a file of words.
func words(name string, in io.Reader) ([]string, error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, usageError{err}
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, 1<<20))
	return strings.Fields(strings.TrimPrefix(string(b), "\uFEFF")), err
}

func (c *command) waveList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the open waves and those of the last three days", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			agent, err := c.agent()
			if err != nil {
				return err
			}
			list, err := agent.Waves(cmd.Context())
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(list)
			}
			t := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(t, "WAVE\tSTATE\tORDERS\tWAITING\tPRINTING\tDONE\tSCANNED\tUNKNOWN\tREFUSED\tCANCELLED\tPRINTER\tNAME")
			for _, w := range list {
				fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t%s\n", w.ID, w.State, w.Orders, w.Waiting, w.Printing, w.Done, w.Scanned,
					w.Unknown, w.Refused, w.Cancelled, cmp.Or(w.Printer, "-"), w.Name)
			}
			return t.Flush()
		},
	}
}

func (c *command) waveShow() *cobra.Command {
	return &cobra.Command{
		Use: "show WAVE", Short: "Show a wave's labels in the order in which they print", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			agent, err := c.agent()
			if err != nil {
				return err
			}
			w, err := agent.Wave(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(w)
			}
			t := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(t, "\tORDER\tWAYBILL\tSTATE\tPLACE\tGOODS\tPRINTER")
			for _, r := range w.Rows {
				state := string(r.State)
				if r.Scanned {
					state += " scanned"
				}
				fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Position, r.Order, cmp.Or(r.Waybill, "-"), state, cmp.Or(r.Place, "-"), r.Goods, r.Printer)
			}
			return t.Flush()
		},
	}
}

func (c *command) waveTurn(verb, short string, turn func(*api.Client, context.Context, string, string) error) *cobra.Command {
	return &cobra.Command{
		Use: verb + " WAVE", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			agent, err := c.agent()
			if err != nil {
				return err
			}
			if err := turn(agent, cmd.Context(), args[0], who()); err != nil {
				return err
			}
			fmt.Fprintln(c.Out, "ok", args[0])
			return nil
		},
	}
}

func (c *command) rules() *cobra.Command {
	return family(&cobra.Command{Use: "rules", Short: "The rules by which orders print by themselves, [[auto]] in the settings"},
		c.rulesList(), c.rulesSwitch("on", true), c.rulesSwitch("off", false))
}

func (c *command) rulesList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List them in their order: the first that fits an order decides", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			agent, err := c.agent()
			if err != nil {
				return err
			}
			list, err := agent.Rules(cmd.Context())
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(list)
			}
			t := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(t, "RULE\tON\tWORKS\tHOURS\tPRINTER\tTODAY\tWHEN")
			for _, r := range list {
				fmt.Fprintf(t, "%s\t%t\t%t\t%s\t%s\t%d\t%s\n", r.Name, r.On, r.Works, cmp.Or(r.Hours, "-"), cmp.Or(r.Printer, "-"), r.Today, r.When)
			}
			return t.Flush()
		},
	}
}

func (c *command) rulesSwitch(verb string, on bool) *cobra.Command {
	return &cobra.Command{
		Use: verb + " RULE", Short: "Switch a rule " + verb + "; it stays so", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			agent, err := c.agent()
			if err != nil {
				return err
			}
			if err := agent.SwitchRule(cmd.Context(), args[0], on, who()); err != nil {
				return err
			}
			fmt.Fprintln(c.Out, "ok", args[0], verb)
			return nil
		},
	}
}
