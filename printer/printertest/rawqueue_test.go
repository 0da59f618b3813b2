package printertest_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"miandan/printer"
	"miandan/printer/cpcl"
	"miandan/printer/drivertest"
	"miandan/printer/escpos"
	"miandan/printer/spool/spooltest"
	"miandan/printer/tspl"
	"miandan/printer/virtual"
	"miandan/printer/zpl"
)

// TestRawQueue sends a label of each language through a raw queue of a real CUPS
// to a printer: no byte of it may be taken for text, or for something to filter.
func TestRawQueue(t *testing.T) {
	server := spooltest.Start(t)
	label := drivertest.Waybill(t)
	for _, r := range []struct {
		language virtual.Language
		driver   printer.Driver
	}{
		{virtual.ESCPOS, escpos.Driver{}},
		{virtual.TSPL, tspl.Driver{Media: tspl.Gap, Gap: 2000}},
		{virtual.TSPL, tspl.Driver{Zlib: true}},
		{virtual.ZPL, zpl.Driver{}},
		{virtual.ZPL, zpl.Driver{Compression: zpl.Z64}},
		{virtual.CPCL, cpcl.Driver{}},
	} {
		v, err := virtual.Start(virtual.Config{Language: r.language, Quirks: virtual.Quirks{ZlibBitmap: true}})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := r.driver.Encode(&b, printer.Job{Image: label, Mark: printer.MarkAt(1)}); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "label")
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		queue := "raw-" + string(r.language)
		server.Command(t, "lpadmin", "-p", queue, "-v", "socket://"+v.Addr()+"/?waiteof=false&snmp=false", "-m", "raw", "-E")
		server.Command(t, "lp", "-d", queue, "-o", "raw", file)
		for end := time.Now().Add(time.Minute); len(v.Prints()) == 0 && time.Now().Before(end); {
			time.Sleep(5 * time.Millisecond)
		}
		got := v.Prints()
		if len(got) != 1 || got[0].Garbage != "" || got[0].Partial || !got[0].Image.Equal(label) || v.Received() != b.Len() {
			t.Errorf("%s: %d prints, %d of %d bytes: %.300v", r.language, len(got), v.Received(), b.Len(), got)
		}
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	}
}
