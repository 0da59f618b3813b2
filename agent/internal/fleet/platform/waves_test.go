package platform_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
)

var eastern = []fleet.Want{{Printer: "left", Group: "east", N: 10}}

// claims has the bench claim for its printer, and returns what of: orders by name.
func (b *book) claims(t *testing.T, n int) (list []fleet.Label) {
	t.Helper()
	list, err := b.bench.Claim(t.Context(), []fleet.Want{{Printer: "left", Group: "east", N: n}})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func namesOf(list []fleet.Label) (names []string) {
	for _, l := range list {
		names = append(names, l.Order.ID)
	}
	return names
}

// numbers an order of a wave and puts its label before the benches, as a worker does.
func (b *book) numbers(t *testing.T, id int64, name string) {
	t.Helper()
	state := value[string](t, b, `SELECT state FROM miandan.orders WHERE id = $1`, id)
	if err := keeps(t, b.one, id, asks(t, b.one, id, state), "N-"+name); err != nil {
		t.Fatal(err)
	}
	if err := call(t, b.one, nil, `SELECT miandan.order_labelled($1, '\x01', 'Ag==', '{}', 1)`, id); err != nil {
		t.Fatal(err)
	}
	list := value[string](t, b, `SELECT jsonb_build_array(jsonb_build_object('source', source, 'order_id', order_id, 'parcel', 0, 'waybill', waybills[1], 'target', target,
		'turn', turn, 'wave', wave, 'position', position, 'sealed', 'Ag==', 'wraps', '{}'::jsonb))::text FROM miandan.orders WHERE id = $1`, id)
	if err := call(t, b.one, nil, `SELECT miandan.publish($1)`, list); err != nil {
		t.Fatal(err)
	}
}

func (b *book) begins(t *testing.T, ids ...int64) int64 {
	t.Helper()
	wave, joined, err := b.one.BeginWave(t.Context(), "morning", ids, fleet.ToGroup("east"), "lead", "truck at noon")
	if err != nil || joined != len(ids) {
		t.Fatalf("BeginWave = %d, %d, %v; want %d orders", wave, joined, err, len(ids))
	}
	return wave
}

// A wave prints in its own order on a printer, however the numbers come in, and waits
// for one before it only so long.
func TestAWaveKeepsItsOrder(t *testing.T) {
	b := newBook(t)
	var ids []int64
	for i := range 5 {
		ids = append(ids, b.order(t, fmt.Sprint("o", i), "accepted"))
	}
	turned := []int64{ids[3], ids[0], ids[4], ids[1], ids[2]}
	b.begins(t, turned...)
	b.numbers(t, ids[0], "o0")
	b.numbers(t, ids[4], "o4")
	if got := b.claims(t, 10); len(got) != 0 {
		t.Errorf("%v are claimed before the first has its number", namesOf(got))
	}
	b.numbers(t, ids[3], "o3")
	if got := namesOf(b.claims(t, 2)); !slices.Equal(got, []string{"o3", "o0"}) {
		t.Errorf("claimed %v, want o3 and o0", got)
	}
	b.numbers(t, ids[2], "o2")
	if got := namesOf(b.claims(t, 10)); !slices.Equal(got, []string{"o4"}) {
		t.Errorf("claimed %v, want o4: o1 comes before o2", got)
	}
	// One that cannot have a number now is passed at once, and one that takes long then.
	b.Setting(t, "wave_patience", "1 hour")
	advance := func() {
		t.Helper()
		if err := call(t, b.two, nil, `SELECT miandan.waves_advance()`); err != nil {
			t.Fatal(err)
		}
	}
	advance()
	if got := b.claims(t, 10); len(got) != 0 {
		t.Errorf("%v are claimed although one before them is waited for", namesOf(got))
	}
	b.Setting(t, "wave_patience", "0 seconds")
	advance()
	if got := namesOf(b.claims(t, 10)); !slices.Equal(got, []string{"o2"}) {
		t.Errorf("claimed %v, want o2, which has waited long enough", got)
	}
	b.numbers(t, ids[1], "o1")
	if got := namesOf(b.claims(t, 10)); !slices.Equal(got, []string{"o1"}) {
		t.Errorf("claimed %v, want o1, late", got)
	}
}

// A stop works within one label: what has started finishes, and nothing else starts,
// whoever has claimed it and however. Resumed, the wave goes on in its order.
func TestAWaveStops(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	var ids []int64
	for i := range 4 {
		ids = append(ids, b.order(t, fmt.Sprint("o", i), "accepted"))
	}
	wave := b.begins(t, ids...)
	for i := range 3 {
		b.numbers(t, ids[i], fmt.Sprint("o", i))
	}
	got := b.claims(t, 2)
	if names := namesOf(got); !slices.Equal(names, []string{"o0", "o1"}) {
		t.Fatalf("claimed %v", names)
	}
	if in, err := b.bench.Lot(ctx, []fleet.Ref{got[1].Ref}); err != nil || len(in) != 0 {
		t.Errorf("%d labels of a wave enter the lot, %v: there a stop comes too late", len(in), err)
	}
	if err := b.bench.Start(ctx, got[0].ID, got[0].Epoch); err != nil {
		t.Fatal(err)
	}
	if err := b.bench.TurnWave(ctx, wave, fleet.WaveStopped, "packer", "by myself"); !errors.Is(err, fleet.ErrDenied) {
		t.Errorf("a bench stops a wave: %v, want ErrDenied", err)
	}
	if err := b.one.TurnWave(ctx, wave, fleet.WaveStopped, "lead", ""); !errors.Is(err, fleet.ErrMove) {
		t.Errorf("without a reason: %v, want ErrMove", err)
	}
	if err := b.one.TurnWave(ctx, wave, fleet.WaveStopped, "lead", "wrong paper"); err != nil {
		t.Fatal(err)
	}
	if err := b.bench.Start(ctx, got[1].ID, got[1].Epoch); !errors.Is(err, fleet.ErrTaken) {
		t.Errorf("a label that was claimed starts after the stop: %v, want ErrTaken", err)
	}
	if got := b.claims(t, 10); len(got) != 0 {
		t.Errorf("%v are claimed after the stop", namesOf(got))
	}
	// So it is for a claim that had looked before the stop, and comes to lock it now.
	if err := b.Exec(t, `UPDATE miandan.labels SET state = 'claimed', station = 'bench-1', epoch = epoch + 1, mover = 'bench-1' WHERE state = 'queued'`); err != nil {
		t.Fatal(err)
	}
	if _, err := b.bench.AskLabel(ctx, "o1", eastern, "packer"); err != nil {
		t.Fatal(err)
	}
	if n := value[int](t, b, `SELECT count(*) FROM miandan.labels WHERE state = 'claimed'`); n != 0 {
		t.Error("who asks for one gets it out of a stopped wave")
	}
	due := 0
	if err := call(t, b.one, &due, `SELECT count(*) FROM miandan.order_due($1)`, ids[3]); err != nil || due != 0 {
		t.Errorf("a number is to be taken: %v", err)
	}
	if err := b.bench.Settle(ctx, []fleet.Settled{{Ref: got[0].Ref, State: fleet.Confirmed, Printer: "left", At: time.Now()}}); err != nil {
		t.Errorf("what has started cannot finish: %v", err)
	}
	if err := b.two.TurnWave(ctx, wave, fleet.WaveWorking, "lead", "paper changed"); err != nil {
		t.Fatal(err)
	}
	if got := namesOf(b.claims(t, 10)); !slices.Equal(got, []string{"o1", "o2"}) {
		t.Errorf("after it was resumed %v are claimed, want o1 and o2", got)
	}
	if err := b.one.TurnWave(ctx, wave, fleet.WaveClosed, "lead", "truck has left"); err != nil {
		t.Fatal(err)
	}
	if got := b.claims(t, 10); len(got) != 0 {
		t.Errorf("%v are claimed of a closed wave", namesOf(got))
	}
	if err := b.one.TurnWave(ctx, wave, fleet.WaveWorking, "lead", "once more"); !errors.Is(err, fleet.ErrMove) {
		t.Errorf("a closed wave goes on: %v, want ErrMove", err)
	}
	// What is left of it can be in another one, in another order.
	waiting, err := b.bench.RoomWaiting(ctx)
	if err != nil || len(waiting) != 3 {
		t.Errorf("%d orders can be in another wave, %v; want three", len(waiting), err)
	}
	b.begins(t, ids[2], ids[1], ids[3])
	if _, _, err := b.two.BeginWave(ctx, "", ids, fleet.ToZone("west"), "lead", "also"); !errors.Is(err, fleet.ErrMove) {
		t.Errorf("a wave of what is in another one: %v, want ErrMove", err)
	}
	if got := namesOf(b.claims(t, 10)); !slices.Equal(got, []string{"o2", "o1"}) {
		t.Errorf("of the next wave %v are claimed, want o2 and o1", got)
	}
	list, err := b.bench.RoomWaves(ctx)
	if err != nil || len(list) != 2 || list[0].State != fleet.WaveWorking || list[0].Orders != 3 || list[0].Going != 2 || list[0].Without != 1 || list[1].State != fleet.WaveClosed {
		t.Errorf("RoomWaves = %+v, %v", list, err)
	}
	if n := value[int](t, b, `SELECT count(*) FROM miandan.audit WHERE kind = 'wave' AND who = 'lead' AND why <> ''`); n != 5 {
		t.Errorf("%d records of waves, want five", n)
	}
}

// Benches claim and start as fast as they can while a wave is stopped: from the moment
// that the lead hears of it, nothing starts.
func TestNothingStartsAfterAStop(t *testing.T) {
	b := newBook(t)
	other := b.Join(t, fleet.Station{Name: "bench-2"})
	var ids []int64
	for i := range 60 {
		ids = append(ids, value[int64](t, b, `SELECT id FROM miandan.orders WHERE order_id = $1`, func() string {
			name := fmt.Sprint("o", i)
			b.issued(t, name, "N-"+name)
			return name
		}()))
	}
	wave := b.begins(t, ids...)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for _, m := range []*fleettest.Member{b.bench, b.bench, other, other} {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				list, err := m.Claim(t.Context(), []fleet.Want{{Printer: "left", Group: "east", N: 2}})
				if err != nil {
					t.Error(err)
					return
				}
				for _, l := range list {
					if err := m.Start(t.Context(), l.ID, l.Epoch); err != nil && !errors.Is(err, fleet.ErrTaken) {
						t.Error(err)
					}
				}
			}
		})
	}
	started := func() int {
		return value[int](t, b, `SELECT count(*) FROM miandan.labels WHERE state = 'started'`)
	}
	until(t, "some have started", func() bool { return started() >= 5 })
	if err := b.one.TurnWave(t.Context(), wave, fleet.WaveStopped, "lead", "wrong paper"); err != nil {
		t.Fatal(err)
	}
	n := started()
	time.Sleep(300 * time.Millisecond)
	close(stop)
	wg.Wait()
	if after := started(); after != n {
		t.Errorf("%d labels had started when the wave was stopped, %d in the end", n, after)
	}
	if held := value[int](t, b, `SELECT count(*) FROM miandan.labels WHERE state = 'queued'`); held != 60-n {
		t.Errorf("%d labels wait, want the %d that had not started", held, 60-n)
	}
	t.Logf("%d of 60 had started", n)
}
