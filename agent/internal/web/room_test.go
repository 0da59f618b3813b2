package web_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/api/apitest"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/web/webtest"
)

// wall is a fleet for the page: two benches, of which one has gone silent with a
// label in hand, and an office.
type wall struct {
	mu     sync.Mutex
	room   fleet.Room
	doubts []fleet.RoomOrder

	batches []fleet.RoomBatch
	acts    []string
}

func newWall(now time.Time) *wall {
	stuck := fleet.RoomLabel{Ref: fleet.Ref{ID: 7, Epoch: 3}, Source: "jd", Order: "1004200011", Waybill: "JDX000000000007", State: "started", Station: "bench-2", Printer: "left", Since: now.Add(-3 * time.Minute)}
	unknown := stuck
	unknown.Ref, unknown.Waybill, unknown.State, unknown.Station = fleet.Ref{ID: 8, Epoch: 1}, "JDX000000000008", "unknown", "bench-1"
	return &wall{batches: []fleet.RoomBatch{{ID: 12, State: fleet.WaveWorking, Target: "group:east", Who: "lead", Began: now, Orders: 45, Waiting: 40, Going: 4, Unknown: 1}}, doubts: []fleet.RoomOrder{
		{ID: 21, Epoch: 4, Source: "jd", Order: "1004200021", State: "issue-unknown", Issuer: "jd-express", Since: now.Add(-20 * time.Minute), Numbers: []string{}, Late: []string{"JDX000000000021"}},
		{ID: 22, Epoch: 2, Source: "jd", Order: "1004200022", State: "changed", Issuer: "wujie/ZTO", Since: now.Add(-time.Hour), Numbers: []string{"75300000000022"}, Late: []string{}},
	}, room: fleet.Room{
		Now: now,
		Stations: []fleet.RoomStation{
			{Name: "bench-1", Zone: "east", Alive: true, Claimed: 4, Lot: 5, Unknown: 1, DoneHour: 212, Printers: []fleet.RoomPrinter{{Name: "left", Paper: "76x130", Ready: true, Left: 4}, {Name: "right", Paper: "100x150", Trouble: "media-empty"}}},
			{Name: "bench-2", Zone: "west", Silent: 95, Started: 1, DoneHour: 180},
			{Name: "office-1", Platform: true, Alive: true},
		},
		Waves: []fleet.RoomWave{{Wave: 12, Waiting: 40, Going: 4, Unknown: 1}},
		Stuck: []fleet.RoomLabel{stuck, unknown}, Orders: map[string]int{"accepted": 6, "refused": 2}, Labels: map[string]int{"queued": 118, "claimed": 4, "started": 6},
		Late: 3, Soon: 21, DoneHour: 392, DoneToday: 2870,
		Alarms: []fleet.RoomAlarm{{ID: 1, At: now, Kind: "late-number", Order: "1004200012", Station: "office-1"}},
	}}
}

func (w *wall) did(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.acts = append(w.acts, fmt.Sprintf(format, args...))
}

func (w *wall) Room(context.Context) (fleet.Room, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.room, nil
}

func (w *wall) RoomLabels(context.Context, string) ([]fleet.RoomLabel, error) {
	return []fleet.RoomLabel{{Ref: fleet.Ref{ID: 9, Epoch: 2}, Order: "1004200019", Waybill: "JDX000000000009", State: "claimed", Station: "bench-1"}}, nil
}

func (w *wall) RoomAudit(context.Context, string) ([]fleet.RoomRecord, error) {
	return []fleet.RoomRecord{{At: w.room.Now, Kind: "move", Order: "1004200019", From: "queued", To: "claimed", Mover: "bench-1"}}, nil
}

func (w *wall) RoomDecide(_ context.Context, d api.RoomDecision) error {
	w.did("%d/%d is %s: %s", d.Label, d.Epoch, d.Word, d.Reason)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.room.Stuck = w.room.Stuck[1:]
	return nil
}

func (w *wall) RoomAgain(context.Context, api.RoomAgain) error { return nil }

