package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/order/pick"
)

// waves are the station's waves.
type waves struct{ *station }

var _ api.Waves = waves{}

// wavesShown is for how long a closed wave is listed.
const wavesShown = 3 * 24 * time.Hour

// Waves implements api.Waves.
func (s waves) Waves(ctx context.Context) ([]api.Wave, error) {
	list, err := s.Ledger.Waves(ctx, s.options.Clock().Add(-wavesShown))
	if err != nil {
		return nil, s.told(err)
	}
	shown := make([]api.Wave, len(list))
	for i, w := range list {
		members, err := s.Ledger.Members(ctx, w.ID)
		if err != nil {
			return nil, s.told(err)
		}
		shown[i] = counted(w, members)
	}
	return shown, nil
}

// counted shows a wave with its counts.
func counted(w ledger.Wave, members []ledger.Member) api.Wave {
	v := api.Wave{
		ID: ledger.WaveID(w.ID), Name: w.Name, State: api.WaveState(w.State), Printer: w.Target, Started: w.Started, Who: w.Who,
	}
	for i := 0; i < len(members); {
		of := i // the labels of one order
		for i < len(members) && members[i].Position == members[of].Position {
			i++
		}
		state, scanned := standOf(members[of:i])
		v.Orders++
		switch state {
		case api.Waiting:
			v.Waiting++
		case api.Printing:
			v.Printing++
		case api.Done:
			v.Done++
			if scanned {
				v.Scanned++
			}
		case api.Refused:
			v.Refused++
		case api.Cancelled:
			v.Cancelled++
		default:
			v.Unknown++
		}
	}
	if v.State == api.WaveWorking && v.Waiting+v.Printing == 0 {
		v.State = api.WavePrinted
	}
	return v
}

// standOf is where an order stands: where that of its labels stands that most wants
// a person. It is scanned when all of those are that are on paper.
func standOf(labels []ledger.Member) (state api.State, scanned bool) {
	state, scanned = api.Cancelled, true
	for _, m := range labels {
		is, _ := seen(ledger.Row{OrderState: m.OrderState, Label: m.Label})
		if slices.Index(wants, is) < slices.Index(wants, state) {
			state = is
		}
		scanned = scanned && (is != api.Done || m.Scanned)
	}
	return state, scanned
}

// Wave implements api.Waves.
func (s waves) Wave(ctx context.Context, id string) (api.WaveDetail, error) {
	n, err := waveNumber(id)
	if err != nil {
		return api.WaveDetail{}, err
	}
	w, err := s.Ledger.Wave(ctx, n)
	if err != nil {
		return api.WaveDetail{}, s.wrong(id, err)
	}
	members, rows, err := s.Ledger.WaveRows(ctx, n)
	if err != nil {
		return api.WaveDetail{}, s.told(err)
	}
	places, err := pick.Read(s.config.Print.Places)
	if err != nil {
		places = nil // the goods are shown all the same
	}
	d := api.WaveDetail{Wave: counted(w, members), Rows: make([]api.WaveRow, len(rows))}
	for i, r := range rows {
		m := members[i]
		d.Rows[i] = api.WaveRow{
			Row: s.shown(r), Position: m.Position, Place: m.Place, Goods: pick.Shown(places.Goods(r.Kept)), Scanned: m.Scanned,
		}
	}
	return d, nil
}

// waveNumber reads W12.
func waveNumber(id string) (int64, error) {
	digits, ok := strings.CutPrefix(strings.ToUpper(strings.TrimSpace(id)), "W")
	n, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || n <= 0 {
		return 0, notice.New("wave-not-found", api.ErrNotFound, id)
	}
	return n, nil
}

// StartWave implements api.Waves.
func (s waves) StartWave(ctx context.Context, n api.NewWave) (api.WaveStarted, error) {
	if err := s.target(n.Printer); err != nil {
		return api.WaveStarted{}, err
	}
	places, err := s.places(n.Sort)
	if err != nil {
		return api.WaveStarted{}, err
	}
	var (
		orders  []order.Order
		left    []api.Taken
		at      = map[order.Key]bool{}
		started api.WaveStarted
	)
	for _, id := range n.Orders {
		o, taken, err := s.waits(ctx, id)
		switch {
		case err != nil:
			return started, s.told(err)
		case taken != nil:
			left = append(left, *taken)
		case at[o.Key]:
			left = append(left, leftOut(id, api.Waiting, "order-named-twice", id))
		default:
			at[o.Key] = true
			orders = append(orders, o)
		}
	}
	switch n.Sort {
	case api.PickOrder, "":
		places.Sort(orders)
	case api.DeadlineOrder:
		slices.SortStableFunc(orders, func(a, b order.Order) int { return a.Deadline().Compare(b.Deadline()) })
	}
	wave := ledger.NewWave{Name: n.Name, Target: n.Printer, Separator: n.Separator}
	for _, o := range orders {
		wave.Orders = append(wave.Orders, ledger.WaveOrder{Key: o.Key, Place: places.Stop(o).String()})
	}
	id, out, err := s.Ledger.StartWave(ctx, wave, ledger.Person{Who: n.Who})
	if err != nil && !errors.Is(err, ledger.ErrEmptyWave) {
		return started, s.told(err)
	}
	for _, o := range out {
		code, args := notice.Code("order-not-waiting"), []any{o.Key.ID}
		if o.Wave != 0 {
			code, args = "order-in-wave", []any{o.Key.ID, ledger.WaveID(o.Wave)}
		}
		state, _ := seen(ledger.Row{OrderState: o.Why})
		left = append(left, leftOut(o.Key.ID, state, code, args...))
	}
	started.Left = left
	if err != nil {
		if len(left) == 1 { // what it says is more than that there is no wave
			return started, notice.New(left[0].Refusal.Code, api.ErrConflict, left[0].Refusal.Args...)
		}
		return started, notice.New("wave-empty", api.ErrConflict)
	}
	w, err := s.Ledger.Wave(ctx, id)
	if err != nil {
		return started, s.told(err)
	}
	members, err := s.Ledger.Members(ctx, id)
	started.Wave = counted(w, members)
	s.log.Info("wave started", "wave", started.Wave.ID, "orders", started.Wave.Orders, "left_out", len(left))
	return started, s.told(err)
}

