package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"miandan/agent/internal/app"
	"miandan/agent/internal/pairing"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
)

func (c *command) demo() *cobra.Command {
	var (
		once   bool
		orders int
		out    string
		way    string
		lang   string
		all    string
	)
	cmd := &cobra.Command{
		Use: "demo", Short: "Practise: a simulated JD gateway and printers, the real agent between them", Args: cobra.NoArgs,
		Long: "Run the real agent between a simulated JD gateway and simulated thermal printers, all on this computer.\n" +
			"Every label is written to the folder as it came out of the printer (PNG) and as PDF, with report.json.\n" +
			"Without --once it stays and the page can be used.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if orders < 1 || orders > 1000 {
				return usageError{fmt.Errorf("--orders %d: choose 1 to 1000", orders)}
			}
			if !slices.Contains(practice.Ways(), practice.Way(way)) {
				return usageError{fmt.Errorf("--way %s: choose own, sealed or rendered", way)}
			}
			if !slices.Contains([]string{"escpos", "tspl", "zpl", "cpcl"}, lang) {
				return usageError{fmt.Errorf("--language %s: choose escpos, tspl, zpl or cpcl", lang)}
			}
			if all != "" && all != "all" {
				return usageError{fmt.Errorf("--carriers %s: choose all", all)}
			}
			return c.practise(cmd.Context(), practice.Config{Orders: orders, Way: practice.Way(way), Language: lang, Carriers: all == "all"}, out, once)
		},
	}
	cmd.Flags().BoolVar(&once, "once", false, "end when every order is done")
	cmd.Flags().IntVar(&orders, "orders", practice.Orders, "how many orders that ship; from 14 on there are three more that do not")
	cmd.Flags().StringVar(&way, "way", string(practice.Own), "who makes the labels: own (drawn here), sealed (JD's component), rendered (JD's renderer)")
	cmd.Flags().StringVar(&all, "carriers", "", "all: beside JD's, an account of the shop's own with every carrier, and one more order for each")
	cmd.Flags().StringVar(&lang, "language", "escpos", "what the printer understands: escpos, tspl, zpl, cpcl")
	cmd.Flags().StringVar(&out, "out", "demo-out", "folder for labels and report.json")
	return cmd
}

func (c *command) practise(ctx context.Context, config practice.Config, out string, once bool) error {
	dir, err := os.MkdirTemp("", "miandan-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	keepFonts("")
	world, err := practice.Open(dir, config)
	if err != nil {
		return err
	}
	defer world.Close()
	// The demo's own key goes with its folder: nothing of it stays behind.
	if err := os.Setenv(seal.KeysEnv, filepath.Join(dir, "keys")); err != nil {
		return err
	}
	if os.Getenv(pairing.PolicyEnv) == "" { // the computer's is about its own agent, and may lay down that nothing prints
		if err := os.Setenv(pairing.PolicyEnv, filepath.Join(dir, "policy.toml")); err != nil {
			return err
		}
	}
	if err := practice.PutSecrets(world.Data); err != nil {
		return err
	}
	c.data, c.config = world.Data, world.Config
	a, err := app.Open(ctx, app.Options{
		Data: c.data, Config: c.config, Language: c.language, Version: Version(), Say: c.say,
	})
	if err != nil {
		return err
	}
	defer a.Close()
	fmt.Fprintln(c.Out, "ready", a.URL())
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- a.Run(ctx) }()

	report, err := world.Follow(ctx, a.Ledger, a.Station, out)
	if err == nil && !once {
		fmt.Fprintf(c.Err, "%d labels in %s\n", len(report.Labels), out)
		fmt.Fprintf(c.Err, "other commands reach this demo with --data %s\n", c.data)
		<-ctx.Done()
		// What was reprinted or resolved meanwhile belongs into the report.
		report, err = world.Collect(context.WithoutCancel(ctx), a.Ledger, a.Station, out)
	}
	stop()
	if stopped := <-served; err == nil {
		err = stopped
	}
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(out, "report.json")
	if err := os.WriteFile(path, append(b, '\n'), 0o644); err != nil {
		return err
	}
	if once {
		fmt.Fprintf(c.Out, "%d labels, %d refused, %d skipped: %s\n", len(report.Labels), len(report.Refused), len(report.Skipped), path)
	}
	return nil
}
