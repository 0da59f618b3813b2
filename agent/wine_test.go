//go:build linux

package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/printer/bitmap"
	"miandan/printer/spool/spooltest"
	"miandan/printer/virtual"
	"miandan/printer/winspool/winetest"
)

var onWine = flag.Bool("wine", false, "run the program for Windows on Wine, which takes half a minute")

// TestWine runs the program that is shipped for Windows and prints by it, in the
// printer's language and by the queue's driver. Wine 8 has no unix sockets, which
// the agent's command line needs; so it is the commands that need no agent.
func TestWine(t *testing.T) {
	if !*onWine {
		t.Skip("not asked for by -wine")
	}
	cups := spooltest.Start(t)
	thermal, err := virtual.Start(virtual.Config{Language: virtual.TSPL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { thermal.Close() })
	const options = "/?waiteof=false&snmp=false"
	cups.Command(t, "lpadmin", "-p", "thermal", "-v", "socket://"+thermal.Addr()+options, "-m", "raw", "-E")
	cups.Command(t, "lpadmin", "-p", "driven", "-v", "socket://"+cups.Printer()+options, "-P", "../printer/winspool/testdata/label203.ppd", "-E")

	windows := winetest.Start(t)
	exe := windows.Build(t, "miandan/agent", false)
	dir := windows.Folder()
	settings := ""
	for _, p := range [][3]string{{"raw", "thermal", "tspl"}, {"page", "driven", "page"}, {"gone", "Deli%20DL-888", "page"}} {
		settings += fmt.Sprintf("[[printer]]\nname = %q\nurl = \"winspool:///%s\"\nlanguage = %q\npaper = \"76x130\"\n", p[0], p[1], p[2])
	}
	if err := os.WriteFile(filepath.Join(dir, "miandan.toml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (string, error) {
		env := []string{"CUPS_SERVER=" + cups.TCP("thermal").Host, "LANG=C", "MIANDAN_KEYS=" + windows.Path(filepath.Join(dir, "keys"))}
		return windows.Run(t, env, exe, append(args, "--data", windows.Path(filepath.Join(dir, "data")), "--config", windows.Path(filepath.Join(dir, "miandan.toml")))...)
	}
	// card is the card as the program draws it, on the same minute's clock.
	card := func(name string) *bitmap.Image {
		file := filepath.Join(dir, "card.png")
		if out, err := run("printers", "test", name, "-o", windows.Path(file)); err != nil {
			t.Fatalf("printers test -o: %v\n%s", err, out)
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := bitmap.DecodePNG(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}

	t.Run("how the printers are", func(t *testing.T) {
		out, err := run("printers", "status")
		if err != nil || strings.Count(out, "ready") != 2 || !strings.Contains(out, "no print queue of the name that the url of printer gone gives") {
			t.Errorf("printers status: %v\n%s", err, out)
		}
	})
	t.Run("what is installed", func(t *testing.T) {
		out, err := run("printers", "discover")
		for _, want := range []string{"winspool:///thermal", "winspool:///driven"} {
			if err != nil || !strings.Contains(out, want) {
				t.Errorf("printers discover: %v, without %s\n%s", err, want, out)
			}
		}
	})
	t.Run("a card in the printer's language", func(t *testing.T) {
		before := card("raw")
		out, err := run("printers", "test", "raw")
		if err != nil || !strings.Contains(out, "ok raw sent spooler") {
			t.Fatalf("printers test raw: %v\n%s", err, out)
		}
		after := card("raw")
		for range 500 {
			if len(thermal.Prints()) > 0 {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if got := thermal.Prints(); len(got) != 1 || !got[0].Image.Equal(before) && !got[0].Image.Equal(after) {
			t.Errorf("the printer printed %d labels, want the card", len(got))
		}
	})
	t.Run("a card by the queue's driver", func(t *testing.T) {
		out, err := run("printers", "test", "page")
		if err != nil || !strings.Contains(out, "ok page sent spooler") {
			t.Fatalf("printers test page: %v\n%s", err, out)
		}
		if got := cups.Received(t, 1); len(got) != 1 || !bytes.HasPrefix(got[0], []byte("%PDF-")) {
			t.Errorf("the driver wrote %d documents, want a PDF", len(got))
		}
	})
	t.Run("a card for a queue that is not there", func(t *testing.T) {
		out, err := run("printers", "test", "gone")
		if err == nil || !strings.Contains(out, "no print queue of the name that the url of printer gone gives") || strings.Contains(out, "Deli") {
			t.Errorf("printers test gone: %v\n%s", err, out)
		}
	})
}
