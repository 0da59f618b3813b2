// Command build makes what IT deploys, of one version:
//
//	go run ./installer/build -version 1.2.3
//
// leaves in dist the MSI for Windows, .deb packages, archives for macOS that
// nobody has tried, the policy templates, an SBOM, and SHA256SUMS over all of it.
// wixl and msitools make the MSI, osslsigncode signs; -binaries makes the programs
// alone and needs nothing but Go.
//
// The programs are the same bytes wherever and however often they are built: no
// cgo, no paths, no build ID, no time but SOURCE_DATE_EPOCH, which is that of the
// commit if it is not set. So whoever doubts a release builds it and compares.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// updates is what the programs are told of their updates.
type updates struct {
	keys string // public, in base64 with commas between them, as release -new prints them
	from string // where they are if the settings do not say: an https address, a folder or a share
}

// release is what is to be made.
type release struct {
	version  string
	out      string // folder
	root     string // of the module
	binaries bool   // and nothing else
	only     string // one target, as windows/amd64
	updates  updates
	sign     signing
	time     time.Time // of every file in a package
}

func main() {
	var r release
	flag.StringVar(&r.version, "version", "0.0.1", "version, three numbers")
	flag.StringVar(&r.out, "out", "dist", "folder to build into")
	flag.StringVar(&r.only, "only", "", "one target, as windows/amd64")
	flag.BoolVar(&r.binaries, "binaries", false, "make the programs and no packages")
	flag.StringVar(&r.updates.keys, "update-keys", "", "public keys that sign updates, in base64 with commas between them; none: the programs take no updates")
	flag.StringVar(&r.updates.from, "update-from", "", "where updates are if the settings do not say: an https address, a folder or a share")
	flag.StringVar(&r.sign.certificate, "certificate", "", "PKCS #12 file with certificate and key to sign what is for Windows; its password is read from the file that -password names")
	flag.StringVar(&r.sign.password, "password", "", "file with the certificate's password")
	flag.StringVar(&r.sign.timestamp, "timestamp", "", "address of a time-stamp server (RFC 3161)")
	flag.StringVar(&r.sign.authority, "authority", "", "PEM file of the authorities that the signature is verified against after signing")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := r.prepare(ctx)
	if err == nil {
		err = r.make(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func (r *release) prepare(ctx context.Context) error {
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "miandan").Output()
	if err != nil {
		return fmt.Errorf("where the module is: %w", err)
	}
	r.root = strings.TrimSpace(string(root))
	if r.out, err = filepath.Abs(r.out); err != nil {
		return err
	}
	epoch := os.Getenv("SOURCE_DATE_EPOCH")
	if epoch == "" {
		out, err := exec.CommandContext(ctx, "git", "-C", r.root, "log", "-1", "--format=%ct").Output()
		if err != nil {
			return errors.New("set SOURCE_DATE_EPOCH: the time of the commit is not known")
		}
		epoch = strings.TrimSpace(string(out))
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	r.time = time.Unix(seconds, 0).UTC()
	return os.MkdirAll(r.out, 0o755)
}
