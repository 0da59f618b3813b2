package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Waves prints many orders as one piece of work, in the order in which their goods
// are picked, and knows which parcels of it have been scanned.
type Waves interface {
	// Waves lists the open waves and those of the last three days, the newest
	// first.
	Waves(ctx context.Context) ([]Wave, error)
	// Wave returns a wave with its labels in the order in which they print.
	Wave(ctx context.Context, id string) (WaveDetail, error)
	// StartWave makes a wave. Orders that cannot be in it (unknown, printed,
	// cancelled, in another wave) are named in the answer and hold up nothing.
	StartWave(ctx context.Context, n NewWave) (WaveStarted, error)
	// StopWave takes out what no printer has claimed; it stays in the queue, and
	// at most the label in hand still prints. ResumeWave puts it back.
	StopWave(ctx context.Context, id, who string) error
	ResumeWave(ctx context.Context, id, who string) error
	// CloseWave ends a wave: what is unscanned is then no longer asked for.
	CloseWave(ctx context.Context, id, who string) error
}

// WaveState is where a wave stands.
type WaveState string

// A wave is Working until each of its labels has ended or needs a person, and
// Printed from then until it is closed; a stopped one waits for somebody.
const (
	WaveWorking WaveState = "working"
	WaveStopped WaveState = "stopped"
	WavePrinted WaveState = "printed"
	WaveClosed  WaveState = "closed"
)

// Wave is a wave with its counts.
type Wave struct {
	ID      string    `json:"id" doc:"W and a number that is not used again: W12"`
	Name    string    `json:"name,omitempty" doc:"What people call it"`
	State   WaveState `json:"state" enum:"working,stopped,printed,closed"`
	Printer string    `json:"printer,omitempty" doc:"The printer or group that it prints on; none: any with its paper"`
	Started time.Time `json:"started"`
	Who     string    `json:"who,omitempty"`
	// The counts are of orders; each order is in exactly one of them.
	Orders    int `json:"orders"`
	Waiting   int `json:"waiting"`
	Printing  int `json:"printing"`
	Done      int `json:"done" doc:"On paper, scanned or not"`
	Unknown   int `json:"unknown" doc:"Needs a person"`
	Refused   int `json:"refused"`
	Cancelled int `json:"cancelled"`
	Scanned   int `json:"scanned" doc:"Of done: those whose every parcel was scanned"`
}

// WaveDetail is a wave with what is in it.
type WaveDetail struct {
	Wave
	Rows []WaveRow `json:"rows" nullable:"false"`
}

// WaveRow is one label of a wave, or an order that has none yet.
type WaveRow struct {
	Row
	Position int    `json:"position" doc:"Of its order in the wave, from 1"`
	Place    string `json:"place,omitempty" doc:"Where its goods lie, where orders say so"`
	Goods    string `json:"goods,omitempty" doc:"SKU × quantity of each of its goods, by pick order"`
	Scanned  bool   `json:"scanned" doc:"The packer has scanned the finished label"`
}

// WaveOrder is the sequence in which a wave prints.
type WaveOrder string

// PickOrder is by place, then SKU, then quantity, those with one kind of goods
// first; DeadlineOrder the most urgent first; GivenOrder as they were named.
const (
	PickOrder     WaveOrder = "pick"
	DeadlineOrder WaveOrder = "deadline"
	GivenOrder    WaveOrder = "given"
)

// NewWave asks for a wave.
type NewWave struct {
	Orders    []string  `json:"orders" minItems:"1" maxItems:"2000" nullable:"false" doc:"The platforms' order numbers"`
	Name      string    `json:"name,omitempty" maxLength:"64"`
	Sort      WaveOrder `json:"sort,omitempty" enum:"pick,deadline,given" doc:"pick if left out"`
	Separator bool      `json:"separator,omitempty" doc:"A separator label before the wave and between goods that are picked at different places"`
	Printer   string    `json:"printer,omitempty" maxLength:"160" doc:"A printer's or a group's name"`
	Who       string    `json:"who,omitempty" maxLength:"64"`
}

// WaveStarted is a new wave with the orders that are not in it.
type WaveStarted struct {
	Wave Wave    `json:"wave"`
	Left []Taken `json:"left_out,omitempty" doc:"Orders that are not in it, each with the reason"`
}

