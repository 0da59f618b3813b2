package app_test

import (
	"errors"
	"strings"
	"testing"

	"miandan/agent/internal/api"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/privacy"
)

// TestWhoSeesHowMany has packers see three receivers an hour, through a restart,
// and lists of more than two orders take an administrator.
func TestWhoSeesHowMany(t *testing.T) {
	const id = "312045870118"
	s := open(t, 9, func(c string) string {
		c = strings.Replace(strings.Replace(c, "auto = true", "auto = false", 1), "[privacy]\n", "", 1)
		return c + "\n[privacy]\nexport_most = 2\n\n[privacy.reveals_per_hour]\npacker = 3\n"
	})
	s.until(t, "nine orders wait", func(rows []ledger.Row) bool { return len(rows) == 9 })
	click := func(r api.Role) (api.Revealed, error) {
		return s.Operator().(api.Discloser).Reveal(t.Context(), api.Reveal{Order: id, Who: "page:甲", Role: r})
	}
	for range 3 {
		if v, err := click(api.Packer); err != nil || v.Call == nil || v.Life == nil || v.Life.Code != "number-while-open-until" {
			t.Fatalf("a click: %+v, %v", v, err)
		}
	}
	s.stop()
	s.start(t)
	for _, role := range []api.Role{api.Packer, ""} {
		v, err := click(role)
		if notice.CodeOf(err) != "reveal-limit" || !errors.Is(err, api.ErrConflict) || v.Name != "" || v.Call != nil {
			t.Errorf("the fourth click of %q: %+v, %v; want reveal-limit", role, v, err)
		}
	}
	if !s.heard("reveal-alarm") {
		t.Error("nobody is told")
	}
	for _, role := range []api.Role{api.Lead, api.Admin} {
		if v, err := click(role); err != nil || v.Name == "" {
			t.Errorf("a click of %s: %v", role, err)
		}
	}

	list := func(e api.Export) (int, error) {
		all, err := s.Operator().(api.Discloser).Export(t.Context(), e)
		return len(all), err
	}
	if n, err := list(api.Export{Form: privacy.Masked, Role: api.Lead}); notice.CodeOf(err) != "export-too-many" || n != 0 {
		t.Errorf("a lead's long list: %d orders, %v", n, err)
	}
	if s.heard("export-bulk") {
		t.Error("a list that was refused is told of")
	}
	if n, err := list(api.Export{Form: privacy.Masked, Role: api.Admin}); err != nil || n < 3 || !s.heard("export-bulk") {
		t.Errorf("an administrator's: %d orders, %v", n, err)
	}
	if _, err := list(api.Export{Form: privacy.WithVirtual, Role: api.Admin}); notice.CodeOf(err) != privacy.NoticePackage {
		t.Errorf("virtual numbers without the package: %v", err)
	}
}
