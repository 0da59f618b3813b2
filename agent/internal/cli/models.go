package cli

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"miandan/agent/internal/config"
	"miandan/agent/internal/notice"
	"miandan/printer/model"
)

// quirk is a line of a model file as it is shown.
type quirk struct {
	Set        string           `json:"set"`
	Value      string           `json:"value"`
	Confidence model.Confidence `json:"confidence"`
	Reason     string           `json:"reason"`
	Source     string           `json:"source"`
	Line       int              `json:"line"`
}

type shownModel struct {
	Name   string  `json:"name"`
	Says   string  `json:"says"`
	File   string  `json:"file"`
	Quirks []quirk `json:"quirks"`
}

func (c *command) printersModels() *cobra.Command {
	return &cobra.Command{
		Use: "models [NAME]", Short: "The model files: what is odd about which printer, why, and how that is known", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			library, err := config.Models(c.config)
			if err != nil {
				return err
			}
			models := library.Models()
			if len(args) == 1 {
				m, ok := library.Get(args[0])
				if !ok {
					return notice.New("model-unknown", nil, args[0])
				}
				models = []model.Model{m}
			}
			all := make([]shownModel, 0, len(models))
			for _, m := range models {
				v := shownModel{Name: m.Name, Says: m.Says, File: m.File}
				for _, q := range m.Quirks {
					v.Quirks = append(v.Quirks, quirk{q.Set, q.Value, q.Confidence, q.Reason, q.Source, q.Line})
				}
				all = append(all, v)
			}
			switch {
			case c.json:
				return c.printJSON(all)
			case len(args) == 1:
				return c.showModel(all[0])
			}
			w := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "MODEL\tPRINTERS\tFILE\t")
			for _, m := range all {
				fmt.Fprintf(w, "%s\t%s\t%s\t\n", m.Name, m.Says, m.File)
			}
			return w.Flush()
		},
	}
}

func (c *command) showModel(m shownModel) error {
	fmt.Fprintf(c.Out, "%s: %s (%s)\n", m.Name, m.Says, m.File)
	for _, q := range m.Quirks {
		if _, err := fmt.Fprintf(c.Out, "\n%s = %s  %s, line %d\n    %s\n    known from: %s\n", q.Set, or(q.Value, `""`), q.Confidence, q.Line, q.Reason, q.Source); err != nil {
			return err
		}
	}
	return nil
}
