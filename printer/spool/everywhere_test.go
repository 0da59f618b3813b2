package spool

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/printer"
	"miandan/printer/spool/spooltest"
)

// labelPaper makes ippeveprinter, which knows offices' paper only, a printer of
// labels.
const labelPaper = `
ATTR keyword media-default om_label_100x150mm
ATTR keyword media-supported om_label_100x150mm
ATTR keyword media-ready om_label_100x150mm
ATTR collection media-size-supported {
 MEMBER integer x-dimension 10000
 MEMBER integer y-dimension 15000
}
ATTR keyword media-col-supported media-size,media-bottom-margin,media-left-margin,media-right-margin,media-top-margin
ATTR mimeMediaType document-format-supported application/pdf
ATTR mimeMediaType document-format-default application/pdf
ATTR keyword print-scaling-supported none,auto
ATTR keyword print-scaling-default auto
ATTR enum orientation-requested-supported 3,4,5,6
`

// asked holds, in the words of ipptool, what a label's job must have been asked for.
const asked = `{
 NAME "the label's job"
 OPERATION Get-Job-Attributes
 GROUP operation-attributes-tag
 ATTR charset attributes-charset utf-8
 ATTR naturalLanguage attributes-natural-language en
 ATTR uri printer-uri $uri
 ATTR integer job-id $job
 ATTR name requesting-user-name $user
 STATUS successful-ok
 EXPECT job-name OF-TYPE name WITH-VALUE "$name"
 EXPECT job-state OF-TYPE enum WITH-VALUE 9
 EXPECT document-format-supplied OF-TYPE mimeMediaType WITH-VALUE "application/pdf"
 EXPECT media-col OF-TYPE collection COUNT 1
 EXPECT print-scaling OF-TYPE keyword WITH-VALUE none
 EXPECT orientation-requested OF-TYPE enum WITH-VALUE 3
}
`

// TestIPPEverywhere prints on another author's IPP printer, and has another
// author's client ask it what it was asked for.
func TestIPPEverywhere(t *testing.T) {
	folder := t.TempDir()
	address := everywhere(t, folder)
	transport := mustOpen(t, &url.URL{Scheme: "cups", Host: address, Path: "/label"})
	transport.uri = "ipp://" + address + "/ipp/print" // it is no server of queues
	for n, r := range []struct {
		mood string
		want printer.Status
	}{
		{"", printer.Status{}},
		{"STATE: +cover-open-warning", printer.StatusOf(printer.CoverOpen)},
		{"STATE: -cover-open-warning\nSTATE: +media-low-warning", printer.StatusOf(printer.MediaLow)},
		{"STATE: -media-low-warning\nSTATE: +media-empty-warning", printer.StatusOf(printer.MediaEmpty)}, // it prints no more
	} {
		if err := os.WriteFile(filepath.Join(folder, "mood"), []byte(r.mood+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		j := label(t, fmt.Sprintf("label-%d", n+1), 100, 150)
		c := begin(t, transport, j)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		got, err := c.Finish(ctx)
		cancel()
		if err != nil || got.Method != "spooler" {
			t.Fatalf("Finish = %+v, %v", got, err)
		}
		if document, err := os.ReadFile(filepath.Join(folder, "document")); err != nil || !bytes.Equal(document, j.PDF) {
			t.Errorf("it printed %d bytes, want the label's %d: %v", len(document), len(j.PDF), err)
		}
		if st, err := transport.Status(t.Context()); err != nil || fmt.Sprint(st) != fmt.Sprint(r.want) {
			t.Errorf("after %q Status = %v, %v, want %v", r.mood, st, err, r.want)
		}
		file := filepath.Join(folder, "asked.test")
		if err := os.WriteFile(file, []byte(asked), 0o600); err != nil {
			t.Fatal(err)
		}
		tool := exec.Command(spooltest.Program(t, "ipptool"), "-tv", "-d", fmt.Sprint("job=", n+1), "-d", "name="+j.Name, transport.uri, file)
		if out, err := tool.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("x-dimension=10000 y-dimension=15000")) {
			t.Errorf("ipptool: %v\n%s", err, out)
		}
	}
}

// everywhere starts ippeveprinter, which prints into the folder's file document
// and says what the file mood says, and returns its address. It does not start
// without somebody to announce it: a bus and an avahi of the test's own, on
// loopback, unless the machine has its own.
func everywhere(t *testing.T, folder string) string {
	t.Helper()
	program := spooltest.Program(t, "ippeveprinter")
	env := os.Environ()
	if _, err := os.Stat("/run/avahi-daemon/socket"); err != nil {
		bus := filepath.Join(folder, "bus")
		write(t, filepath.Join(folder, "bus.conf"), `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=`+bus+`</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/><allow user="*"/></policy></busconfig>`)
		write(t, filepath.Join(folder, "avahi.conf"), "[server]\nuse-ipv6=no\nallow-interfaces=lo\ndisallow-other-stacks=no\n[rlimits]\n")
		env = append(env, "DBUS_SYSTEM_BUS_ADDRESS=unix:path="+bus)
		background(t, env, spooltest.Program(t, "dbus-daemon"), "--config-file="+filepath.Join(folder, "bus.conf"), "--nofork", "--nopidfile")
		await(t, "the bus", func() bool { _, err := os.Stat(bus); return err == nil })
		background(t, env, spooltest.Program(t, "avahi-daemon"), "-f", filepath.Join(folder, "avahi.conf"), "--no-drop-root", "--no-chroot", "--no-rlimits")
		await(t, "avahi", func() bool { _, err := os.Stat("/run/avahi-daemon/socket"); return err == nil })
	}
	write(t, filepath.Join(folder, "label.conf"), labelPaper)
	write(t, filepath.Join(folder, "print"), "#!/bin/sh\ncat "+folder+"/mood >&2\ncp \"$1\" "+folder+"/document\n")
	spool := filepath.Join(folder, "spool")
	for _, err := range []error{os.Chmod(filepath.Join(folder, "print"), 0o700), os.Mkdir(spool, 0o700)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	address := spooltest.FreeAddress(t)
	_, port, _ := strings.Cut(address, ":")
	background(t, env, program, "-n", "localhost", "-p", port, "-a", filepath.Join(folder, "label.conf"), "-d", spool, "-c", filepath.Join(folder, "print"), "label")
	await(t, "ippeveprinter", func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	return address
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func await(t *testing.T, what string, ready func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ready(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// background runs a program until the test ends.
func background(t *testing.T, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = env
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		ended := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
		cmd.Wait()
		ended.Stop()
		if t.Failed() {
			t.Logf("%s said\n%s", filepath.Base(name), said.String()[:min(said.Len(), 4000)])
		}
	})
}
