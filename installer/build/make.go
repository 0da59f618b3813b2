package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"miandan/installer/linux"
	"miandan/installer/macos"
	"miandan/installer/windows"
)

// target is a system and processor that the program is made for.
type target struct{ os, arch string }

var targets = []target{
	{"windows", "amd64"}, {"windows", "arm64"}, {"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "arm64"}, {"darwin", "amd64"},
}

func (t target) String() string { return t.os + "/" + t.arch }

// program is the file name of the program of a target.
func (t target) program() string {
	name := "miandan-" + t.os + "-" + t.arch
	if t.os == "windows" {
		name += ".exe"
	}
	return name
}

func (r *release) make(ctx context.Context) error {
	var made []string // in out
	for _, t := range targets {
		if r.only != "" && r.only != t.String() {
			continue
		}
		files, err := r.target(ctx, t)
		if err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
		made = append(made, files...)
	}
	if len(made) == 0 {
		return fmt.Errorf("no target %q", r.only)
	}
	if strings.ContainsAny(r.updates.keys+r.updates.from, " '\"\t\n") {
		return errors.New("what stands in -update-keys and -update-from has no spaces and no quotation marks")
	}
	policy, err := windows.WritePolicy(r.out)
	if err != nil {
		return err
	}
	bill := "miandan-" + r.version + ".cdx.json"
	if err := r.writeBill(filepath.Join(r.out, bill), made); err != nil {
		return err
	}
	return r.sums(append(append(made, policy...), bill))
}

// target makes the program for one system and its packages, and returns their
// names.
func (r *release) target(ctx context.Context, t target) ([]string, error) {
	program := filepath.Join(r.out, t.program())
	err := r.compile(ctx, t, "./agent", program, "-s -w -buildid= "+r.stamps())
	if err != nil {
		return nil, err
	}
	made := []string{t.program()}
	if t.os == "windows" {
		if err := r.finish(ctx, program, "面单 Miandan", "miandan.exe"); err != nil {
			return nil, err
		}
	}
	if r.binaries {
		return made, nil
	}
	switch {
	case t == target{"windows", "amd64"}:
		name := "miandan-" + r.version + "-x64.msi"
		return append(made, name), r.msi(ctx, t, program, filepath.Join(r.out, name))
	case t.os == "linux":
		name := "miandan_" + r.version + "_" + t.arch + ".deb"
		p := linux.Package{Version: r.version, Arch: t.arch, Program: program, License: r.license(), Time: r.time}
		return append(made, name), r.write(name, func(w io.Writer) error { return linux.Deb(p, w) })
	case t.os == "darwin":
		name := "miandan-" + r.version + "-macos-" + t.arch + "-untested.tar.gz"
		return append(made, name), r.write(name, func(w io.Writer) error {
			return macos.Archive(r.version, program, r.license(), r.time, w)
		})
	}
	return made, nil
}

// stamps are what a program is told at its making.
func (r *release) stamps() string {
	const update = " -X miandan/agent/internal/update."
	flags := "-X miandan/agent/internal/cli.release=" + r.version
	if r.updates.keys != "" {
		flags += update + "builtKeys=" + r.updates.keys
	}
	if r.updates.from != "" {
		flags += update + "builtFrom=" + r.updates.from
	}
	return flags
}

func (r *release) license() string { return filepath.Join(r.root, "LICENSE") }

func (r *release) compile(ctx context.Context, t target, pkg, path, ldflags string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags="+ldflags, "-o", path, pkg)
	cmd.Dir = r.root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+t.os, "GOARCH="+t.arch, "GOFLAGS=", "GOAMD64=", "GOARM64=")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// finish gives a program for Windows its resources and its signature.
func (r *release) finish(ctx context.Context, program, description, file string) error {
	if err := windows.AddResources(program, windows.About{Version: r.version, Description: description, File: file}); err != nil {
		return err
	}
	return r.sign.file(ctx, program)
}

func (r *release) msi(ctx context.Context, t target, program, out string) error {
	work, err := os.MkdirTemp("", "payload")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	windowed := filepath.Join(work, "miandanw.exe")
	if err := r.compile(ctx, t, "./installer/windows/miandanw", windowed, "-s -w -buildid= -H windowsgui"); err != nil {
		return err
	}
	if err := r.finish(ctx, windowed, "面单 Miandan", "miandanw.exe"); err != nil {
		return err
	}
	for from, to := range map[string]string{program: "miandan.exe", r.license(): "LICENSE.txt"} {
		b, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(work, to), b, 0o644); err != nil {
			return err
		}
	}
	if err := windows.MSI(windows.Package{Version: r.version, Folder: work, Time: r.time}, out); err != nil {
		return err
	}
	return r.sign.file(ctx, out)
}

func (r *release) write(name string, f func(io.Writer) error) error {
	file, err := os.Create(filepath.Join(r.out, name))
	if err != nil {
		return err
	}
	defer file.Close()
	if err := f(file); err != nil {
		return err
	}
	return file.Close()
}

// sums writes SHA256SUMS, which sha256sum -c reads.
func (r *release) sums(names []string) error {
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		sum, err := digest(filepath.Join(r.out, name))
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s  %s\n", sum, name)
	}
	return os.WriteFile(filepath.Join(r.out, "SHA256SUMS"), []byte(b.String()), 0o644)
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
