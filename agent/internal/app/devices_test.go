package app_test

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

func add(s *station, n int) {
	o := jdsim.Demo(n, time.Now())[n-1]
	o.Modified = time.Now()
	s.world.Gateway.AddOrder(o)
}

// TestAPrinterIsHeld stops one printer: nothing comes out of it, also after a
// restart, until it is let go on.
func TestAPrinterIsHeld(t *testing.T) {
	s := open(t, 0, nil)
	devices := s.Operator().(api.Devices)
	if err := devices.Hold(t.Context(), "bench-1", "page:甲"); err != nil {
		t.Fatal(err)
	}
	if err := devices.Hold(t.Context(), "bench-9", "page"); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("Hold of a printer that is none: %v", err)
	}
	add(s, 1)
	waits := func(rows []ledger.Row) bool { return len(rows) == 1 && rows[0].Label == ledger.Queued }
	s.until(t, "a label waits", waits)
	s.stop()
	s.start(t)
	devices = s.Operator().(api.Devices)
	time.Sleep(1500 * time.Millisecond) // longer than the printer's safety tick
	if rows := s.rows(t); !waits(rows) || len(s.world.Printer.Prints()) > 0 {
		t.Fatalf("a held printer prints: %v", rows[0].Label)
	}
	list, err := devices.Devices(t.Context())
	if err != nil || len(list) == 0 || !list[0].Held || list[0].State != api.Stopped || !slices.Contains(list[0].Reasons, "paused") {
		t.Fatalf("Devices = %+v, %v", list, err)
	}
	if err := devices.Release(t.Context(), "bench-1", "page:甲"); err != nil {
		t.Fatal(err)
	}
	s.until(t, "the label is confirmed", all(ledger.Confirmed))
	list, err = devices.Devices(t.Context())
	if err != nil || list[0].Held || list[0].Today != 1 {
		t.Errorf("Devices = %+v, %v", list, err)
	}
	d := list[0]
	if d.Name != "bench-1" || d.Way != "tcp" || d.Language != "escpos" || d.Paper != "76x130" || d.DPI != 203 || d.Proof != "confirmed" || d.Bar == 0 {
		t.Errorf("Devices = %+v", d)
	}
}

// TestACalibrationHoldsFromTheNextLabelOn prints a card before and after, and
// finds its ink elsewhere without a restart.
func TestACalibrationHoldsFromTheNextLabelOn(t *testing.T) {
	s := open(t, 0, nil)
	station := s.Operator()
	devices, cards := station.(api.Devices), station.(api.Carder)
	card := func() (left int) {
		t.Helper()
		if _, err := cards.Card(t.Context(), api.Card{Printer: "bench-1", Kind: api.RulerCard}); err != nil {
			t.Fatal(err)
		}
		prints := s.world.Printer.Prints()
		m := prints[len(prints)-1].Image
		for x := range m.Width {
			for y := range m.Height {
				if m.Black(x, y) {
					return x
				}
			}
		}
		t.Fatal("the card is empty")
		return 0
	}
	before := card()
	c := api.Calibrate{Printer: "bench-1", Left: 20, Top: 20, Who: "page:甲"}
	dry, err := devices.Calibrate(t.Context(), c)
	if err != nil || dry.Written {
		t.Fatalf("Calibrate = %+v, %v", dry, err)
	}
	right := dry.OffsetX
	c.Left -= 3 - right // so that it has to go 3 mm to the right
	c.Write = true
	v, err := devices.Calibrate(t.Context(), c)
	if err != nil || !v.Written || v.OffsetX != 3 {
		t.Fatalf("Calibrate = %+v, %v; want 3 mm to the right", v, err)
	}
	if after := card(); after-before != 24 {
		t.Errorf("the card's ink begins %d dots further right, want 24", after-before)
	}
	file, err := os.ReadFile(s.world.Config)
	if err != nil || !bytes.Contains(file, []byte("offset_x = 3.0")) {
		t.Errorf("the settings do not have it: %v", err)
	}
	list, err := devices.Devices(t.Context())
	if err != nil || list[0].OffsetX != 3 {
		t.Errorf("Devices = %+v, %v", list, err)
	}
	// What is measured next is measured with the offsets that hold.
	if v, err = devices.Calibrate(t.Context(), api.Calibrate{Printer: "bench-1", Left: c.Left, Top: 20}); err != nil || v.OffsetX != 6 {
		t.Errorf("a second calibration: %+v, %v; want 6 mm", v, err)
	}
	_, err = devices.Calibrate(t.Context(), api.Calibrate{Printer: "bench-1", Left: 20, Top: 20, Length: 34})
	if notice.CodeOf(err) != "calibrate-pitch" || !strings.Contains(err.Error(), "dots_per_mm") {
		t.Errorf("a head of another pitch: %v", err)
	}
}
