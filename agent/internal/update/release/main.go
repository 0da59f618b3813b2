// Command release signs the list of a release's installers:
//
//	go run ./agent/internal/update/release -key FILE -version 1.4.2 -out dist windows/amd64=miandan.msi linux/amd64=miandan.deb
//
// The files lie in the folder of -out, where update.manifest is written. The key
// file holds an Ed25519 seed, 32 bytes in base64; -new makes one, for its owner
// only, and prints the public key that belongs into the program. It is a program
// of its own, since only the release needs it and nobody's PC should have it.
package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"miandan/agent/internal/update/manifest"
)

func main() {
	key := flag.String("key", "", "file with the private key")
	fresh := flag.Bool("new", false, "make the key")
	version := flag.String("version", "", "version, as 1.4.2")
	days := flag.Int("days", 90, "how many days the list holds")
	out := flag.String("out", "dist", "folder with the installers")
	flag.Parse()
	if err := run(*key, *fresh, *version, *days, *out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(keyFile string, fresh bool, version string, days int, out string, files []string) error {
	if fresh {
		return newKey(keyFile)
	}
	text, err := os.ReadFile(keyFile)
	if err != nil {
		return err
	}
	seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return errors.New("the key file does not hold 32 bytes in base64")
	}
	now := time.Now().UTC().Truncate(time.Second)
	m := manifest.Manifest{Version: version, Released: now, Expires: now.AddDate(0, 0, days)}
	for _, arg := range files {
		platform, name, ok := strings.Cut(arg, "=")
		if !ok {
			return fmt.Errorf("%q is not PLATFORM=FILE", arg)
		}
		f, err := describe(filepath.Join(out, name))
		if err != nil {
			return err
		}
		f.Platform, f.Name = platform, name
		m.Files = append(m.Files, f)
	}
	b, err := manifest.Sign(m, ed25519.NewKeyFromSeed(seed))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, manifest.FileName), b, 0o644)
}

func describe(path string) (f manifest.File, err error) {
	r, err := os.Open(path)
	if err != nil {
		return f, err
	}
	defer r.Close()
	h := sha256.New()
	f.Size, err = io.Copy(h, r)
	f.SHA256 = hex.EncodeToString(h.Sum(nil))
	return f, err
}

func newKey(path string) error {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, base64.StdEncoding.EncodeToString(private.Seed()))
	fmt.Println(base64.StdEncoding.EncodeToString(public))
	return errors.Join(err, f.Close())
}
