// Package kinds is the list of carriers with whom a merchant may have a contract
// of its own. It is a value made in one place: nothing registers itself, and
// whoever wants to know what this program can do reads it here.
package kinds

import (
	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/deppon"
	"miandan/agent/internal/carrier/jtexpress"
	"miandan/agent/internal/carrier/kuaidi100"
	"miandan/agent/internal/carrier/sf"
	"miandan/agent/internal/carrier/sto"
	"miandan/agent/internal/carrier/yto"
	"miandan/agent/internal/carrier/yunda"
	"miandan/agent/internal/carrier/zto"
)

// All returns the kinds: carriers, and at the end who speaks for many of them.
func All() []carrier.Kind {
	return []carrier.Kind{
		sf.Kind(),
		zto.Kind(),
		yto.Kind(),
		sto.Kind(),
		yunda.Kind(),
		jtexpress.Kind(),
		deppon.Kind(),
		kuaidi100.Kind(),
	}
}

// Of returns the kind of a name, or false.
func Of(name string) (carrier.Kind, bool) {
	for _, k := range All() {
		if k.Name == name {
			return k, true
		}
	}
	return carrier.Kind{}, false
}
