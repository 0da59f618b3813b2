package dispatch

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/printer"
)

func TestWhoMakesALabelIsAskedEverMoreRarely(t *testing.T) {
	var p patience
	no, lost := notice.New("sealed-refused", nil, "731", "?"), notice.New("jd-unreachable", nil)
	var sum time.Duration
	for range 20 {
		sum += p.after(1, no)
	}
	if sum < 2*time.Hour {
		t.Errorf("a label that is refused is asked for 20 times within %v", sum)
	}
	if d := p.after(2, no); d != shortestWait {
		t.Errorf("another label waits %v", d)
	}
	p.forget(1)
	if d := p.after(1, no); d != shortestWait {
		t.Errorf("once it has been had, it waits %v", d)
	}
	for range 20 {
		if d := p.after(3, lost); d != shortestWait {
			t.Fatalf("without a network it waits %v", d)
		}
	}
}

// The settings have lost JD, and a label of then still waits.
func TestASealedLabelWithoutJD(t *testing.T) {
	d := newDesk(t)
	for _, template := range []string{SealedLabel, RenderedLabel} {
		_, err := d.draw(t.Context(), ledger.Label{Template: template}, &Printer{})
		if notice.CodeOf(err) != "cloudprint-not-set-up" {
			t.Errorf("%s: %v", template, err)
		}
	}
}

func TestAFailureIsLoggedOncePerChange(t *testing.T) {
	d := newDesk(t)
	off := &troubleError{notice.New("printer-off", errors.New("no route"), "bench-1")}
	out := &troubleError{faultNotice("bench-1", printer.Status{Reasons: []printer.Reason{printer.MediaEmpty}})}
	steps := []error{off, off, off, off, out, out, out, nil, out, out, out}
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(context.Background())
		n := 0
		var logged quiet
		d.follow(ctx, ledger.DueLabels, &logged, func(context.Context) error {
			if n++; n > len(steps) {
				stop()
				return nil
			}
			if steps[n-1] == nil { // a label has come out
				logged.recovered()
			}
			return steps[n-1]
		})
	})
	if n := strings.Count(d.log.String(), "msg=failed"); n != 3 {
		t.Errorf("%d lines, want 3: off, out, and out again:\n%s", n, d.log.String())
	}
	if len(d.said) < 9 {
		t.Errorf("people were told %d times of 10", len(d.said))
	}
}
