package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"miandan/agent/internal/notice"
)

// TestPinsHold lays settings down over a file that says something else, and over
// one that says nothing; the file itself stays as it was.
func TestPinsHold(t *testing.T) {
	const first = "station = \"a\"\n"
	path := filepath.Join(t.TempDir(), FileName)
	load := func(file string, pins Pins) (*Config, error) {
		t.Helper()
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := LoadPinned(path, pins)
		if after, readErr := os.ReadFile(path); readErr != nil || string(after) != file {
			t.Errorf("the file is %q now, %v", after, readErr)
		}
		return c, err
	}
	pins := Pins{"print.auto": "false", "print.warn_ahead": `"3h"`, "privacy.reveals_per_hour.packer": "5"}
	for _, rest := range []string{"", "[print]\nauto = true\nfresh = \"30s\"\n", "[print]\r\nwarn_ahead = \"9h\"\r\n[privacy]\r\nhistory = \"100d\"\r\n"} {
		c, err := load(first+rest, pins)
		if err != nil {
			t.Fatalf("%q: %v", rest, err)
		}
		if c.Print.Auto || c.Print.WarnAhead.Hours() != 3 || c.Privacy.Reveals.Packer != 5 {
			t.Errorf("%q: %+v %+v", rest, c.Print, c.Privacy)
		}
		if strings.Contains(rest, "fresh") && c.Print.Fresh.Seconds() != 30 {
			t.Errorf("what nobody has laid down: %v", c.Print.Fresh)
		}
	}
	for name, value := range map[string]string{"print.autto": "true", "print.auto": "maybe", "jd.order_states": "[]", "printer.9.url": "tcp://a:1", "print.warn_ahead": "9d"} {
		_, err := load(first, Pins{name: value})
		var n *notice.Error
		if !errors.As(err, &n) || n.Code != "policy-setting" || !strings.Contains(n.Text(notice.English), name+", and that cannot be: ") || !strings.Contains(n.Text(notice.Chinese), name) {
			t.Errorf("%s = %s: %v", name, value, err)
		}
	}
	if _, err := load(first+"[prnt]\n", pins); notice.CodeOf(err) == "policy-setting" {
		t.Errorf("what is wrong with the file is put down to the policy: %v", err)
	}
}
