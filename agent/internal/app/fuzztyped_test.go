package app_test

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/app"
	"miandan/agent/internal/hostile"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
)

// FuzzTyped gives a station at work what a scanner may read and a person may
// type where a number is asked for. What names no order and no label of this
// station is told so and changes nothing.
func FuzzTyped(f *testing.F) {
	dir := f.TempDir()
	f.Setenv(seal.KeysEnv, filepath.Join(dir, "keys"))
	world, err := practice.Open(filepath.Join(dir, "world"), practice.Config{Orders: 2})
	if err != nil {
		f.Fatal(err)
	}
	if err := practice.PutSecrets(world.Data); err != nil {
		f.Fatal(err)
	}
	a, err := app.Open(context.Background(), app.Options{Data: world.Data, Config: world.Config})
	if err != nil {
		f.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	f.Cleanup(func() {
		cancel()
		if err := errors.Join(<-done, a.Close()); err != nil {
			f.Error(err)
		}
		world.Close()
	})
	rows := printed(f, a)
	number, order := string(rows[0].Number), rows[0].Order.ID

	for _, s := range []string{
		"JDVC00000000000-1-1-", "x" + number, number + "\r\n" + number, "%", "_", "' OR 1=1 --", "\x00", "\xff\xfe", "-1", "+1", "99999999999999999999", "1e3", "0x1", "１", "", " ", strings.Repeat("9", 60000),
		"\x1b]0;x\x07", "13800001234", "演示张三", "../../x", order + "0", "\u202e" + order, "]C1" + "JDVC1", "*", "NULL", "1;2",
	} {
		f.Add(s, "demo", uint8(0))
		f.Add(s, "\x00演示", uint8(3))
	}
	answers := []api.Answer{api.Printed, api.NotPrinted, api.NoNumber, api.NumberFound}
	f.Fuzz(func(t *testing.T, typed, who string, answer uint8) {
		for _, r := range rows {
			if strings.Contains(strings.ToUpper(typed), strings.ToUpper(string(r.Number))) || strings.Contains(typed, r.Order.ID) {
				return // that may be meant
			}
		}
		at := a.Operator()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		check := func(what string, err error) {
			if err == nil {
				t.Errorf("%s of %q is taken", what, typed)
				return
			}
			if code := notice.CodeOf(err); code == notice.Internal || !notice.Known(code) {
				t.Errorf("%s of %q: no sentence for %v", what, typed, err)
			}
		}
		_, err = at.Scan(ctx, api.Scan{Waybill: typed, Who: who})
		check("the scan", err)
		if s, err := a.Desk().ScanPrint(ctx, api.ScanPrint{Codes: []string{typed}, Who: who}); err != nil || s.Result != api.ScanNotFound && s.Result != api.ScanRefused {
			t.Errorf("%q prints: %+v, %v", typed, s, err)
		}
		labels, err := at.Reprint(ctx, api.Reprint{Waybill: typed, Reason: "torn", Who: who})
		check("the reprint", err)
		if len(labels) > 0 {
			t.Errorf("a reprint of %q makes %v", typed, labels)
		}
		if !named(typed, rows) {
			check("the answer", at.Resolve(ctx, api.Resolution{Label: typed, Answer: answers[int(answer)%len(answers)], Who: who, Numbers: []string{typed}}))
		}
		if len(typed) < 65 { // as the interface holds it
			taken, err := at.Print(ctx, []string{typed}, who)
			if err == nil && (len(taken) != 1 || taken[0].Refusal == nil) {
				t.Errorf("the order %q is taken: %+v", typed, taken)
			}
			if err != nil {
				check("the order", err)
			} else {
				hostile.Silent(t, errors.New(strings.ReplaceAll(taken[0].Refusal.Message, typed, "")))
			}
		}
		now, err := a.Ledger.Rows(ctx, ledger.Filter{})
		if err != nil || len(now) != len(rows) {
			t.Fatalf("%d rows, %v; there were %d", len(now), err, len(rows))
		}
		for i := range now {
			if now[i].LabelID != rows[i].LabelID || now[i].Label != rows[i].Label {
				t.Errorf("%q made the label %v of %v", typed, now[i].Label, rows[i].Label)
			}
		}
	})
}

// printed waits until every order of the world is on paper.
func printed(f *testing.F, a *app.App) []ledger.Row {
	f.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		rows, err := a.Ledger.Rows(context.Background(), ledger.Filter{})
		if err != nil {
			f.Fatal(err)
		}
		done := len(rows) >= 2
		for _, r := range rows {
			done = done && r.Label == ledger.Confirmed
		}
		if done {
			return rows
		}
	}
	f.Fatal("the labels do not come")
	return nil
}

// named reports whether a text is the number of a label of this station.
func named(typed string, rows []ledger.Row) bool {
	for _, r := range rows {
		if strings.TrimLeft(typed, "+0") == strings.TrimLeft(strconv.FormatInt(r.LabelID, 10), "0") {
			return true
		}
	}
	return false
}