func (w *wall) RoomMove(_ context.Context, m api.RoomMove) (api.RoomMoved, error) {
	w.did("%v to %q: %s", m.Labels, m.Target, m.Reason)
	return api.RoomMoved{Wanted: 1}, nil
}

func (w *wall) RoomSeen(_ context.Context, alarm int64, _ string) error {
	w.did("alarm %d seen", alarm)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.room.Alarms = nil
	return nil
}

func (w *wall) RoomOrders(context.Context) ([]fleet.RoomOrder, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.doubts, nil
}

func (w *wall) RoomNumber(_ context.Context, n api.RoomNumber) error {
	w.did("%d/%d has %v: %s", n.Order, n.Epoch, n.Numbers, n.Reason)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.doubts = w.doubts[1:]
	return nil
}

func (w *wall) RoomWaves(context.Context) ([]fleet.RoomBatch, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.batches, nil
}

func (w *wall) RoomWaiting(context.Context) ([]fleet.RoomCandidate, error) {
	return []fleet.RoomCandidate{
		{ID: 31, Source: "jd", Order: "1004200031", State: "accepted", Issuer: "jd-express", Deadline: w.room.Now.Add(time.Hour)},
		{ID: 32, Source: "jd", Order: "1004200032", State: "issued", Issuer: "wujie/ZTO", Deadline: w.room.Now.Add(2 * time.Hour)},
	}, nil
}

func (w *wall) RoomWaveBegin(_ context.Context, n api.RoomWaveNew) (api.RoomWaveBegun, error) {
	w.did("%v to %q: %s", n.Orders, n.Target, n.Reason)
	return api.RoomWaveBegun{Wave: 13, Joined: len(n.Orders)}, nil
}

func (w *wall) RoomWaveTurn(_ context.Context, turn api.RoomWaveTurn) error {
	w.did("W%d is %s: %s", turn.Wave, turn.To, turn.Reason)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.batches[0].State = turn.To
	return nil
}

func (w *wall) last() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.acts) == 0 {
		return ""
	}
	return w.acts[len(w.acts)-1]
}

