package app

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"

	"miandan/agent/internal/api"
	"miandan/agent/internal/config"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/printer"
	"miandan/printer/discover"
	"miandan/printer/model"
	"miandan/printer/tcp"
)

// usualPaper is what most waybills come on, for a printer that does not say what is
// in it.
const usualPaper = "76x130"

// Look implements api.Fitter. Who is to be asked what it is was chosen by a person.
func (s starter) Look(ctx context.Context, in api.LookFor) (api.Looked, error) {
	library, err := config.Models(s.options.Config)
	if err != nil {
		return api.Looked{}, err
	}
	c, err := Settings(s.options.Config)
	if err != nil {
		return api.Looked{}, settingNotice(err)
	}
	var v api.Looked
	devices, err := s.devicesAt(ctx, in.Address, &v)
	if err != nil {
		return v, err
	}
	var taken []string
	for _, p := range c.Printers {
		taken = append(taken, p.Name)
	}
	for _, d := range devices {
		if d.URL == "" {
			continue // there is no way to it yet
		}
		known := slices.ContainsFunc(c.Printers, func(p config.Printer) bool { return p.URL == d.URL })
		if in.Ask && !known && len(d.Identity.Commands) == 0 && (wayOf(d.URL) == "tcp" || wayOf(d.URL) == "usb") {
			answer, err := Ask(ctx, d.URL)
			switch {
			case err == nil:
				d = d.Learn(answer)
			case !errors.Is(err, printer.ErrMute):
				v.Troubles = append(v.Troubles, cmp.Or(d.Says, d.URL)+": "+err.Error())
			}
		}
		p := discover.Propose(d, library)
		name := discover.Name(d, taken)
		taken = append(taken, name)
		v.Found = append(v.Found, api.FoundPrinter{
			NewPrinter: api.NewPrinter{
				Name: name, URL: d.URL, Model: p.Model, Language: p.Language, DPI: dpiOf(p.DotsPerMM),
				Media: p.Media, Status: p.Status, Paper: paperOf(d),
			},
			Way: d.Way, Says: cmp.Or(d.Says, d.Identity.Model, d.URL), Sure: sure(p), Known: known,
		})
	}
	return v, nil
}

// devicesAt is the device of one address, or whatever is found.
func (s starter) devicesAt(ctx context.Context, address string, v *api.Looked) ([]discover.Device, error) {
	if address = strings.TrimPrefix(strings.TrimSpace(address), "tcp://"); address != "" {
		if _, _, err := net.SplitHostPort(address); err != nil {
			address = net.JoinHostPort(strings.Trim(address, "[]"), tcp.Port)
		}
		return []discover.Device{{URL: "tcp://" + address, Way: "tcp", Says: address}}, nil
	}
	ways := s.options.Ways
	if ways == nil {
		ways = Ways()
	}
	devices, troubles := discover.Find(ctx, 0, ways...)
	for _, t := range troubles {
		v.Troubles = append(v.Troubles, t.Way+": "+t.Err.Error())
	}
	return devices, nil
}

// sure reports whether a proposal's language is more than what most printers speak.
func sure(p discover.Proposal) bool {
	i := slices.IndexFunc(p.Why, func(w discover.Why) bool { return w.Setting == "language" })
	return i >= 0 && p.Why[i].Confidence != model.Assumed
}

func paperOf(d discover.Device) string {
	if d.Width < 20_000 || d.Width > 216_000 || d.Height < 20_000 || d.Height > 400_000 {
		return usualPaper
	}
	mm := func(um int) string { return strconv.FormatFloat(float64(um)/1000, 'f', -1, 64) }
	return mm(d.Width) + "x" + mm(d.Height)
}

// Try implements api.Fitter. The agent does not have a printer yet that does not
// stand in its settings, so nobody's label is in it.
func (s starter) Try(ctx context.Context, p api.NewPrinter) (api.CardPrinted, error) {
	_, c, err := s.with(p)
	if err != nil {
		return api.CardPrinted{}, err
	}
	if slices.ContainsFunc(s.config.Printers, func(has config.Printer) bool { return has.URL == c.URL }) {
		return api.CardPrinted{}, notice.New("start-printer-known", api.ErrConflict, c.Name)
	}
	j, err := DrawCard(c, api.TestCard, s.options.Clock())
	if err != nil {
		return api.CardPrinted{}, err
	}
	s.trying.Lock() // two cards at once would be one
	defer s.trying.Unlock()
	return PrintCard(ctx, c, j)
}

// Add implements api.Fitter.
func (s starter) Add(ctx context.Context, p api.NewPrinter, who string) error {
	s.editing.Lock()
	defer s.editing.Unlock()
	err := editSettings(s.options.Config, func([]byte) ([]byte, error) {
		file, _, err := s.with(p)
		return file, err
	})
	if err != nil {
		return err
	}
	return s.told(s.Ledger.Note(ctx, "setting-changed", ledger.Person{Who: who, Why: "printer " + p.Name}))
}

// with is the settings file with a printer at its end, and the printer as it would
// be read there.
func (s starter) with(p api.NewPrinter) ([]byte, config.Printer, error) {
	file, err := os.ReadFile(s.options.Config)
	if err != nil {
		return nil, config.Printer{}, notice.New("config-unreadable", err, s.options.Config)
	}
	end := "\n"
	if bytes.Contains(file, []byte("\r\n")) {
		end = "\r\n"
	}
	file = append(bytes.TrimRight(file, "\r\n"), end+end+strings.ReplaceAll(section(p), "\n", end)...)
	c, err := config.Parse(s.options.Config, file)
	if err != nil {
		return nil, config.Printer{}, settingNotice(err)
	}
	return file, c.Printers[len(c.Printers)-1], nil
}

// section is a printer as a settings file says it.
func section(p api.NewPrinter) string {
	var b strings.Builder
	b.WriteString("[[printer]]\n")
	text := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s = %s\n", name, discover.Quote(value))
		}
	}
	text("name", p.Name)
	text("url", p.URL)
	text("model", p.Model)
	text("language", p.Language)
	fmt.Fprintf(&b, "dots_per_mm = %s\n", strconv.FormatFloat(pitches[p.DPI], 'f', -1, 64))
	text("media", p.Media)
	text("status", p.Status)
	text("paper", p.Paper)
	if p.UpsideDown {
		b.WriteString("upside_down = true\n")
	}
	if p.Invert {
		b.WriteString("[printer.tspl]\ninvert = true\n")
	}
	return b.String()
}

// pitches are the dots a millimetre of heads by what people call them.
var pitches = map[int]float64{203: 8, 300: 11.811, 305: 12, 600: 23.622, 609: 24}

func dpiOf(dotsPerMM float64) int {
	for dpi, pitch := range pitches {
		if pitch == dotsPerMM {
			return dpi
		}
	}
	return int(math.Round(dotsPerMM * 25.4))
}
