package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"miandan/agent/internal/api"
	"miandan/agent/internal/app"
	"miandan/agent/internal/config"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
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
	q, err := agent.Queue(ctx)
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

// finding is one line of the doctor.
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

func (c *command) examine(ctx context.Context) []finding {
	var all []finding
	add := func(what string, err error, fine string) bool {
		if err == nil {
			all = append(all, finding{What: what, OK: true, Says: fine})
			return true
		}
		all = append(all, finding{What: what, Says: c.sentence(err)})
		return false
	}
	add("data", host.CheckFolder(c.data), c.data)
	if free, err := host.FreeSpace(c.data); err == nil && free < 200<<20 {
		add("disk", notice.New("disk-low", nil, c.data, free>>20), "")
	}
	conf, err := config.Load(c.config)
	if !add("settings", err, c.config) {
		return append(all, c.safety(&config.Config{}, "/")...)
	}
	_, err = app.Templates(conf.Labels.Layouts)
	add("layouts", err, "every layout reads well")
	keys, err := seal.OpenKeystore(c.data)
	if add("keys", err, "") {
		all[len(all)-1].Says = c.keystore(keys)
		for _, name := range app.Secrets(conf) {
			_, err := seal.Secret(keys, name)
			add(name, err, "is in the key store")
		}
		if store.Exists(c.data) {
			_, err := seal.Open(keys, c.data, true)
			add("database key", err, "opens what it sealed")
		}
	}
	if conf.UsesJD() {
		for _, check := range app.CheckJD(ctx, conf, keys) {
			add(check.What, check.Err, check.Says)
		}
	}
	if keys != nil {
		for _, check := range app.CheckContracts(ctx, conf, keys) {
			add(check.What, check.Err, check.Says)
		}
	}
	for _, check := range app.CheckComponents(ctx, conf) {
		add(check.What, check.Err, check.Says)
	}
	if len(conf.Printers) == 0 {
		add("printers", notice.New("printer-none", nil), "")
	}
	printers, err := c.conditions(ctx, conf)
	if err != nil {
		add("printers", err, "")
	}
	for _, v := range printers {
		all = append(all, finding{What: "printer " + v.Name, OK: v.Says == "", Says: or(v.Says, "ready")})
	}
	all = append(all, c.safety(conf, "/")...)
	if holder, running, err := host.Running(c.data); err == nil && running {
		all = append(all, finding{What: "agent", OK: true, Says: fmt.Sprintf("runs (process %d)", holder.PID)})
	}
	return all
}

func (c *command) keystore(k seal.Keystore) string {
	if k.Kind() == "file" {
		return notice.Text(c.language, "key-in-file")
	}
	return notice.Text(c.language, "key-in-system")
}

// sentence is an error's sentence, or all of them.
func (c *command) sentence(err error) string {
	var problems config.Problems
	if errors.As(err, &problems) {
		var all []string
		for _, p := range problems {
			all = append(all, p.Text(c.language))
		}
		return strings.Join(all, "\n    ")
	}
	return dispatch.Notice(err).Text(c.language)
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
