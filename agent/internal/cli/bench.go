package cli

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	measure "miandan/agent/internal/bench"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
)

func (c *command) bench() *cobra.Command {
	var o measure.Options
	var wave, history, queued int
	var picture, goals string
	cmd := &cobra.Command{
		Use: "bench", Short: "Measure on this PC what a label costs, and what it costs otherwise", Args: cobra.NoArgs,
		Long: "Measure the steps of a label on one core, the whole agent between a simulated gateway and simulated\n" +
			"printers, and, where they are installed, the same label by headless Chromium, ReportLab, pdftoppm and\n" +
			"the filters of CUPS. It works in a temporary folder with invented orders and touches nothing else.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, f := range []struct {
				name               string
				value, least, most int
			}{{"wave", wave, 1, 100_000}, {"history", history, 1, 10_000_000}, {"queued", queued, 1, 100_000}} {
				if f.value < f.least || f.value > f.most {
					return usageError{fmt.Errorf("--%s %d: choose %d to %d", f.name, f.value, f.least, f.most)}
				}
			}
			o.Orders, o.History, o.Queued = wave, history, queued
			if o.Quick && !cmd.Flags().Changed("wave") {
				o.Orders = 20
			}
			if o.Quick && !cmd.Flags().Changed("history") {
				o.History = 1000
			}
			var err error
			if o.Program, err = os.Executable(); err != nil {
				return err
			}
			o.Name = os.Args[0]
			began := time.Now()
			o.Tell = func(what string) {
				if !c.json {
					fmt.Fprintf(c.Err, "%4.0f s  %s\n", time.Since(began).Seconds(), what)
				}
			}
			report, err := measure.Run(cmd.Context(), o)
			if err != nil {
				return err
			}
			if picture != "" {
				if err := host.AtomicWrite(picture, report.Picture(), 0o644); err != nil {
					return notice.New("file-unwritable", err, picture)
				}
			}
			if goals != "" {
				page, err := os.ReadFile(goals)
				if err == nil {
					page, err = report.PutGoals(page)
				}
				if err != nil {
					return err
				}
				if err := host.AtomicWrite(goals, page, 0o644); err != nil {
					return notice.New("file-unwritable", err, goals)
				}
			}
			if c.json {
				return c.printJSON(report)
			}
			return report.Table(c.Out)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.Quick, "quick", false, "take a few seconds; the figures are rough")
	f.IntVar(&wave, "wave", 1000, "orders in the wave that four printers share")
	f.IntVar(&history, "history", 10_000, "orders in the ledger's history before the first click")
	f.IntVar(&queued, "queued", 200, "labels that wait meanwhile")
	f.StringVar(&goals, "goals", "", "page in Markdown into which what was reached is written, between <!-- miandan bench --goals --> and <!-- end -->")
	f.StringVar(&picture, "picture", "", "file for a picture of where a label's time goes (SVG)")
	return cmd
}