func TestTheRoomInABrowser(t *testing.T) {
	t.Parallel()
	station := apitest.New(apitest.Bench(time.Now()))
	wall := newWall(time.Now())
	url, _, _ := webtest.Serve(t, api.Server{Station: station, Devices: station, Room: wall})
	b := webtest.OpenBrowser(t)
	b.Open(url+"#room", webtest.Light(1920, 1080, "zh-CN"))
	b.Wait("document.querySelectorAll('#room-stations > li').length === 3")
	step := steps(t, b)

	step("it is read at two metres", func(t *testing.T) {
		b.Wait("document.querySelector('#room-sums b').textContent === '2'")
		b.Wait("parseFloat(getComputedStyle(document.querySelector('#room-sums b')).fontSize) >= 40")
		b.Wait("parseFloat(getComputedStyle(document.querySelector('#room-stations .name b')).fontSize) >= 30")
		b.Wait("document.querySelector('#room-stations > li:nth-child(2)').dataset.alive === 'false'")
		b.Wait("document.querySelectorAll('#room-stuck > li').length === 2")
		b.Wait("[...document.querySelectorAll('#room-stations .heads')].some((h) => h.textContent.includes('缺纸'))")
		b.Picture("room")
	})
	step("a person's word on a stuck label needs a reason", func(t *testing.T) {
		b.Click("#room-stuck li:first-child [data-act=not-printed]")
		b.Wait("document.getElementById('room-word').open")
		b.Click("#room-word [type=submit]")
		b.Wait("document.getElementById('room-word').open")
		b.Click("#room-word [name=reason]")
		b.Write("看过，没有纸")
		b.Picture("room word")
		b.Click("#room-word [type=submit]")
		b.Wait("!document.getElementById('room-word').open && document.querySelectorAll('#room-stuck > li').length === 1")
		if got := wall.last(); got != "7/3 is not-printed: 看过，没有纸" {
			t.Errorf("it did %q", got)
		}
	})
	step("an alarm is seen to", func(t *testing.T) {
		b.Click("#room-alarms [data-act=seen]")
		b.Wait("document.querySelectorAll('#room-alarms > li').length === 0")
	})
	step("numbers are found for an order, and another one has none", func(t *testing.T) {
		b.Wait("document.querySelectorAll('#room-doubts > li').length === 2")
		b.Wait("document.querySelector('#room-doubts > li:nth-child(2) [data-act=number]').hidden")
		b.Click("#room-doubts > li:first-child [data-act=number]")
		b.Wait("document.getElementById('room-word').open")
		b.Click("#room-word [name=numbers]")
		b.Write("JDX000000000021，JDX000000000022")
		b.Click("#room-word [name=reason]")
		b.Write("后台查到")
		b.Picture("room number")
		b.Click("#room-word [type=submit]")
		b.Wait("!document.getElementById('room-word').open && document.querySelectorAll('#room-doubts > li').length === 1")
		if got := wall.last(); got != "21/4 has [JDX000000000021 JDX000000000022]: 后台查到" {
			t.Errorf("it did %q", got)
		}
		b.Click("#room-doubts [data-act=no-number]")
		b.Wait("document.getElementById('room-word').open && document.querySelector('#room-word [data-is=numbers]').hidden")
		b.Click("#room-word [name=reason]")
		b.Write("已退回")
		b.Click("#room-word [type=submit]")
		b.Wait("document.getElementById('room-doubts-part').hidden")
		if got := wall.last(); got != "22/2 has []: 已退回" {
			t.Errorf("it did %q", got)
		}
	})
	step("a wave is stopped and goes on, and another one begins", func(t *testing.T) {
		b.Wait("document.querySelectorAll('#room-waves > li').length === 1")
		say := func(click, reason, want string) {
			t.Helper()
			b.Click(click)
			b.Wait("document.getElementById('room-word').open")
			b.Click("#room-word [name=reason]")
			b.Write(reason)
			b.Click("#room-word [type=submit]")
			b.Wait("!document.getElementById('room-word').open")
			if got := wall.last(); got != want {
				t.Errorf("it did %q, want %q", got, want)
			}
		}
		say("#room-waves [data-act=stopped]", "纸不对", "W12 is stopped: 纸不对")
		b.Wait("document.querySelector('#room-waves [data-act=stopped]').hidden")
		say("#room-waves [data-act=working]", "换好了", "W12 is working: 换好了")
		b.Click("#room [data-act=pick]")
		b.Wait("document.querySelectorAll('#room-candidates > li').length === 2")
		b.Click("#room-candidates > li:nth-child(2) input")
		b.Click("#room-candidates > li:nth-child(1) input")
		b.Picture("room wave")
		say("#room [data-act=begin]", "中午发车", `[32 31] to "zone:east": 中午发车`)
	})
	step("a label that a bench holds is sent elsewhere", func(t *testing.T) {
		b.Click("#room-find input")
		b.Write("1004200019")
		b.Press("Enter")
		b.Wait("document.querySelectorAll('#room-found > li').length === 1 && document.querySelectorAll('#room-audit > li').length === 1")
		b.Click("#room-found [data-act=move]")
		b.Wait("document.querySelectorAll('#room-word option').length === 5")
		b.Eval("document.querySelector('#room-word [name=target]').value = 'zone:west'")
		b.Click("#room-word [name=reason]")
		b.Write("东区满了")
		b.Click("#room-word [type=submit]")
		b.Wait("!document.getElementById('room-word').open")
		if got := wall.last(); got != `[9] to "zone:west": 东区满了` {
			t.Errorf("it did %q", got)
		}
	})
}

func TestAStationThatStandsAloneHasNoRoom(t *testing.T) {
	t.Parallel()
	station := apitest.New(apitest.Bench(time.Now()))
	url, _, _ := webtest.Serve(t, api.Server{Station: station, Devices: station})
	b := webtest.OpenBrowser(t)
	b.Open(url, webtest.Light(1280, 800, "zh-CN"))
	b.Wait("document.querySelector('[data-place=room]').hidden || !document.querySelector('[data-place=room]').checkVisibility()")
}
