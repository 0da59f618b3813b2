package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"miandan/agent/internal/api"
	"miandan/agent/internal/app"
	"miandan/agent/internal/config"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
	"miandan/printer"
)

// condition is a printer as the tables show it.
type condition struct {
	Name    string   `json:"name"`
	Paper   string   `json:"paper"`
	Answers bool     `json:"answers"`
	Reasons []string `json:"reasons,omitempty"`
	Says    string   `json:"says,omitempty"`
}

// conditions asks every printer how it is. While the agent runs it is asked in
// their stead: a second line to a printer in the middle of a label could end up
// on the paper.
func (c *command) conditions(ctx context.Context, conf *config.Config) ([]condition, error) {
	agent, err := c.agent()
	if err != nil {
		var all []condition
		for _, pc := range conf.Printers {
			all = append(all, c.ask(ctx, pc))
		}
		return all, nil
	}
	q, err := agent.QueueOf(ctx, api.QueueQuery{Limit: 1})
	if err != nil {
		return nil, err
	}
	var all []condition
	for _, p := range q.Printers {
		v := condition{Name: p.Name, Answers: p.State != api.Stopped, Reasons: p.Reasons}
		for _, pc := range conf.Printers {
			if pc.Name == p.Name {
				v.Paper = fmt.Sprintf("%gx%g", float64(pc.Paper.Width)/1000, float64(pc.Paper.Height)/1000)
			}
		}
		if p.State == api.Stopped {
			st := printer.Status{}
			for _, r := range p.Reasons {
				st.Reasons = append(st.Reasons, printer.Reason(r))
			}
			v.Says = dispatch.PrinterNotice(p.Name, &printer.FaultError{Status: st}).Text(c.language)
		}
		all = append(all, v)
	}
	return all, nil
}

// ask asks a printer how it is, without printing. Nobody else may be talking
// to it.
func (c *command) ask(ctx context.Context, pc config.Printer) condition {
	v := condition{Name: pc.Name}
	p, err := app.OpenPrinter(pc)
	if err != nil {
		v.Says = err.Error()
		return v
	}
	v.Paper = p.Paper
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	st, err := p.Status(ctx)
	for _, r := range st.Reasons {
		v.Reasons = append(v.Reasons, string(r))
	}
	switch {
	case errors.Is(err, printer.ErrMute):
		v.Says = notice.Text(c.language, "printer-mute", pc.Name)
	case err != nil:
		v.Says = dispatch.PrinterNotice(pc.Name, err).Text(c.language)
	case !st.Ready():
		v.Answers = true
		v.Says = dispatch.PrinterNotice(pc.Name, &printer.FaultError{Status: st}).Text(c.language)
	default:
		v.Answers = true
	}
	return v
}

// finding is one line of the doctor, as scripts know it.
type finding struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	// Warning is set for what keeps nothing from being printed and should be seen to.
	Warning bool   `json:"warning,omitempty"`
	Says    string `json:"says"`
}

func (c *command) doctor() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Look for what keeps the agent from printing", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			findings := c.examine(cmd.Context())
			bad := slices.ContainsFunc(findings, func(f finding) bool { return !f.OK })
			if c.json {
				if err := c.printJSON(findings); err != nil {
					return err
				}
			} else {
				for _, f := range findings {
					mark := "ok "
					switch {
					case !f.OK:
						mark = "!! "
					case f.Warning:
						mark = "!  "
					}
					fmt.Fprintf(c.Out, "%s %s: %s\n", mark, f.What, f.Says)
				}
			}
			if bad {
				return errSaid
			}
			return nil
		},
	}
}

// examine has the doctor look. Its names of things are English here whatever the
// language is, for scripts look for them.
func (c *command) examine(ctx context.Context) []finding {
	d := app.Doctor{Data: c.data, Config: c.config, Language: c.language, Closed: host.IsServiceFolder(c.data), Printers: func(ctx context.Context, conf *config.Config) ([]app.PrinterSays, error) {
		printers, err := c.conditions(ctx, conf)
		all := make([]app.PrinterSays, len(printers))
		for i, p := range printers {
			all[i] = app.PrinterSays{Name: p.Name, Says: p.Says}
		}
		return all, err
	}}
	var all []finding
	for _, f := range d.Examine(ctx) {
		all = append(all, finding{What: f.What, OK: f.Verdict != app.Wrong, Warning: f.Verdict == app.Doubtful, Says: f.Says})
	}
	return all
}

// sentence is an error's sentence, or all of them.
func (c *command) sentence(err error) string { return app.Sentence(err, c.language) }

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
