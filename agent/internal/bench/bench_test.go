package bench_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"miandan/agent/internal/bench"
	"miandan/agent/internal/cli"
)

// TestMain makes the test binary be the program itself, for the agent that is
// measured as its own process.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "run" {
		os.Exit(cli.Main(os.Args[1:], cli.System()))
	}
	os.Exit(m.Run())
}

func TestQuick(t *testing.T) {
	r, err := bench.Run(t.Context(), options(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		l, ok := r.Line(name)
		if !ok {
			t.Errorf("no line %s", name)
			continue
		}
		if l.Unit == "" && (l.Runs == 0 || l.P50 <= 0 || l.P99 < l.P50) {
			t.Errorf("%s: %+v", name, l)
		}
	}
	var table bytes.Buffer
	if err := r.Table(&table); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"compose + raster + check + TSPL, 300 dpi", "≥ 1,000", "rough"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("%q is not in the table:\n%s", want, &table)
		}
	}
	page, err := r.PutGoals([]byte("# Fast\n<!-- miandan bench --goals -->\nof the last run\n<!-- end -->\nmore\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# Fast\n", "| compose + raster + TSPL, 203 dpi | ≥ 1,000 a second of a core | ", " 99 of 100 | ≤ 50 ms | ", "<!-- end -->\nmore\n"} {
		if !strings.Contains(string(page), want) || strings.Contains(string(page), "of the last run") {
			t.Errorf("%q is not in the page:\n%s", want, page)
		}
	}
	if _, err := r.PutGoals([]byte("# Fast\n")); err == nil {
		t.Error("a page without a place for the goals has them")
	}
	d := xml.NewDecoder(bytes.NewReader(r.Picture()))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the picture: %v", err)
		}
	}
	t.Log("\n" + table.String())
}

var names = []string{
	"compose", "raster-203", "raster-300", "check-203", "check-300", "tspl", "zpl", "escpos", "cpcl", "pdf",
	"label-203", "checked-203", "checked-300", "zpl-203", "pdf-label", "start", "wave", "memory-after", "idle", "memory-idle", "click", "head",
}

func options(t *testing.T) bench.Options {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return bench.Options{Quick: true, Program: program, Orders: 20, History: 1000, Queued: 50}
}
