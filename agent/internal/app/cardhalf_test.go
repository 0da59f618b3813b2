package app

import (
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/config"
	"miandan/agent/internal/notice"
)

// Without an agent nothing remembers that half a card lies in a printer: whoever asked
// for it is told.
func TestHalfACardWithoutAnAgent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.CopyN(io.Discard, c, 2000)
			_ = c.(*net.TCPConn).SetLinger(0)
			_ = c.Close()
		}
	}()
	settings := "[[printer]]\nname = \"bench-1\"\nurl = \"tcp://" + l.Addr().String() + "\"\nlanguage = \"escpos\"\ndots_per_mm = 8.0\nstatus = \"never\"\nconfirm = \"none\"\npaper = \"76x130\"\n"
	conf, err := config.Parse(filepath.Join(t.TempDir(), "miandan.toml"), []byte(settings))
	if err != nil {
		t.Fatal(err)
	}
	j, err := DrawCard(conf.Printers[0], api.TestCard, time.Date(2026, 11, 29, 10, 30, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	if printed, err := PrintCard(t.Context(), conf.Printers[0], j); notice.CodeOf(err) != "card-half" {
		t.Errorf("PrintCard = %+v, %v", printed, err)
	}
}
