package fleet_test

import (
	"testing"

	"miandan/agent/internal/fleet"
)

// FuzzCode types what is no joining code, and codes in every way.
func FuzzCode(f *testing.F) {
	f.Add("")
	f.Add("bench-1:ABCDE-FGHJK-MNPQR-STVWX")
	f.Add("bench-1:abcde fghjk mnpqr stvwx")
	f.Fuzz(func(t *testing.T, typed string) {
		c, err := fleet.ParseCode(typed)
		if err != nil {
			return
		}
		again, err := fleet.ParseCode(c.Reveal())
		if err != nil || again.Reveal() != c.Reveal() {
			t.Errorf("a code is read otherwise the second time: %v", err)
		}
	})
}
