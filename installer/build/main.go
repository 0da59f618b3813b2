// Command build makes the program for every system from one tree:
//
//	go run ./installer/build -out dist
//
// The binaries are the same bytes wherever they are built: no cgo, no paths, no
// build ID. SHA256SUMS lists them. Installers for Windows and Linux are made of
// these files.
package main

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// target is a system and processor that the program is made for.
type target struct{ os, arch string }

var targets = []target{
	{"windows", "amd64"}, {"windows", "arm64"}, {"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "arm64"}, {"darwin", "amd64"},
}

func main() {
	out := flag.String("out", "dist", "folder to build into")
	only := flag.String("only", "", "one target, as windows/amd64")
	flag.Parse()
	if err := build(*out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func build(out, only string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	var sums strings.Builder
	for _, t := range targets {
		if only != "" && only != t.os+"/"+t.arch {
			continue
		}
		name := "miandan-" + t.os + "-" + t.arch
		if t.os == "windows" {
			name += ".exe"
		}
		path := filepath.Join(out, name)
		if err := compile(t, path); err != nil {
			return fmt.Errorf("%s/%s: %w", t.os, t.arch, err)
		}
		sum, err := digest(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%s  %s\n", sum, name)
	}
	if sums.Len() == 0 {
		return fmt.Errorf("no target %q", only)
	}
	return os.WriteFile(filepath.Join(out, "SHA256SUMS"), []byte(sums.String()), 0o644)
}

func compile(t target, path string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", path, "./agent")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+t.os, "GOARCH="+t.arch)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

func digest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}
