// Package macos makes an archive for macOS: the program, and what starts it at
// log-in. Nobody has run it there: it is built, and no more is known.
package macos

import (
	"archive/tar"
	"compress/gzip"
	"embed"
	"io"
	"os"
	"time"
)

//go:embed README.txt cn.miandan.agent.plist
var embedded embed.FS

// Archive writes a .tar.gz of the program at a path.
func Archive(version, program, license string, at time.Time, w io.Writer) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	t := tar.NewWriter(z)
	add := func(name string, mode int64, b []byte, err error) error {
		if err != nil {
			return err
		}
		h := &tar.Header{Typeflag: tar.TypeReg, Name: "miandan-" + version + "/" + name, Mode: mode, Size: int64(len(b)), ModTime: at, Format: tar.FormatUSTAR}
		if err := t.WriteHeader(h); err != nil {
			return err
		}
		_, err = t.Write(b)
		return err
	}
	b, err := os.ReadFile(program)
	if err := add("miandan", 0o755, b, err); err != nil {
		return err
	}
	b, err = os.ReadFile(license)
	if err := add("LICENSE", 0o644, b, err); err != nil {
		return err
	}
	for _, name := range []string{"README.txt", "cn.miandan.agent.plist"} {
		b, err := embedded.ReadFile(name)
		if err := add(name, 0o644, b, err); err != nil {
			return err
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	return z.Close()
}
