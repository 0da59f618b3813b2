package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"miandan/agent/internal/config"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
)

func TestQueueKeeps(t *testing.T) {
	for code, ask := range map[notice.Code]func(context.Context) (bool, error){
		"":             func(context.Context) (bool, error) { return false, nil },
		"queue-keeps":  func(context.Context) (bool, error) { return true, nil },
		"queue-unread": func(context.Context) (bool, error) { return true, errors.New("off") },
	} {
		got := queueKeeps("bench-1", ask)
		if (got == nil) != (code == "") || got != nil && (notice.CodeOf(got) != code || !strings.Contains(got.Text(notice.English), "bench-1")) {
			t.Errorf("queueKeeps = %v, want %q", got, code)
		}
	}
}

// Each thing that is amiss is said in one sentence in both languages, and none
// of it where nothing is amiss.
func TestSafety(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("what is looked at: Linux's alone")
	}
	data := filepath.Join(t.TempDir(), "data")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(host.MakeFolder(data))
	lock, err := host.TakeLock(data) // this process is the agent
	must(err)
	defer lock.Release()
	pid := fmt.Sprint(os.Getpid())
	write := func(root, name, text string) {
		path := filepath.Join(root, name)
		must(os.MkdirAll(filepath.Dir(path), 0o700))
		must(os.WriteFile(path, []byte(text), 0o600))
	}
	roots := map[bool]string{true: t.TempDir(), false: t.TempDir()}
	for safe, files := range map[bool][5]string{
		true:  {"Filename Type\n/dev/zram0 partition 1\n", "/dev/sda1 / ext4 rw 0 0\n", "Max core file size 0 0 bytes\n", "PreserveJobFiles No\n", "0100007F:0277"},
		false: {"Filename Type\n/dev/sda2 partition 1\n", "nas:/x / nfs4 rw 0 0\n", "Max core file size unlimited unlimited bytes\n", "LogLevel warn\n", "00000000:0277"},
	} {
		root := roots[safe]
		write(root, "proc/swaps", files[0])
		write(root, "proc/self/mounts", files[1])
		write(root, "proc/"+pid+"/limits", files[2])
		write(root, "etc/cups/cupsd.conf", files[3])
		write(root, "proc/"+pid+"/net/tcp", "head\n 0: "+files[4]+" 00000000:0000 0A 0:0 0:0 0 1000 0 11 1\n")
		must(os.MkdirAll(filepath.Join(root, "proc", pid, "fd"), 0o700))
		must(os.Symlink("socket:[11]", filepath.Join(root, "proc", pid, "fd", "3")))
	}
	settings := filepath.Join(t.TempDir(), "miandan.toml")
	must(os.WriteFile(settings, nil, 0o644))
	conf := &config.Config{Printers: []config.Printer{{URL: "cups:///queue"}}}
	for _, l := range []notice.Language{notice.English, notice.Chinese} {
		d := Doctor{Data: data, Config: filepath.Join(data, config.FileName), Language: l}
		for _, f := range d.safety(conf, roots[true]) {
			if f.Verdict != Fine {
				t.Errorf("where nothing is amiss: %s: %s", f.What, f.Says)
			}
		}
		d.Config = settings
		want := map[string]string{"spooler": "PreserveJobFiles No", "files": "chmod", "swap": "/dev/sda2", "data folder": "nfs4", "core dumps": "unlimited", "listens": "0.0.0.0:631"}
		for _, f := range d.safety(conf, roots[false]) {
			if f.Verdict == Fine || !strings.Contains(f.Says, want[f.What]) {
				t.Errorf("%s is said to be %v: %s", f.What, f.Verdict, f.Says)
			}
			delete(want, f.What)
		}
		if len(want) > 0 {
			t.Errorf("nothing is said of %v", want)
		}
	}
	if err := OnlyHere(); err != nil {
		t.Errorf("this process: %v", err)
	}
}
