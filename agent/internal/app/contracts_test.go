package app_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"miandan/agent/internal/app"
	"miandan/agent/internal/config"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
	"miandan/printer/bitmap"
	"miandan/printer/virtual"
	"miandan/templates/barcode"
	"miandan/templates/scene"
)

// One order goes to each carrier with whom the shop has a contract of its own,
// from the settings file to paper: the number that the carrier gave is on one
// label, and no carrier gave two.
func TestEveryCarriersLabelComesOut(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(seal.KeysEnv, filepath.Join(dir, "keys"))
	w, err := practice.Open(dir, practice.Config{Orders: practice.Orders, Carriers: true})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := practice.PutSecrets(w.Data); err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), app.Options{Data: w.Data, Config: w.Config, Version: "test", Say: func(*notice.Error) {}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	done := make(chan error, 1)
	go func() { done <- a.Run(t.Context()) }()
	report, err := w.Follow(t.Context(), a.Ledger, a.Station, filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	on := map[string]int{}
	for _, l := range report.Labels {
		on[l.Waybill]++
	}
	read := codes(w.Printer.Prints())
	for _, p := range w.Platforms {
		given := p.Given()
		if len(given) != 1 {
			t.Errorf("%s was asked for %d orders, want one", p.Name, len(given))
		}
		for reference, numbers := range given {
			for _, n := range numbers {
				if on[n] != 1 {
					t.Errorf("%s gave %s the number %s, which is on %d labels", p.Name, reference, n, on[n])
				}
				if !strings.Contains(read, " "+n) {
					t.Errorf("no barcode on paper begins with %s's number %s", p.Name, n)
				}
			}
		}
	}
}

// codes are the main barcodes of all that came out of a printer, each behind a
// space.
func codes(prints []virtual.Print) string {
	var b strings.Builder
	for _, p := range prints {
		if p.Image == nil {
			continue
		}
		for y := 0; y+160 <= p.Image.Height; y += 40 {
			strip := bitmap.New(p.Image.Width, 160)
			copy(strip.Bits, p.Image.Bits[y*p.Image.Stride:])
			if text, err := barcode.Read(strip, scene.Code128); err == nil {
				fmt.Fprintf(&b, " %s", text)
				break
			}
		}
	}
	return b.String()
}

// What the doctor says of the contracts when something of them is amiss.
func TestCheckContracts(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(seal.KeysEnv, filepath.Join(dir, "keys"))
	w, err := practice.Open(dir, practice.Config{Orders: 1, Carriers: true})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	c, err := config.Load(w.Config)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seal.OpenKeystore(w.Data)
	if err != nil {
		t.Fatal(err)
	}
	for _, check := range app.CheckContracts(t.Context(), c, keys) {
		if notice.CodeOf(check.Err) != "account-secret" {
			t.Errorf("%s without its secrets: %v", check.What, check.Err)
		}
	}
	if err := practice.PutSecrets(w.Data); err != nil {
		t.Fatal(err)
	}
	checks := app.CheckContracts(t.Context(), c, keys)
	if len(checks) != len(w.Platforms) {
		t.Errorf("%d contracts were tried, there are %d", len(checks), len(w.Platforms))
	}
	for _, check := range checks {
		if check.Err != nil {
			t.Errorf("%s: %v", check.What, check.Err)
		}
	}
}
