package app_test

import (
	"testing"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/practice"
	"miandan/templates/scene"
)

// TestEveryLanguage prints through each printer language, from the settings file
// to the dots on the simulated paper, and asks what the labels are proved by.
func TestEveryLanguage(t *testing.T) {
	for language, proof := range map[string]string{"escpos": "process-id", "tspl": "status", "zpl": "odometer", "cpcl": "status"} {
		t.Run(language, func(t *testing.T) {
			s := openWorld(t, practice.Config{Orders: 2, Language: language}, nil)
			rows := s.until(t, "both labels are out", func(rows []ledger.Row) bool { return len(rows) == 2 && all(ledger.Confirmed)(rows) })
			for _, r := range rows {
				want, _, err := s.Station.Picture(t.Context(), r.LabelID, scene.DPI203)
				if err != nil {
					t.Fatal(err)
				}
				found := 0
				for _, p := range s.world.Printer.Prints() {
					if p.Image.Equal(want) {
						found++
					}
				}
				if found != 1 || r.LastEvidence.Method != proof {
					t.Errorf("order %s: %d labels with its dots, confirmed by %s, want by %s", r.Order.ID, found, r.LastEvidence.Method, proof)
				}
			}
		})
	}
}
