package app

import (
	"context"
	"net/url"

	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/carrier/component/cainiao"
	"miandan/agent/internal/config"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/notice"
	"miandan/printer"
)

// CheckComponents asks the print components of other platforms than JD for their
// printers. Nothing is printed, and a label that is under way is not disturbed.
func CheckComponents(ctx context.Context, c *config.Config) []Check {
	var all []Check
	for _, p := range c.Printers {
		if p.Language != config.Sealed {
			continue
		}
		u, err := url.Parse(p.URL)
		if err != nil {
			continue // the settings were checked
		}
		d, ok := cainiao.DialectOf(u.Scheme)
		if !ok {
			continue
		}
		all = append(all, Check{What: "component of " + p.Name, Says: notice.Phrase{"it has the printer that sealed labels go to", "组件中有加密面单所用的打印机"}, Err: checkComponent(ctx, p, u, d.Open)})
	}
	return all
}

// checkComponent asks one component for the printer that the settings name.
func checkComponent(ctx context.Context, p config.Printer, u *url.URL, open func(*url.URL) (printer.Transport, error)) error {
	way, err := open(u)
	if err != nil {
		return err
	}
	asks, ok := way.(interface {
		Status(context.Context) (printer.Status, error)
	})
	if !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, p.DialTimeout.Duration)
	defer cancel()
	status, err := asks.Status(ctx)
	if n := component.Notice(p.Name, err); err != nil && n != nil {
		return n
	}
	if err == nil && !status.Ready() {
		return dispatch.PrinterNotice(p.Name, &printer.FaultError{Status: status})
	}
	return err
}

// checkComponents asks each of JD's print components for its printers.
func (a *accounts) checkComponents(ctx context.Context) error {
	for _, p := range a.config.Printers {
		if p.Language != config.Sealed {
			continue
		}
		u, err := url.Parse(p.URL)
		if err != nil {
			return err // the settings were checked
		}
		if u.Scheme != component.Scheme {
			continue
		}
		if err := checkComponent(ctx, p, u, component.Open); err != nil {
			return err
		}
	}
	return nil
}
