package zto_test

import (
	"maps"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/zto/ztosim"
)

// one is why ZTO is asked for one parcel only.
const one = "ZTO's orders have one number"

// TestConformsSimulated puts an account of each kind before the simulator.
func TestConformsSimulated(t *testing.T) {
	_, secrets := ztosim.Settings()
	for name, test := range map[string]struct {
		settings map[string]string
		config   ztosim.Config
		cannot   map[string]string
	}{
		"full-network": {nil, ztosim.Config{}, map[string]string{
			carriertest.Cancel: "numbers of 全网件 are not taken back", carriertest.Fast: "they never are"}},
		"by appointment, the same number again": {map[string]string{"order_type": "2", "query_own_number": "false", "same_number_again": "true"}, ztosim.Config{Unfound: true}, nil},
		"neither": {map[string]string{"query_own_number": "false", "same_number_again": "false"}, ztosim.Config{SecondNumber: true, Unfound: true}, map[string]string{
			carriertest.Again: "this simulator gives a second number", carriertest.Find: "the settings name no way",
			carriertest.Cancel: "numbers of 全网件 are not taken back", carriertest.Fast: "they never are"}},
	} {
		t.Run(name, func(t *testing.T) {
			cannot := map[string]string{
				carriertest.Parcels: one, carriertest.Documents: "ZTO pushes labels to an address that this program has not", carriertest.Late: "it draws none"}
			maps.Copy(cannot, test.cannot)
			carriertest.RunSimulated(t, carriertest.Simulated{
				New:     func(base, prefix string) carrier.Issuer { return issuer(t, base, prefix, test.settings) },
				Sim:     func(*testing.T) carriertest.Simulator { return ztosim.New(test.config) },
				Private: []string{secrets["app_secret"], secrets["account_password"]},
				Cannot:  cannot,
			})
		})
	}
}
