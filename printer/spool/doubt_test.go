package spool

import (
	"fmt"
	"testing"
	"time"

	"miandan/printer"
)

// What an idle queue says is the last job's word, unless CUPS itself says it.
func TestWhoseWord(t *testing.T) {
	tests := []struct {
		words string
		own   bool // CUPS's: no job is sent while it stands
	}{
		{"paused", true},
		{"hold-new-jobs", true},
		{"cups-missing-filter-warning", true},
		{"cups-insecure-filter-warning", true},
		{"media-empty-error", false},
		{"media-empty-warning", false},
		{"media-needed", false},
		{"media-jam-error", false},
		{"cover-open-error", false},
		{"door-open-report", false},
		{"offline", false},
		{"offline-report", false},
		{"shutdown", false},
		{"timed-out", false},
		{"moving-to-paused", false},
		{"cutter-jam-error", false},
		{"other-error", false},
		{"a-word-that-nobody-knows", false},
	}
	for _, tt := range tests {
		idle := queue{accepting: true, reasons: []string{tt.words}}
		busy := idle
		busy.busy = true
		var d doubt
		now := time.Now()
		if d.status(busy, now).Ready() {
			t.Errorf("%s while a job is at the printer: ready", tt.words)
		}
		if d.status(idle, now).Ready() {
			t.Errorf("%s when it is first heard: ready", tt.words)
		}
		for _, later := range []time.Duration{firstDoubt - 1, firstDoubt, 24 * time.Hour} {
			want := !tt.own && later >= firstDoubt
			if got := d.status(idle, now.Add(later)).Ready(); got != want {
				t.Errorf("%s after %v: ready %v, want %v", tt.words, later, got, want)
			}
		}
		if d.status(busy, now.Add(24*time.Hour)).Ready() {
			t.Errorf("%s while a job is at the printer, after a day: ready", tt.words)
		}
	}
}

func TestDoubt(t *testing.T) {
	const (
		ready = "the printer reports "
		empty = "the printer reports media-empty"
		other = "the printer reports other"
	)
	mediaEmpty := []string{"media-empty-error"}
	type step struct {
		after time.Duration // since the step before
		words []string
		job   State // what became of a job that is sent in this step; 0 sends none
		want  string
	}
	tests := []struct {
		name  string
		steps []step
	}{
		{"a job that comes through disproves the words", []step{
			{0, mediaEmpty, 0, empty},
			{firstDoubt, mediaEmpty, Completed, ready},
			{time.Second, mediaEmpty, Completed, ready},
			{time.Second, mediaEmpty, 0, ready},
		}},
		{"other words than those are new", []step{
			{0, mediaEmpty, 0, empty},
			{firstDoubt, mediaEmpty, Completed, ready},
			{time.Second, []string{"cover-open-error"}, 0, "the printer reports cover-open"},
		}},
		{"words that went and came back are new", []step{
			{0, mediaEmpty, 0, empty},
			{firstDoubt, mediaEmpty, Completed, ready},
			{time.Second, nil, Completed, ready},
			{time.Second, mediaEmpty, 0, empty},
		}},
		{"the pauses grow while nothing comes through", []step{
			{0, mediaEmpty, 0, empty},
			{firstDoubt, mediaEmpty, Canceled, ready},
			{2*firstDoubt - 1, mediaEmpty, 0, empty},
			{1, mediaEmpty, Canceled, ready},
			{4*firstDoubt - 1, mediaEmpty, 0, empty},
			{1, mediaEmpty, Canceled, ready},
			{8 * firstDoubt, mediaEmpty, Canceled, ready},
			{16 * firstDoubt, mediaEmpty, Canceled, ready},
			{lastDoubt - 1, mediaEmpty, 0, empty},
			{1, mediaEmpty, Canceled, ready},
			{lastDoubt, mediaEmpty, 0, ready},
		}},
		{"a job that was given up is a word", []step{
			{0, nil, Aborted, ready},
			{time.Second, nil, 0, other},
			{firstDoubt, nil, Aborted, ready},
			{2*firstDoubt - 1, nil, 0, other},
			{1, nil, Completed, ready},
			{time.Second, nil, Aborted, ready},
			{time.Second, nil, 0, other},
			{firstDoubt, nil, 0, ready},
		}},
		{"a job that was given up brings disproved words back", []step{
			{0, mediaEmpty, 0, empty},
			{firstDoubt, mediaEmpty, Completed, ready},
			{time.Second, mediaEmpty, Aborted, ready},
			{time.Second, mediaEmpty, 0, empty},
			{firstDoubt, mediaEmpty, 0, ready},
		}},
		{"a canceled job is none", []step{
			{0, nil, Canceled, ready},
			{time.Second, nil, 0, ready},
		}},
		{"a roll that runs low stops nothing", []step{
			{0, []string{"media-low-warning"}, 0, "the printer reports media-low"},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var d doubt
			now := time.Now()
			for i, s := range tt.steps {
				now = now.Add(s.after)
				got := d.status(queue{accepting: true, reasons: s.words}, now)
				if text := fmt.Sprint(&printer.FaultError{Status: got}); text != s.want {
					t.Fatalf("step %d: %s, want %s", i, text, s.want)
				}
				if s.job != 0 {
					d.tried(now)
					d.ended(s.job)
				}
			}
		})
	}
}