type waveList struct {
	Waves []Wave `json:"waves" nullable:"false"`
}

type ofWave struct {
	ID   string `path:"id" maxLength:"32" doc:"W12"`
	Body Asked
}

// waves serves them.
func (s *Server) waves(api huma.API) {
	if s.Waves == nil {
		return
	}
	register(api, http.MethodGet, "waves", "The open waves and those of the last three days", func(ctx context.Context, _ *struct{}) (*answer[waveList], error) {
		list, err := s.Waves.Waves(ctx)
		if err != nil {
			return nil, s.fail(ctx, "waves", err)
		}
		return &answer[waveList]{waveList{append([]Wave{}, list...)}}, nil
	})
	register(api, http.MethodGet, "waves/{id}", "A wave with its labels in the order in which they print", func(ctx context.Context, in *struct {
		ID string `path:"id" maxLength:"32" doc:"W12"`
	}) (*answer[WaveDetail], error) {
		w, err := s.Waves.Wave(ctx, in.ID)
		if err != nil {
			return nil, s.fail(ctx, "waves/id", err)
		}
		rows := make([]WaveRow, len(w.Rows))
		for i, r := range w.Rows {
			r.Row = finished(ctx, []Row{r.Row})[0]
			rows[i] = r
		}
		w.Rows = rows
		return &answer[WaveDetail]{w}, nil
	})
	register(api, http.MethodPost, "waves", "Print many orders as one piece of work", func(ctx context.Context, in *struct{ Body NewWave }) (*answer[WaveStarted], error) {
		in.Body.Who = callerOf(ctx).who(in.Body.Who)
		w, err := s.Waves.StartWave(ctx, in.Body)
		if err != nil {
			return nil, s.fail(ctx, "waves", err)
		}
		for i := range w.Left {
			w.Left[i].Refusal = w.Left[i].Refusal.in(callerOf(ctx).language)
		}
		return &answer[WaveStarted]{w}, nil
	})
	register(api, http.MethodPost, "waves/{id}/stop", "Stop a wave after the label in hand", func(ctx context.Context, in *ofWave) (*struct{}, error) {
		return nil, s.fail(ctx, "waves/stop", s.Waves.StopWave(ctx, in.ID, callerOf(ctx).who(in.Body.Who)))
	})
	register(api, http.MethodPost, "waves/{id}/resume", "Go on with a stopped wave", func(ctx context.Context, in *ofWave) (*struct{}, error) {
		return nil, s.fail(ctx, "waves/resume", s.Waves.ResumeWave(ctx, in.ID, callerOf(ctx).who(in.Body.Who)))
	})
	register(api, http.MethodPost, "waves/{id}/close", "End a wave", func(ctx context.Context, in *ofWave) (*struct{}, error) {
		return nil, s.fail(ctx, "waves/close", s.Waves.CloseWave(ctx, in.ID, callerOf(ctx).who(in.Body.Who)))
	})
}

// Waves lists the waves.
func (c *Client) Waves(ctx context.Context) ([]Wave, error) {
	var l waveList
	err := c.call(ctx, http.MethodGet, "waves", nil, &l)
	return l.Waves, err
}

// Wave returns a wave with its labels.
func (c *Client) Wave(ctx context.Context, id string) (w WaveDetail, err error) {
	return w, c.call(ctx, http.MethodGet, "waves/"+id, nil, &w)
}

// StartWave makes a wave.
func (c *Client) StartWave(ctx context.Context, n NewWave) (w WaveStarted, err error) {
	return w, c.call(ctx, http.MethodPost, "waves", n, &w)
}

// StopWave stops a wave after the label in hand.
func (c *Client) StopWave(ctx context.Context, id, who string) error {
	return c.call(ctx, http.MethodPost, "waves/"+id+"/stop", Asked{who}, nil)
}

// ResumeWave goes on with a stopped wave.
func (c *Client) ResumeWave(ctx context.Context, id, who string) error {
	return c.call(ctx, http.MethodPost, "waves/"+id+"/resume", Asked{who}, nil)
}

// CloseWave ends a wave.
func (c *Client) CloseWave(ctx context.Context, id, who string) error {
	return c.call(ctx, http.MethodPost, "waves/"+id+"/close", Asked{who}, nil)
}
