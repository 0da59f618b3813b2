package sto_test

import (
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/sto/stosim"
)

func TestSimulated(t *testing.T) {
	settings, secrets := stosim.Settings()
	carriertest.RunSimulated(t, carriertest.Simulated{
		New:     func(base, prefix string) carrier.Issuer { return issuer(base, prefix, settings, secrets) },
		Sim:     func(*testing.T) carriertest.Simulator { return stosim.New(stosim.Config{}) },
		Private: []string{secrets["secret_key"], secrets["site_password"]},
		Cannot: map[string]string{
			carriertest.Parcels:    oneParcel,
			carriertest.Documents:  "STO has no public call for a finished label",
			carriertest.Busy:       "how STO says that there are too many calls is not public",
			carriertest.Permission: "how STO says that an interface is not open is not public",
			carriertest.Late:       "STO draws no labels",
		},
	})
}
