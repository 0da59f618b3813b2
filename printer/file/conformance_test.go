package file_test

import (
	"os"
	"path/filepath"
	"testing"

	"miandan/printer/file"
	"miandan/printer/transport/transporttest"
)

// finished is a file that is read once it is whole.
type finished struct {
	path string
	*os.File
}

func (f *finished) Read(b []byte) (int, error) {
	if f.File == nil {
		opened, err := os.Open(f.path)
		if err != nil {
			return 0, err
		}
		f.File = opened
	}
	return f.File.Read(b)
}

func (f *finished) Close() error {
	if f.File == nil {
		return nil
	}
	return f.File.Close()
}

func TestTransport(t *testing.T) {
	transporttest.Run(t, transporttest.Way{Endless: true, Open: func(t *testing.T) transporttest.Line {
		path := filepath.Join(t.TempDir(), "device")
		conn, err := file.Transport{Path: path}.Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return transporttest.Line{Conn: conn, Device: &finished{path: path}}
	}})
}
