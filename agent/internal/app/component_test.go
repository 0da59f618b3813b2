package app

import (
	"testing"

	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/carrier/component/cainiao"
	"miandan/agent/internal/config"
)

// Each platform's component has a paper of its own, so that no other platform's
// label goes to it.
func TestOpenComponents(t *testing.T) {
	open := func(address string) (paper string, driver any) {
		p, err := OpenPrinter(config.Printer{Name: "bench 1", URL: address, Language: config.Sealed, Confirm: "none", Paper: config.Paper{Width: 76_000, Height: 130_000}})
		if err != nil || !p.Sealed {
			t.Fatalf("%s: %+v, %v", address, p, err)
		}
		return p.Paper, p.Driver
	}
	if paper, driver := open("jd-component:///P"); paper != "76x130 sealed" || driver != (component.Driver{}) {
		t.Errorf("JD's component: %q, %T", paper, driver)
	}
	for _, d := range cainiao.Dialects() {
		paper, driver := open(d.Scheme() + ":///P")
		if own, ok := driver.(cainiao.Driver); paper != "76x130 sealed "+d.Name || !ok || own.Dialect.Name != d.Name {
			t.Errorf("%s: %q, %T", d.Name, paper, driver)
		}
	}
}
