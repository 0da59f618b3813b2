package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"miandan/agent/internal/cli"
	"miandan/agent/internal/pairing"
	"miandan/agent/internal/seal"
)

// Sentences come in the language that the settings name, but for MIANDAN_LANG and
// before the system's; config check says what is wrong with the policy too.
func TestWhichLanguageIsSpoken(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(seal.KeysEnv, filepath.Join(dir, "keys"))
	policy := filepath.Join(dir, "policy.toml")
	t.Setenv(pairing.PolicyEnv, policy)
	says := func(env map[string]string, args ...string) (string, int) {
		var out bytes.Buffer
		status := cli.Main(append(args, "--data", dir), cli.Environment{In: strings.NewReader(""), Out: &out, Err: &out, Getenv: func(name string) string { return env[name] }})
		return out.String(), status
	}
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		settings string
		env      map[string]string
		want     string
	}{
		{"", map[string]string{"LANG": "zh_CN.UTF-8"}, "没有运行"},
		{`language = "zh"`, nil, "没有运行"},
		{`language = "zh"`, map[string]string{"LANG": "en_GB.UTF-8"}, "没有运行"},
		{`language = "en"`, map[string]string{"LANG": "zh_CN.UTF-8"}, "not running"},
		{`language = "en"`, map[string]string{"MIANDAN_LANG": "zh"}, "没有运行"},
	} {
		write(filepath.Join(dir, "miandan.toml"), c.settings+"\n")
		if got, _ := says(c.env, "queue"); !strings.Contains(got, c.want) {
			t.Errorf("with %s and %v: %q", c.settings, c.env, got)
		}
	}
	if got, status := says(nil, "config", "check"); status != 0 {
		t.Errorf("settings without a policy: %q", got)
	}
	write(policy, "ask = maybe\n")
	if got, status := says(nil, "config", "check"); status != 1 || !strings.Contains(got, policy) {
		t.Errorf("a policy that is broken: %d %q", status, got)
	}
}

func TestExitStatus(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(seal.KeysEnv, filepath.Join(dir, "keys"))
	for _, test := range []struct {
		args string
		want int
	}{
		{"", 0},
		{"version", 0},
		{"version --json", 0},
		{"config", 0},
		{"printers", 0},
		{"templates list", 0},
		{"queue", 1},         // nobody runs
		{"doctor", 1},        // no settings
		{"doctor --json", 1}, // the same for a program
		{"bogus", 2},
		{"version --bogus", 2},
		{"config bogus", 2},
		{"printers bogus", 2},
		{"templates bogus", 2},
		{"render", 2},
		{"render --template jd-express-76x130 --data label.json", 2},
		{"print", 2},
		{"pause maybe", 2},
		{"resolve 1 maybe", 2},
		{"resolve 1 number", 2},
		{"resolve 1 no-number 75300000000021", 2},
		{"audit", 0},
		{"audit bogus", 2},
		{"audit list --since yesterday", 2},
		{"audit verify", 1}, // nothing was ever done here
		{"delete", 2},
		{"delete 1", 1},
		{"delete 1 --reason asked", 1},
		{"support bogus", 2},
		{"orders", 0},
		{"orders bogus", 2},
		{"orders list", 1},
		{"orders reveal", 2},
		{"orders reveal 1", 1},
		{"orders export", 2},
		{"orders export --form all -o list.csv", 2},
		{"orders export --form none -o list.txt", 2},
		{"orders export --form none -o list.csv --days -1", 2},
		{"orders export --form none -o list.csv", 1},
		{"demo --orders 0", 2},
	} {
		var out, errs bytes.Buffer
		env := cli.Environment{In: strings.NewReader(""), Out: &out, Err: &errs, Getenv: func(string) string { return "" }}
		if got := cli.Main(append(strings.Fields(test.args), "--data", dir), env); got != test.want {
			t.Errorf("miandan %s: status %d, want %d; it said %q", test.args, got, test.want, errs.String())
		}
		if test.want == 2 && errs.Len() == 0 {
			t.Errorf("miandan %s fails in silence", test.args)
		}
	}
}
