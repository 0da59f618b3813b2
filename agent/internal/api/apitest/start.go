package apitest

import (
	"context"
	"fmt"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

// Starter is a station at which nothing is set up, and what was.
type Starter struct {
	*Station
	Is    api.Start
	Found []api.FoundPrinter
}

var (
	_ api.Starter = (*Starter)(nil)
	_ api.Fitter  = (*Starter)(nil)
)

// Bare is what Is says.
func (s *Starter) Bare(context.Context) bool { return s.Is.Bare }

// Start returns Is.
func (s *Starter) Start(context.Context, notice.Language) (api.Start, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Is, s.fail
}

// SetJD keeps the app.
func (s *Starter) SetJD(_ context.Context, in api.JDApp, who string) error {
	return s.act(fmt.Sprintf("app %s by %s", in.AppKey, who), func() error {
		s.Is.JD = api.JDState{AppKey: in.AppKey, VenderID: in.VenderID, Shop: in.Shop, Redirect: in.Redirect, Secret: true, Page: "https://jd.example.com/oauth"}
		return nil
	})
}

// Authorise takes any code.
func (s *Starter) Authorise(_ context.Context, code, who string) error {
	return s.act(fmt.Sprintf("authorise %s by %s", code, who), func() error {
		s.Is.JD.Authorised = true
		return nil
	})
}

// Begin notes that it was asked.
func (s *Starter) Begin(_ context.Context, pin, who string) error {
	return s.act(fmt.Sprintf("begin with a PIN %v by %s", pin != "", who), func() error {
		s.Is.Running, s.Is.Bare, s.Is.Run = s.Is.Printers, false, s.Is.Run+"'"
		return nil
	})
}

// Look finds Found.
func (s *Starter) Look(_ context.Context, in api.LookFor) (v api.Looked, err error) {
	err = s.act(fmt.Sprintf("look %q ask %v", in.Address, in.Ask), func() error {
		v.Found = append(v.Found, s.Found...)
		for i := range v.Found {
			v.Found[i].Sure = v.Found[i].Sure || in.Ask
		}
		return nil
	})
	return v, err
}

// Try prints nothing.
func (s *Starter) Try(_ context.Context, p api.NewPrinter) (api.CardPrinted, error) {
	return api.CardPrinted{Printer: p.Name, Outcome: "confirmed"}, s.act(fmt.Sprintf("try %s %s %s %d upside %v invert %v", p.Name, p.Language, p.Paper, p.DPI, p.UpsideDown, p.Invert), func() error { return nil })
}

// Add keeps the name.
func (s *Starter) Add(_ context.Context, p api.NewPrinter, who string) error {
	return s.act(fmt.Sprintf("add %s by %s", p.Name, who), func() error {
		s.Is.Printers = append(s.Is.Printers, p.Name)
		return nil
	})
}
