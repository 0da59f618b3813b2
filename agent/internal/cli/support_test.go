package cli_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/app"
	"miandan/agent/internal/cli"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/logging"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
)

// people are the invented ones of the practice world, and what else must stay
// here: whole numbers, secrets, names of their orders.
var people = regexp.MustCompile(`1380000|17000000000|演示|冯一二|王五测|赵六测|3120458700|JDVC0|73000[0-9]{5}|TESTSECRET|f{16}`)

func support(t *testing.T, w *practice.World) map[string]string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bundle.zip")
	var out, errs bytes.Buffer
	env := cli.Environment{In: strings.NewReader(""), Out: &out, Err: &errs, Getenv: func(string) string { return "" }}
	if status := cli.Main([]string{"support", "-o", file, "--data", w.Data, "--config", w.Config}, env); status != 0 || !strings.Contains(out.String(), file) {
		t.Fatalf("status %d: %s%s", status, &out, &errs)
	}
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	found := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		found[f.Name] = string(b)
		for line := range strings.Lines(string(b)) {
			if people.MatchString(line) {
				t.Errorf("%s holds %s", f.Name, line)
			}
		}
		if bytes.Contains(b, []byte("SQLite format")) {
			t.Errorf("%s is the database", f.Name)
		}
	}
	return found
}

func has(t *testing.T, bundle map[string]string, when string, want map[string]string) {
	t.Helper()
	for name, text := range want {
		if !strings.Contains(bundle[name], text) {
			t.Errorf("%s: %s does not say %q:\n%s", when, name, text, bundle[name])
		}
	}
}

// A bundle can be had while the agent runs, when it does not, and when the
// settings or the database are broken; nobody is in it.
func TestSupport(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(seal.KeysEnv, filepath.Join(dir, "keys"))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w, err := practice.Open(filepath.Join(dir, "world"), practice.Config{Orders: 3})
	must(err)
	defer w.Close()
	must(practice.PutSecrets(w.Data))
	a, err := app.Open(t.Context(), app.Options{Data: w.Data, Config: w.Config, Listen: "127.0.0.1:0", Say: func(*notice.Error) {}})
	must(err)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		rows, err := a.Ledger.Rows(t.Context(), ledger.Filter{})
		must(err)
		printed := 0
		for _, r := range rows {
			if r.Label == ledger.Confirmed {
				printed++
			}
		}
		if printed == 3 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of 3 printed", printed)
		}
	}
	whole := map[string]string{
		"about.json": `"process"`, "settings.toml": "••", "doctor.json": `"settings"`, "queue.json": `"confirmed"`, "printers.json": `"answers": true`,
		"timings.json": `"labels": 3`, "audit.json": "unbroken since", "database.json": `"quick_check(5)": "ok"`, "logs/agent.log": "print", "README.txt": "nobody's name",
	}
	whole["logs/agent.log"] = "msg=label"
	has(t, support(t, w), "while it runs", whole)
	stop()
	must(<-done)
	must(a.Close())

	log, err := os.OpenFile(filepath.Join(w.Data, "logs", logging.FileName), os.O_APPEND|os.O_WRONLY, 0)
	must(err)
	_, err = log.WriteString("level=ERROR msg=planted tel=13800001234 waybill=JDVC00040816327-1-1 order=312045870013\n")
	must(err)
	must(log.Close())
	whole["logs/agent.log"] = "tel=138••••1234 waybill=••••6327-1-1 order=••••0013"
	whole["about.json"], whole["audit.json"] = `"version"`, `"stopped": 1`
	has(t, support(t, w), "when it does not run", whole)

	good, err := os.ReadFile(w.Config)
	must(err)
	must(os.WriteFile(w.Config, append([]byte("prints = 13800000001 [[\n"), good...), 0o600))
	has(t, support(t, w), "broken settings", map[string]string{"settings.toml.error.txt": "line 1", "queue.json": `"confirmed"`, "doctor.json": `"ok": false`, "audit.json": "unbroken since"})
	must(os.WriteFile(w.Config, good, 0o600))

	database := filepath.Join(w.Data, store.FileName)
	must(os.WriteFile(database, bytes.Repeat([]byte("damaged "), 1000), 0o600))
	has(t, support(t, w), "a damaged database", map[string]string{"queue.json.error.txt": "damaged", "audit.json.error.txt": "damaged", "database.json": "damaged", "settings.toml": "••"})
	must(os.Remove(database))
	has(t, support(t, w), "no database", map[string]string{"queue.json.error.txt": "no database", "settings.toml": "••"})
	must(os.RemoveAll(filepath.Join(w.Data, "logs")))
	must(os.RemoveAll(filepath.Join(dir, "keys")))
	has(t, support(t, w), "nothing left", map[string]string{"logs/agent.log.error.txt": "", "about.json": `"version"`})
}
