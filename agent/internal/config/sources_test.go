package config

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
)

// The names of the sources that are no folders are taken, and routes may ask for
// them.
func TestNamesOfSources(t *testing.T) {
	for name, want := range map[string]notice.Code{"erp": "", "folder": "", "jd": "config-value", "api": "config-value", "Shop": "config-value"} {
		text := strings.Replace(good, "[privacy]", fmt.Sprintf("[[folder]]\nname = %q\npath = '%s'\n[privacy]", name, os.TempDir()), 1)
		_, err := Parse("miandan.toml", []byte(text))
		if (err != nil) != (want != "") || err != nil && (notice.CodeOf(err) != want || !strings.Contains(err.Error(), "folder.name")) {
			t.Errorf("a folder called %s: %v, want %q", name, err, want)
		}
	}
	for _, name := range []string{"api", "jd"} {
		text := strings.Replace(good, "[[route]]", fmt.Sprintf("[[route]]\nwhen = { source = %q }\ncarrier = \"jd-express\"\n\n[[route]]", name), 1)
		c, err := Parse("miandan.toml", []byte(text))
		if err != nil {
			t.Errorf("a route for %s: %v", name, err)
			continue
		}
		if got, ok := c.Carrier(order.Order{Key: order.Key{Source: name}}); !ok || got != "jd-express" {
			t.Errorf("an order of %s goes by %s", name, got)
		}
	}
}
