package app_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/app"
	"miandan/agent/internal/config"
	"miandan/agent/internal/ledger"
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
	read := codes(w.Printer.Prints())
	for _, l := range report.Labels {
		on[l.Waybill]++
		if n := strings.Count(read+" ", " "+l.Barcode+" "); n != 1 {
			t.Errorf("%s's barcode %s was read off %d labels", l.Carrier, l.Barcode, n)
		}
		if l.Carrier == "YUNDA" && l.Template == "yunda-76x130" && len(l.Waybill) == 13 && l.Barcode == l.Waybill {
			t.Error("Yunda's barcode is its number")
		}
	}
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

// A table that somebody drops into a hot folder becomes labels of the shop's own
// carrier, with as much of the receiver as that account prints; the row that is
// wrong is named, and the file with the people in it goes.
func TestATableBecomesLabels(t *testing.T) {
	dir, drop := t.TempDir(), t.TempDir()
	t.Setenv(seal.KeysEnv, filepath.Join(dir, "keys"))
	w, err := practice.Open(dir, practice.Config{Orders: 1, Carriers: true})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	settings, err := os.ReadFile(w.Config)
	if err != nil {
		t.Fatal(err)
	}
	hidden := strings.Replace(string(settings), "carrier = \"yunda\"\n", "carrier = \"yunda\"\nphone = \"masked\"\n", 1)
	before, after, _ := strings.Cut(hidden, "[[route]]")
	text := before + fmt.Sprintf("[[folder]]\npath = '%s'\npoll_every = \"1s\"\n\n[[route]]\nwhen = { source = \"folder\" }\ncarrier = \"yunda\"\n\n[[route]]", drop) + after
	table := "订单号,收件人,手机,地址,商品,数量\n" +
		"A-1001,演示一,13800001001,浙江省杭州市西湖区演示路1号,演示茶,2\n" +
		"A-1002,演示二,1.38E+10,浙江省杭州市西湖区演示路2号,演示茶,1\n" +
		"A-1003,演示三,13800001003,演示,演示茶,1\n"
	if err := errors.Join(os.WriteFile(w.Config, []byte(text), 0o600), practice.PutSecrets(w.Data), os.WriteFile(filepath.Join(drop, "今天.csv"), []byte(table), 0o600)); err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), app.Options{Data: w.Data, Config: w.Config, Version: "test", Say: func(*notice.Error) {}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	go a.Run(t.Context())
	var list []byte
	states, printed := map[string]string{}, int64(0)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		rows, err := a.Ledger.Rows(t.Context(), ledger.Filter{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if r.Order.Source == "folder" {
				printed = max(printed, r.LabelID)
				states[r.Order.ID] = string(r.OrderState) + " " + string(r.Label) + " " + r.Problem.Code
			}
		}
		if lists, _ := filepath.Glob(filepath.Join(drop, "done", "*.errors.csv")); len(lists) == 1 {
			list, _ = os.ReadFile(lists[0])
		}
		_, left := os.Stat(filepath.Join(drop, "今天.csv"))
		if strings.HasPrefix(states["A-1001"], "issued confirmed") && states["A-1003"] != "" && len(list) > 0 && left != nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the folder's orders are %v, the list of errors %q, the file %v", states, list, left)
		}
	}
	label, err := a.Ledger.Label(t.Context(), printed)
	if err != nil || !label.HideName || !label.HidePhone {
		t.Errorf("the account hides whom its labels go to, and this one does not: %v", err)
	}
	if got := states["A-1003"]; !strings.Contains(got, "address-") {
		t.Errorf("an order without an address is %s", got)
	}
	if states["A-1002"] != "" || !strings.Contains(string(list), "A-1002") || strings.Contains(string(list), "演示二") {
		t.Errorf("the order whose phone a spreadsheet has spoilt is %q, and the list says %q", states["A-1002"], list)
	}
	for _, p := range w.Platforms {
		if given := p.Given(); p.Name == "yunda" && len(given) != 2 { // the practice station's own order too
			t.Errorf("Yunda gave numbers for %v", given)
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
