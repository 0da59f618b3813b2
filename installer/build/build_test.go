package main

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/installer/windows"
)

var twice = flag.Bool("twice", false, "make the real packages of a system twice and compare, which takes some minutes")

// program is a small one for Windows; what is done with it is what is done with
// the real one.
func program(t *testing.T, dir string) string {
	t.Helper()
	r := release{root: "../.."}
	exe := filepath.Join(dir, "miandanw.exe")
	if err := r.compile(context.Background(), target{"windows", "amd64"}, "./installer/windows/miandanw", exe, "-s -w -buildid= -H windowsgui"); err != nil {
		t.Fatal(err)
	}
	if err := windows.AddResources(exe, windows.About{Version: "1.2.3", Description: "x", File: "miandanw.exe"}); err != nil {
		t.Fatal(err)
	}
	return exe
}

// TestSign signs with a certificate of an authority of its own, and has both a
// changed byte and an unknown authority found out.
func TestSign(t *testing.T) {
	for _, name := range []string{"openssl", "osslsigncode"} {
		needs(t, name)
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	openssl := func(args ...string) {
		t.Helper()
		if out, err := exec.Command("openssl", args...).CombinedOutput(); err != nil {
			t.Fatalf("openssl %v: %v\n%s", args, err, out)
		}
	}
	if err := os.WriteFile(at("password"), []byte("example"), 0o600); err != nil {
		t.Fatal(err)
	}
	openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", at("key.pem"), "-out", at("cert.pem"), "-days", "2",
		"-subj", "/CN=Example", "-addext", "extendedKeyUsage=codeSigning")
	openssl("pkcs12", "-export", "-inkey", at("key.pem"), "-in", at("cert.pem"), "-out", at("cert.p12"), "-passout", "file:"+at("password"))
	openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", at("other.pem"), "-out", at("others.pem"), "-days", "2", "-subj", "/CN=Other")

	exe := program(t, dir)
	s := signing{certificate: at("cert.p12"), password: at("password"), authority: at("cert.pem")}
	if err := s.file(t.Context(), exe); err != nil {
		t.Fatal(err)
	}
	verify := func() error { return osslsigncode(t.Context(), "verify", "-in", exe, "-CAfile", at("cert.pem")) }
	if err := verify(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(exe, b, 0o755); err != nil {
		t.Fatal(err)
	}
	if verify() == nil {
		t.Error("a changed program is taken")
	}
	again := program(t, dir)
	s.authority = at("others.pem")
	if s.file(t.Context(), again) == nil {
		t.Error("a signature of an unknown authority is taken")
	}
}

// TestBill reads the bill of a program back.
func TestBill(t *testing.T) {
	needs(t, "go")
	dir := t.TempDir()
	if err := os.Rename(program(t, dir), filepath.Join(dir, "miandan-windows-amd64.exe")); err != nil {
		t.Fatal(err)
	}
	r := release{out: dir, version: "1.2.3", time: time.Unix(1700000000, 0).UTC()}
	if err := r.writeBill(filepath.Join(dir, "bill.json"), []string{"miandan-windows-amd64.exe", "x.msi"}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "bill.json"))
	if err != nil {
		t.Fatal(err)
	}
	var b bill
	if err := json.Unmarshal(text, &b); err != nil {
		t.Fatal(err)
	}
	found := map[string]component{}
	for _, c := range b.Components {
		found[c.Name] = c
	}
	if c := found["golang.org/x/sys"]; c.Version == "" || !strings.HasPrefix(c.PURL, "pkg:golang/golang.org/x/sys@v") || len(c.Properties) == 0 {
		t.Errorf("a module that is in it: %+v", c)
	}
	if c := found["miandan-windows-amd64.exe"]; len(c.Hashes) != 1 || len(c.Hashes[0].Content) != 64 {
		t.Errorf("the program: %+v", c)
	}
	if _, ok := found["modernc.org/sqlite"]; ok {
		t.Error("a module that is not in it stands there")
	}
}

// TestTwice makes the packages for Linux and Windows twice, the second time in
// another folder and with nothing kept from the first, and compares.
func TestTwice(t *testing.T) {
	if !*twice {
		t.Skip("not asked for by -twice")
	}
	needs(t, "wixl")
	sums := func(cache string) string {
		out := t.TempDir()
		for _, only := range []string{"linux/amd64", "windows/amd64"} {
			cmd := exec.Command("go", "run", "./installer/build", "-version", "1.2.3", "-only", only, "-out", filepath.Join(out, filepath.Base(only), only))
			cmd.Dir = "../.."
			cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH=1700000000")
			if cache != "" {
				cmd.Env = append(cmd.Env, "GOCACHE="+cache)
			}
			if said, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
		}
		var all strings.Builder
		lists, _ := filepath.Glob(filepath.Join(out, "*/*/*/SHA256SUMS"))
		for _, list := range lists {
			b, err := os.ReadFile(list)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(b)
		}
		return all.String()
	}
	first, second := sums(""), sums(t.TempDir())
	if first == "" || first != second {
		t.Errorf("two builds differ:\n%s\n%s", first, second)
	}
}

func needs(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err == nil {
		return
	}
	if os.Getenv("MIANDAN_CI") == "1" {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
}
