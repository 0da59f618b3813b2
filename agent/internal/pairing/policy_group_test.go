package pairing

import (
	"errors"
	"maps"
	"testing"

	"miandan/agent/internal/notice"
)

func TestGroupPolicy(t *testing.T) {
	file := Policy{Ask: true, Path: "policy.toml", Origins: []Rule{{"https://erp.example.com", true}, {"https://old.example.com", true}}}
	no := false
	p, err := file.with(groupPolicy{ask: &no, allowed: []string{"https://shop.example.com"}, blocked: []string{"https://old.example.com"}})
	if err != nil {
		t.Fatal(err)
	}
	if p.Ask {
		t.Error("people are asked")
	}
	for origin, want := range map[Origin][2]bool{
		"https://erp.example.com":  {true, true},
		"https://shop.example.com": {true, true},
		"https://old.example.com":  {false, true},
		"https://else.example.com": {false, false},
	} {
		if allow, known := p.rule(origin); allow != want[0] || known != want[1] {
			t.Errorf("%s: allowed %v, known %v", origin, allow, known)
		}
	}
	if p, err := (Policy{Ask: true}).with(groupPolicy{}); err != nil || !p.Ask || p.Path != "" {
		t.Errorf("nothing laid down: %+v, %v", p, err)
	}
	file.Settings = map[string]any{"print": map[string]any{"auto": true, "fresh": "30s"}}
	p, err = file.with(groupPolicy{settings: map[string]string{"print.auto": "false", "privacy.reveals_per_hour.packer": "5"}})
	if err != nil {
		t.Fatal(err)
	}
	if pins, err := p.Pins(); err != nil || !maps.Equal(pins, map[string]string{"print.auto": "false", "print.fresh": "30s", "privacy.reveals_per_hour.packer": "5"}) {
		t.Errorf("laid down are %v, %v", pins, err)
	}
	var wrong *notice.Error
	if p, err := file.with(groupPolicy{allowed: []string{"https://erp.example.com/path"}}); !errors.As(err, &wrong) || p.Ask || len(p.Origins) > 0 {
		t.Errorf("an origin that is none: %+v, %v", p, err)
	}
}
