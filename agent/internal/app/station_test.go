package app

import (
	"os"
	"testing"

	"miandan/agent/internal/api"
	"miandan/agent/internal/config"
	"miandan/agent/internal/ledger"
)

func TestAStationHasAName(t *testing.T) {
	s := station{&App{config: &config.Config{Station: "打包台 3"}}}
	if got := s.called(); got != "打包台 3" {
		t.Errorf("named in the settings, it is called %q", got)
	}
	s.config.Station = ""
	if want, err := os.Hostname(); err != nil || s.called() != want {
		t.Errorf("without a name it is called %q, want %q (%v)", s.called(), want, err)
	}
}

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
