package app

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/printer"
)

// rowsOfKind is how many rows of each kind are shown where nobody says.
const rowsOfKind = 200

// Queue implements api.Viewer.
func (s *station) Queue(ctx context.Context, q api.QueueQuery) (api.Queue, error) {
	today := startOfDay(time.Now())
	counts, err := s.Ledger.Counts(ctx, today)
	if err != nil {
		return api.Queue{}, err
	}
	paused, err := s.Ledger.Paused(ctx)
	if err != nil {
		return api.Queue{}, err
	}
	rolls, err := s.Ledger.Rolls(ctx)
	if err != nil {
		return api.Queue{}, err
	}
	held, err := s.Ledger.Held(ctx)
	if err != nil {
		return api.Queue{}, err
	}
	waiting, err := s.Ledger.WaitingBy(ctx)
	if err != nil {
		return api.Queue{}, err
	}
	found, err := s.Ledger.Queue(ctx, ledger.Look{Find: q.Find, Carrier: q.Carrier, Since: today, Limit: cmp.Or(q.Limit, rowsOfKind)})
	if err != nil {
		return api.Queue{}, err
	}
	shown := api.Queue{Station: s.called(), Paused: paused, Counts: api.Counts(counts), More: found.More}
	names := map[string]string{}
	for _, rows := range [][]ledger.Row{found.Person, found.Waiting, found.Refused, found.Ended} {
		for _, r := range rows {
			if r.CarrierName != "" {
				names[string(r.Carrier)] = r.CarrierName
			}
			shown.Rows = append(shown.Rows, s.shown(r))
		}
	}
	for carrier, n := range waiting {
		shown.Carriers = append(shown.Carriers, api.CarrierCount{Carrier: carrier, Name: names[carrier], Waiting: n})
	}
	slices.SortFunc(shown.Carriers, func(a, b api.CarrierCount) int {
		return cmp.Or(cmp.Compare(b.Waiting, a.Waiting), cmp.Compare(a.Carrier, b.Carrier))
	})
	for _, p := range s.Station.Printers {
		shown.Printers = append(shown.Printers, condition(p, rolls, held))
	}
	return shown, nil
}

// called is what people call this station: what the settings say, or else the
// computer's name.
func (s *station) called() string {
	if s.config.Station != "" {
		return s.config.Station
	}
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}

// condition shows how a printer is. One that somebody has stopped is stopped once
// it has nothing in hand, whatever it says of itself.
func condition(p *dispatch.Printer, rolls map[string]int, held map[string]bool) api.Printer {
	c := p.Condition()
	v := api.Printer{Name: c.Name, State: api.Idle, Current: string(c.Current)}
	for _, reason := range c.Status.Reasons {
		v.Reasons = append(v.Reasons, string(reason))
	}
	if left, known := rolls[c.Name]; known {
		v.Left = &left
	}
	if c.Current != "" {
		v.State = api.Processing
	}
	if held[c.Name] && !slices.Contains(v.Reasons, string(printer.Paused)) {
		v.Reasons = append(v.Reasons, string(printer.Paused))
	}
	if held[c.Name] && c.Current == "" {
		v.State = api.Stopped
	}
	if c.Trouble != nil {
		v.State = api.Stopped
	}
	return v
}

// What is not in the ledger is looked at every two seconds, and told of if it has
// changed: to be told each time, the page and the tray would read all that they show
// thirty times a minute. What time alone changes, such as which rule is within its
// hours, is told of in a minute.
const (
	lookEvery = 2 * time.Second
	tellEvery = time.Minute
)

// Subscribe implements api.Viewer.
func (s *station) Subscribe(ctx context.Context) <-chan struct{} {
	c, told := make(chan struct{}, 1), s.outside()
	go func() {
		look, tell := time.NewTicker(lookEvery), time.NewTicker(tellEvery)
		defer look.Stop()
		defer tell.Stop()
		for ctx.Err() == nil {
			changed := s.Ledger.Changes()
			select {
			case <-changed:
			case <-tell.C:
			case <-look.C:
				is := s.outside()
				if slices.Equal(is, told) {
					continue
				}
				told = is
			case <-ctx.Done():
			}
			select {
			case c <- struct{}{}:
			default:
			}
		}
	}()
	return c
}

// outside is what people are shown that is not in the ledger: how the printers are,
// and what the station has said.
func (s *station) outside() []string {
	list := []string{strconv.Itoa(s.said.heard())}
	for _, p := range s.Station.Printers {
		c := p.Condition()
		text := fmt.Sprint(c.Status, c.Current)
		if c.Trouble != nil {
			text += c.Trouble.Text(notice.English)
		}
		list = append(list, text)
	}
	return list
}

func startOfDay(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}
