package config

import (
	"strings"
	"testing"

	"miandan/agent/internal/carrier/component/cainiao"
)

// A printer of a platform's component takes sealed labels and nothing else, and
// no other printer takes those.
func TestPrintComponents(t *testing.T) {
	addresses := []string{"jd-component:///P"}
	for _, d := range cainiao.Dialects() {
		addresses = append(addresses, d.Scheme()+":///P")
	}
	for _, address := range addresses {
		if !printComponent(address) || !queued(address) || checkDevice(address) != nil {
			t.Errorf("%s is no print component", address)
		}
		if checkDevice(strings.Replace(address, "///", "//10.0.0.9/", 1)) == nil {
			t.Errorf("%s on another computer passes", address)
		}
	}
	for _, address := range []string{"cainiao:///P", "cainiao://127.0.0.1/P", "tcp://127.0.0.1:9100", "vip-component:///P"} {
		if printComponent(address) {
			t.Errorf("%s is a print component", address)
		}
		if scheme(address) != "tcp" && checkDevice(address) == nil {
			t.Errorf("%s passes", address)
		}
	}
}
