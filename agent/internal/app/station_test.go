package app

import (
	"testing"

	"miandan/agent/internal/api"
	"miandan/agent/internal/ledger"
)

func TestAChangedOrderWaitsForAPerson(t *testing.T) {
	for _, test := range []struct {
		order ledger.OrderState
		label ledger.LabelState
		want  api.State
	}{
		{ledger.Changed, ledger.Superseded, api.NumberUnknown},
		{ledger.Accepted, ledger.Superseded, api.Cancelled}, // the label of the number before
		{ledger.Cancelled, ledger.Dropped, api.Cancelled},
		{ledger.Changed, ledger.Confirmed, api.Done},
	} {
		if got, _ := seen(ledger.Row{OrderState: test.order, Label: test.label}); got != test.want {
			t.Errorf("order %s with label %s shows as %s, want %s", test.order, test.label, got, test.want)
		}
	}
}
