package ledger

import (
	"flag"
	"testing"
	"time"

	"miandan/agent/internal/ledger/explore"
)

var modelSize = flag.String("model", "", "full: explore larger worlds, and walk further through them")

// worlds are bounded so that each brings out another side. In the larger ones,
// with -model=full, they meet.
var worlds = []struct {
	name   string
	usual  rules
	larger rules
}{
	{"one label, two printers, crashes",
		rules{shape: shape{1}, Numbers: 1, Printers: 2, Crashes: 2, Reprints: 1, Answers: 1, Troubles: 1},
		rules{shape: shape{1}, Numbers: 1, Printers: 2, Crashes: 2, Reprints: 1, Answers: 1, Troubles: 2}},
	{"two parcels, two printers",
		rules{shape: shape{2}, Numbers: 1, Printers: 2, Crashes: 1, Silent: true},
		rules{shape: shape{2}, Numbers: 1, Printers: 2, Crashes: 1, Troubles: 1}},
	{"two parcels, a printer that names them",
		rules{shape: shape{2}, Numbers: 1, Printers: 1, Crashes: 1, Tandem: true, Silent: true},
		rules{shape: shape{2}, Numbers: 1, Printers: 2, Crashes: 1, Troubles: 1, Tandem: true, Silent: true}},
	{"numbers, lost answers, a fickle buyer",
		rules{shape: shape{1}, Numbers: 2, Printers: 1, Crashes: 1, Changes: 2, Losses: 1},
		rules{shape: shape{1}, Numbers: 2, Printers: 1, Crashes: 2, Changes: 3, Losses: 2, Answers: 1}},
	{"purges",
		rules{shape: shape{1}, Numbers: 2, Printers: 1, Changes: 1, Losses: 1, Purges: 1, Answers: 1},
		rules{shape: shape{1}, Numbers: 2, Printers: 1, Changes: 2, Losses: 1, Purges: 2, Answers: 1}},
	{"a person wants to be forgotten",
		rules{shape: shape{1}, Numbers: 1, Printers: 1, Crashes: 1, Changes: 1, Losses: 1, Deletes: 1, Answers: 1, Reprints: 1, Silent: true},
		rules{shape: shape{1}, Numbers: 2, Printers: 1, Crashes: 1, Changes: 1, Losses: 1, Deletes: 1, Purges: 1, Answers: 1}},
	{"an old copy is put back",
		rules{shape: shape{1}, Numbers: 1, Printers: 2, Crashes: 1, Copies: 1, Answers: 1},
		rules{shape: shape{1}, Numbers: 2, Printers: 2, Crashes: 2, Copies: 1, Answers: 1, Losses: 1, Troubles: 1}},
}

func TestModelHolds(t *testing.T) {
	for _, c := range worlds {
		t.Run(c.name, func(t *testing.T) {
			r := c.usual
			if *modelSize == "full" {
				r = c.larger
			}
			began := time.Now()
			g, err := explore.Run(r.system(""))
			if err != nil {
				t.Fatal(err)
			}
			if err := g.Eventually(i1, r.settled); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d states, %d edges, depth %d, in %v", len(g.States), g.Edges, g.Depth, time.Since(began).Round(time.Millisecond))
		})
	}
}
