package printertest_test

import (
	"testing"
	"time"

	"miandan/printer"
	"miandan/printer/cpcl"
	"miandan/printer/drivertest"
	"miandan/printer/escpos"
	"miandan/printer/tcp"
	"miandan/printer/tspl"
	"miandan/printer/virtual"
	"miandan/printer/zpl"
)

// BenchmarkHead prints a waybill of 100×150 mm over and over at 152 mm/s and
// measures how long the paper stands between two: the time in which a label's
// proof is waited for and the next one is sent. The head itself needs 1.0 s.
//
//	go test -bench Head -benchtime 10x -run xxx ./printer/printertest
func BenchmarkHead(b *testing.B) {
	image := drivertest.Waybill(b)
	for _, c := range []struct {
		language virtual.Language
		driver   printer.Driver
	}{
		{virtual.ESCPOS, escpos.Driver{}},
		{virtual.TSPL, tspl.Driver{Media: tspl.Gap, Gap: 2000}},
		{virtual.ZPL, zpl.Driver{}},
		{virtual.CPCL, cpcl.Driver{}},
	} {
		b.Run(string(c.language), func(b *testing.B) {
			v, err := virtual.Start(virtual.Config{Language: c.language, Speed: 152})
			if err != nil {
				b.Fatal(err)
			}
			defer v.Close()
			p := &printer.Printer{Name: "bench", Driver: c.driver, Transport: tcp.Transport{Address: v.Addr()}}
			for n := uint64(1); b.Loop(); n++ {
				a, _, err := p.Begin(b.Context(), printer.Job{Mark: printer.MarkAt(n), Image: image})
				if err != nil {
					b.Fatal(err)
				}
				if outcome, evidence, err := a.Send(b.Context()); outcome != printer.Confirmed {
					b.Fatalf("label %d: outcome %v: %+v, %v; %d prints, received %d", n, outcome, evidence, err, len(v.Prints()), v.Received())
				}
			}
			var stood time.Duration
			prints := v.Prints()
			for i := 1; i < len(prints); i++ {
				stood += virtual.Standing(prints[i-1], prints[i])
			}
			b.ReportMetric(float64(stood.Milliseconds())/float64(max(len(prints)-1, 1)), "standing-ms/label")
			b.ReportMetric(60/(b.Elapsed().Seconds()/float64(len(prints))), "labels/min")
		})
	}
}
