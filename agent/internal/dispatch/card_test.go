package dispatch

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"miandan/printer"
	"miandan/printer/drivertest"
	"miandan/printer/escpos"
	"miandan/printer/tcp"
	"miandan/printer/virtual"
)

// cable is a way on which the connection breaks after so many bytes; 0 lets all pass.
type cable struct {
	printer.Transport
	after int
}

func (c *cable) Dial(ctx context.Context) (printer.Conn, error) {
	conn, err := c.Transport.Dial(ctx)
	if err != nil || c.after == 0 {
		return conn, err
	}
	return pulled{conn.(printer.ReadConn), &c.after}, nil
}

type pulled struct {
	printer.ReadConn
	left *int
}

func (c pulled) Write(b []byte) (int, error) {
	n, err := c.ReadConn.Write(b[:min(len(b), *c.left)])
	if *c.left -= n; err == nil && n < len(b) {
		err = errors.New("the cable came off")
	}
	return n, err
}

// TestHalfACardIsRemembered: a printer that has half a card would take the next label
// for the rest of it, also when the program has been started anew since.
func TestHalfACardIsRemembered(t *testing.T) {
	v, err := virtual.Start(virtual.Config{Language: virtual.ESCPOS})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	d := newDesk(t)
	way := &cable{tcp.Transport{Address: v.Addr()}, 5000}
	p := &Printer{Printer: &printer.Printer{Name: "bench-1", Driver: escpos.Driver{}, Transport: way, Timeouts: printer.Timeouts{Status: time.Minute}}}
	j := printer.Job{Image: drivertest.Waybill(t)}
	outcome, _, err := d.Card(t.Context(), p, j)
	if outcome != printer.Uncertain {
		t.Fatalf("half a card: %v, %v", outcome, err)
	}
	d.broken("half a card", "bench-1")
	way.after = 0
	outcome, _, err = d.Card(t.Context(), p, j)
	if outcome != printer.Confirmed {
		t.Fatalf("a whole one: %v, %v", outcome, err)
	}
	d.broken("a whole one")
	v.Set(virtual.CoverOpen, true)
	if outcome, _, err = d.Card(t.Context(), p, j); outcome != printer.NotSent {
		t.Fatalf("none: %v, %v", outcome, err)
	}
	d.broken("none")
}

func (d *desk) broken(what string, want ...string) {
	d.t.Helper()
	got, err := d.Ledger.Broken(d.t.Context())
	d.do(err)
	if !slices.Equal(got, want) {
		d.t.Errorf("%s: %v, want %v", what, got, want)
	}
}
