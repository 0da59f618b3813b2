package jtexpress_test

import (
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/jtexpress/jtsim"
)

func TestSimulated(t *testing.T) {
	carriertest.RunSimulated(t, carriertest.Simulated{
		New:     func(base, prefix string) carrier.Issuer { return practice(t, base, prefix) },
		Sim:     func(*testing.T) carriertest.Simulator { return jtsim.New(jtsim.Config{}) },
		Private: []string{jtsim.DefaultPrivateKey, jtsim.DefaultPassword},
		Cannot: map[string]string{
			carriertest.Parcels: "nothing public says under which numbers the other pieces of an order travel",
			carriertest.Receipt: "the interface has no field for it",
			carriertest.Busy:    "no code for it is public",
			carriertest.Stock:   "J&T is paid by the month, its numbers are not bought",
		},
	})
}
