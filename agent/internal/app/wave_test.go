package app_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/printer/virtual"
)

var waveSpeed = flag.Int("wave", 0, "judge how long the head stands in TestTheHeadDoesNotWait, on a computer that does nothing else, at so many mm/s; a label printer's is 152")

// The settings' 0 s is no patience, and the ledger's zero is what nobody has set.
func TestAWaveWithoutPatience(t *testing.T) {
	s := open(t, 0, func(c string) string { return strings.Replace(c, "[print]", "[print]\nwave_patience = \"0s\"", 1) })
	if p := s.Ledger.WavePatience; p >= 0 {
		t.Errorf("a label waits %v for the one before it", p)
	}
}

// TestTheHeadDoesNotWait prints a wave through the whole station, each label on
// the ledger's disk before its first byte leaves, and measures how long the head
// stands still between two. Once a printer has shown that it names or counts
// what it prints, that is less than anybody hears.
func TestTheHeadDoesNotWait(t *testing.T) {
	const (
		orders = 7
		most   = 20 * time.Millisecond
	)
	speed := 304
	if *waveSpeed > 0 {
		speed = *waveSpeed
	}
	for _, language := range []virtual.Language{virtual.ESCPOS, virtual.ZPL} {
		t.Run(string(language), func(t *testing.T) {
			v, err := virtual.Start(virtual.Config{Language: language, Speed: speed, Buffer: 64 << 10})
			if err != nil {
				t.Fatal(err)
			}
			defer v.Close()
			s := open(t, 0, func(settings string) string {
				i, j := strings.Index(settings, "[[printer]]"), 0
				if i < 0 {
					t.Fatal("the practice settings have no printer")
				}
				if j = strings.Index(settings[i+2:], "\n["); j < 0 {
					j = len(settings) - i - 2
				}
				return settings[:i] + fmt.Sprintf("[[printer]]\nname = \"bench-1\"\nurl = %q\nlanguage = %q\ndots_per_mm = 8\nmedia = \"label\"\npaper = \"76x130\"\n",
					v.URL(), language) + settings[i+2+j:]
			})
			hold := func(on bool) {
				if err := s.Ledger.SetPaused(t.Context(), on, ledger.Person{Who: "tester"}); err != nil {
					t.Fatal(err)
				}
			}
			hold(true) // before there is anything that could print
			for _, o := range jdsim.Demo(orders, time.Now())[:orders] {
				o.Modified = time.Now()
				s.world.Gateway.AddOrder(o)
			}
			labels := len(s.until(t, "all have a number", func(rows []ledger.Row) bool {
				seen := map[string]bool{}
				for _, r := range rows {
					if r.Label != ledger.Queued {
						return false
					}
					seen[r.Order.ID] = true
				}
				return len(seen) == orders
			}))
			hold(false)
			s.until(t, "all on paper", all(ledger.Confirmed))
			prints := v.Prints()
			var stood []time.Duration
			for i := 2; i < len(prints); i++ { // the first shows that it can
				stood = append(stood, virtual.Standing(prints[i-1], prints[i]))
			}
			if len(prints) != labels || len(stood) == 0 {
				t.Fatalf("%d labels on paper; want %d", len(prints), labels)
			}
			slices.Sort(stood)
			t.Logf("between two labels at %d mm/s the head stood %v in the middle, %v at most", speed, stood[len(stood)/2], stood[len(stood)-1])
			if *waveSpeed > 0 && stood[len(stood)/2] > most {
				t.Errorf("want %v at most", most)
			}
		})
	}
}
