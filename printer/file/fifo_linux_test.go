package file_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"miandan/printer/file"
	"miandan/printer/transport/transporttest"
)

func TestDeviceThatWaits(t *testing.T) {
	transporttest.Run(t, transporttest.Way{Open: func(t *testing.T) transporttest.Line {
		path := filepath.Join(t.TempDir(), "fifo")
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		device, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := file.Transport{Path: path}.Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return transporttest.Line{Conn: conn, Device: device}
	}})
}