// target refuses a name that is neither a printer's nor a group's.
func (s *station) target(name string) error {
	names := s.config.Targets()
	if name == "" || slices.Contains(names, name) {
		return nil
	}
	return notice.New("target-unknown", api.ErrNotFound, name, strings.Join(names, ", "))
}

// places reads where goods lie, if that matters.
func (s waves) places(sort api.WaveOrder) (pick.Places, error) {
	file := s.config.Print.Places
	places, err := pick.Read(file)
	var wrong *pick.LineError
	switch {
	case errors.As(err, &wrong):
		return nil, notice.New("places-wrong", api.ErrConflict, file, wrong.Line)
	case err != nil:
		return nil, notice.New("places-missing", errors.Join(api.ErrConflict, err), file)
	}
	return places, nil
}

// waits returns an order that waits, or why it cannot be in a wave. One that the
// ledger does not know is asked for on the platform.
func (s waves) waits(ctx context.Context, id string) (o order.Order, left *api.Taken, err error) {
	out := func(state api.State, code notice.Code, args ...any) (order.Order, *api.Taken, error) {
		t := leftOut(id, state, code, args...)
		return order.Order{}, &t, nil
	}
	rows, err := s.Ledger.Rows(ctx, ledger.Filter{Order: id})
	if err == nil && len(rows) == 0 {
		var n *notice.Error
		if err = s.fetch(ctx, id, ""); errors.As(err, &n) {
			return out(api.Refused, n.Code, n.Args...)
		}
		if err == nil {
			rows, err = s.Ledger.Rows(ctx, ledger.Filter{Order: id})
		}
	}
	switch {
	case err != nil:
		return o, nil, err
	case len(rows) == 0:
		return out(api.Refused, "order-not-found", id)
	}
	first := slices.MinFunc(rows, func(a, b ledger.Row) int {
		return cmp.Compare(slices.Index(wants, row(a).State), slices.Index(wants, row(b).State))
	})
	switch v := s.shown(first); {
	case v.State == api.Done:
		return out(v.State, "order-printed", id)
	case v.State != api.Waiting && v.Refusal != nil:
		return out(v.State, v.Refusal.Code, v.Refusal.Args...)
	case v.State != api.Waiting || first.Purged:
		return out(v.State, "order-not-waiting", id)
	}
	return first.Kept, nil, nil
}

func leftOut(id string, state api.State, code notice.Code, args ...any) api.Taken {
	return api.Taken{Order: id, State: state, Refusal: &api.Refusal{Code: code, Args: args}}
}

// StopWave implements api.Waves.
func (s waves) StopWave(ctx context.Context, id, who string) error {
	return s.turn(ctx, id, who, s.Ledger.StopWave)
}

// ResumeWave implements api.Waves.
func (s waves) ResumeWave(ctx context.Context, id, who string) error {
	return s.turn(ctx, id, who, s.Ledger.ResumeWave)
}

// CloseWave implements api.Waves.
func (s waves) CloseWave(ctx context.Context, id, who string) error {
	return s.turn(ctx, id, who, s.Ledger.CloseWave)
}

func (s waves) turn(ctx context.Context, id, who string, turn func(context.Context, int64, ledger.Person) error) error {
	n, err := waveNumber(id)
	if err == nil {
		err = s.wrong(id, turn(ctx, n, ledger.Person{Who: who}))
	}
	return err
}

// wrong gives the ledger's refusals their sentence.
func (s waves) wrong(id string, err error) error {
	switch {
	case errors.Is(err, ledger.ErrNoWave):
		return notice.New("wave-not-found", api.ErrNotFound, id)
	case errors.As(err, new(*ledger.MoveError)):
		return notice.New("wave-is-closed", api.ErrConflict, id)
	}
	return s.told(err)
}
