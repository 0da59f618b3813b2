package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"miandan/agent/internal/api"
	"miandan/agent/internal/app"
	"miandan/agent/internal/config"
	"miandan/agent/internal/notice"
)

func (c *command) printers() *cobra.Command {
	return family(&cobra.Command{Use: "printers", Short: "The printers of the settings, and those that could be"},
		c.printersList(), c.printersStatus(), c.printersDiscover(), c.printersTest(), c.printersCalibrate(), c.printersModels(), c.printersRoll())
}

// listed is a printer as it stands in the settings.
type listed struct {
	Name      string  `json:"name"`
	URL       string  `json:"url"`
	Model     string  `json:"model,omitempty"`
	Language  string  `json:"language"`
	DotsPerMM float64 `json:"dots_per_mm"`
	Media     string  `json:"media"`
	Paper     string  `json:"paper"`
	Confirm   string  `json:"confirm"`
	Status    string  `json:"status"`
}

func (c *command) printersList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "How the printers stand in the settings, with what their models add", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			conf, err := app.Settings(c.config)
			if err != nil {
				return err
			}
			all := []listed{}
			for _, p := range conf.Printers {
				all = append(all, listed{p.Name, p.URL, p.Model, p.Language, p.DotsPerMM, p.Media, p.Paper.String(), p.Confirm, p.Status})
			}
			if c.json {
				return c.printJSON(all)
			}
			w := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "PRINTER\tURL\tMODEL\tLANGUAGE\tDOTS/MM\tMEDIA\tPAPER\tCONFIRM\t")
			for _, p := range all {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%g\t%s\t%s\t%s\t\n", p.Name, p.URL, or(p.Model, "-"), p.Language, p.DotsPerMM, p.Media, p.Paper, p.Confirm)
			}
			return w.Flush()
		},
	}
}

func (c *command) printersStatus() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Ask every printer how it is", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conf, err := app.Settings(c.config)
			if err != nil {
				return err
			}
			all, err := c.conditions(cmd.Context(), conf)
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(all)
			}
			w := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "PRINTER\tPAPER\tSTATE\t")
			for _, p := range all {
				state := "ready"
				if p.Says != "" {
					state = p.Says
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t\n", p.Name, p.Paper, state)
			}
			return w.Flush()
		},
	}
}

func (c *command) printersTest() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "test NAME", Short: "Print a test card: polarity, place, darkness, lines, barcodes", Args: cobra.ExactArgs(1),
		Long: "Print a test card, on which every part says what it should look like. It is no waybill and stands in\n" +
			"no queue; while the agent runs, it comes after the label in hand.",
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := c.named(args[0])
			if err != nil {
				return err
			}
			if out != "" {
				return c.writeCard(p, api.TestCard, out)
			}
			printed, err := c.printCard(cmd.Context(), p, api.TestCard)
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(printed)
			}
			fmt.Fprintln(c.Out, "ok", printed.Printer, printed.Outcome, printed.Evidence)
			c.tellCard(printed)
			return nil
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "", "write the card as a picture (.png) and print nothing")
	return cmd
}

// named returns a printer of the settings.
func (c *command) named(name string) (config.Printer, error) {
	conf, err := app.Settings(c.config)
	if err != nil {
		return config.Printer{}, err
	}
	return app.Named(conf, name)
}

func (c *command) now() time.Time {
	if c.Clock != nil {
		return c.Clock()
	}
	return time.Now()
}

// printCard prints a card. While the agent runs it does so, for the printers are
// its own.
func (c *command) printCard(ctx context.Context, p config.Printer, kind api.CardKind) (api.CardPrinted, error) {
	if agent, err := c.agent(); err == nil {
		return agent.Card(ctx, api.Card{Printer: p.Name, Kind: kind})
	}
	j, err := app.DrawCard(p, kind, c.now())
	if err != nil {
		return api.CardPrinted{}, err
	}
	return app.PrintCard(ctx, p, j)
}

func (c *command) tellCard(printed api.CardPrinted) {
	code := notice.Code("card-sent")
	if printed.Outcome == "confirmed" {
		code = "card-confirmed"
	}
	fmt.Fprintln(c.Err, notice.Text(c.language, code, printed.Printer))
}

func (c *command) writeCard(p config.Printer, kind api.CardKind, path string) error {
	if filepath.Ext(path) != ".png" {
		return usageError{errors.New("a card is written as a picture: " + path + " must end in .png")}
	}
	j, err := app.DrawCard(p, kind, c.now())
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err == nil {
		err = errors.Join(j.Image.EncodePNG(f), f.Close())
	}
	if err != nil {
		return notice.New("file-unwritable", err, path)
	}
	_, err = fmt.Fprintln(c.Out, path)
	return err
}
