package pairing

import (
	"maps"
	"os/exec"
	"slices"
	"testing"

	"golang.org/x/sys/windows/registry"
)

// TestRegistry reads what reg.exe has written as Group Policy writes it, below a
// key that means nothing.
func TestRegistry(t *testing.T) {
	const path = `Software\MiandanTest\Policies`
	if g, err := readPolicyAt(registry.CURRENT_USER, path); err != nil || g.ask != nil || len(g.settings) > 0 {
		t.Fatalf("no key: %+v, %v", g, err)
	}
	reg := func(args ...string) {
		t.Helper()
		if out, err := exec.Command("reg.exe", args...).CombinedOutput(); err != nil {
			t.Fatalf("reg %v: %v %s", args, err, out)
		}
	}
	defer exec.Command("reg.exe", "delete", `HKCU\Software\MiandanTest`, "/f").Run()
	add := func(key, name, kind, value string) {
		reg("add", `HKCU\`+path+key, "/v", name, "/t", kind, "/d", value, "/f")
	}
	add("", "Ask", "REG_DWORD", "0")
	add(`\AllowedOrigins`, "1", "REG_SZ", "https://erp.example.com")
	add(`\AllowedOrigins`, "2", "REG_SZ", "https://shop.example.com")
	add(`\BlockedOrigins`, "1", "REG_SZ", "https://old.example.com")
	add(`\Settings`, "print.auto", "REG_SZ", "false")
	add(`\Settings`, "privacy.purge_after", "REG_SZ", "12h")
	add(`\Settings`, "privacy.reveals_per_hour.packer", "REG_DWORD", "5")
	g, err := readPolicyAt(registry.CURRENT_USER, path)
	if err != nil {
		t.Fatal(err)
	}
	if g.ask == nil || *g.ask {
		t.Error("people are asked")
	}
	if !slices.Equal(g.allowed, []string{"https://erp.example.com", "https://shop.example.com"}) || !slices.Equal(g.blocked, []string{"https://old.example.com"}) {
		t.Errorf("allowed are %q, blocked %q", g.allowed, g.blocked)
	}
	if want := map[string]string{"print.auto": "false", "privacy.purge_after": "12h", "privacy.reveals_per_hour.packer": "5"}; !maps.Equal(g.settings, want) {
		t.Errorf("settings are %v, want %v", g.settings, want)
	}
}
