package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"miandan/agent/internal/app"
	"miandan/agent/internal/config"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
)

// What CheckJD says of each way when something of it is amiss.
func TestWhatIsAmissAtJD(t *testing.T) {
	replace := func(old, with string) func(string) string {
		return func(c string) string {
			i := strings.LastIndex(c, old)
			return c[:i] + with + c[i+len(old):]
		}
	}
	for _, test := range []struct {
		name   string
		way    practice.Way
		world  func(*practice.World, seal.Keystore) error
		change func(string) string
		what   string
		want   notice.Code
	}{
		{name: "own", way: practice.Own},
		{name: "sealed", way: practice.Sealed},
		{name: "rendered", way: practice.Rendered},
		{"component off", practice.Sealed, func(w *practice.World, _ seal.Keystore) error { return w.Component.Close() }, nil, "jd-express labels", "component-off"},
		{"no such printer", practice.Sealed, nil, replace("HPRT R42D", "OTHER"), "wujie/ZTO labels", "component-no-printer"},
		{"other paper in the component's printer", practice.Sealed, nil, replace(`paper = "76x130"`, `paper = "100x150"`), "jd-express labels", "paper-no-printer"},
		{"other paper", practice.Own, nil, replace(`paper = "76x130"`, `paper = "58x80"`), "wujie/ZTO labels", "paper-no-printer"},
		{"JD Logistics' app", practice.Rendered, nil, replace(`app_key = "`, `app_key = "9`), "jd-express labels", "jdl-app-key"},
		{"JD Logistics' secret", practice.Rendered, func(_ *practice.World, k seal.Keystore) error {
			return seal.SetSecret(k, secret.JDLAppSecret, secret.New("another"))
		}, nil, "jd-express labels", "jdl-signature"},
		{"others are not rendered", practice.Rendered, nil, replace("others = true", "others = false"), "wujie/ZTO labels", "rendered-carrier"},
		{"contract", practice.Own, nil, replace(`"57101"`, `"57999"`), "wujie/ZTO", "contract-missing"},
		{"stock", practice.Own, func(w *practice.World, _ seal.Keystore) error { w.Gateway.SetStock("ZTO", 3); return nil }, nil, "wujie/ZTO", "stock-low"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv(seal.KeysEnv, filepath.Join(dir, "keys"))
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			w, err := practice.Open(filepath.Join(dir, "world"), practice.Config{Orders: 2, Way: test.way})
			must(err)
			defer w.Close()
			must(practice.PutSecrets(w.Data))
			keys, err := seal.OpenKeystore(w.Data)
			must(err)
			if test.world != nil {
				must(test.world(w, keys))
			}
			if test.change != nil {
				b, err := os.ReadFile(w.Config)
				must(err)
				must(os.WriteFile(w.Config, []byte(test.change(string(b))), 0o600))
			}
			c, err := config.Load(w.Config)
			must(err)
			said := map[string]notice.Code{}
			for _, check := range app.CheckJD(t.Context(), c, keys) {
				if check.Err != nil {
					said[check.What] = dispatch.Notice(check.Err).Code
				} else if check.Says[notice.English] == "" || check.Says[notice.Chinese] == "" {
					t.Errorf("%s is well and says nothing", check.What)
				}
			}
			if test.want == "" && len(said) > 0 || said[test.what] != test.want {
				t.Errorf("%v, want %s: %s", said, test.what, test.want)
			}
		})
	}
}
