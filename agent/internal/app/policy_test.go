package app_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"miandan/agent/internal/api"
	"miandan/agent/internal/app"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/pairing"
)

// TestPolicyLaysSettingsDown has an administrator lay settings down: they hold in
// place of the file's, are shown as laid down, and nobody at the station changes
// them; all else can be changed as before.
func TestPolicyLaysSettingsDown(t *testing.T) {
	policy := filepath.Join(t.TempDir(), "policy.toml")
	lay := func(text string) {
		t.Helper()
		if err := os.WriteFile(policy, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv(pairing.PolicyEnv, policy)
	lay("[settings]\nprint.warn_ahead = \"2h\"\n[settings.privacy]\nexport_most = 7\n")
	s := open(t, 0, nil)
	u := s.Upkeep()
	setting := func(name string) api.Setting {
		t.Helper()
		list, err := u.Settings(t.Context(), notice.English)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(list, func(s api.Setting) bool { return s.Name == name })
		if i < 0 {
			t.Fatalf("there is no %s", name)
		}
		return list[i]
	}
	if v := setting("print.warn_ahead"); !v.Pinned || v.Value != `"2h"` {
		t.Errorf("laid down: %+v", v)
	}
	if v := setting("privacy.export_most"); !v.Pinned || v.Value != "7" {
		t.Errorf("laid down: %+v", v)
	}
	if v := setting("print.auto"); v.Pinned {
		t.Errorf("not laid down: %+v", v)
	}
	before, err := os.ReadFile(s.world.Config)
	if err != nil {
		t.Fatal(err)
	}
	if err := u.SetSetting(t.Context(), "print.warn_ahead", "9h", "page"); notice.CodeOf(err) != "setting-pinned" {
		t.Errorf("what is laid down is changed: %v", err)
	}
	if after, err := os.ReadFile(s.world.Config); err != nil || string(after) != string(before) {
		t.Errorf("the file has changed: %v", err)
	}
	if err := u.SetSetting(t.Context(), "print.fresh", "40s", "page"); err != nil || setting("print.fresh").Value != `"40s"` {
		t.Errorf("what is not laid down: %v", err)
	}
	c, err := app.Settings(s.world.Config)
	if err != nil || c.Print.WarnAhead.Hours() != 2 || c.Privacy.ExportMost != 7 || c.Print.Fresh.Seconds() != 40 {
		t.Errorf("what holds: %v", err)
	}
	lay("[settings]\nprint.colour = \"red\"\n")
	if _, err := app.Settings(s.world.Config); notice.CodeOf(err) != "policy-setting" {
		t.Errorf("a setting that there is not: %v", err)
	}
	lay("\ufeff[settings]\r\nprint.fresh = \"9s\"\r\n") // as Windows' editor writes it
	if c, err := app.Settings(s.world.Config); err != nil || c.Print.Fresh.Seconds() != 9 {
		t.Errorf("a policy of Windows' editor: %v", err)
	}
	if at, err := app.CheckPolicy(); err != nil || at != policy {
		t.Errorf("a policy that is right: %q, %v", at, err)
	}
	lay("[settings]\njd.order_states = [\"a\"]\n") // no single value: the policy is broken, and lets nobody in
	if _, err := pairing.ReadPolicy(policy); notice.CodeOf(err) != "policy-broken" {
		t.Errorf("a list is laid down: %v", err)
	}
	found, err := u.Examine(t.Context(), notice.English)
	if i := slices.IndexFunc(found, func(f api.Finding) bool { return f.What == "policy" }); err != nil || i < 0 || found[i].Verdict != app.Wrong {
		t.Errorf("the doctor does not say that the policy is broken: %+v, %v", found, err)
	}
}
