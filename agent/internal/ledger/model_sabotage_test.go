package ledger

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"miandan/agent/internal/ledger/explore"
)

// sabotage is rules that are broken in one way, and the invariant that must notice:
// a check that finds nothing wrong proves nothing until it has found this.
type sabotage struct {
	broken string
	notice string
	in     rules
}

var sabotages = []sabotage{
	{"what a printer had claimed stays claimed after a crash", i1, little},
	{"data is deleted while the label waits", i1, little},
	{"a purge takes the tombstone", i1, withPurges},

	{"it is tried again after a byte may have left", i2, oneLabel},
	{"what was intended is queued again after a crash", i2, oneLabel},
	{"bytes that left are forgotten", i2, oneLabel},
	{"a person's word is taken with the buffer full", i2, oneLabel},
	{"a printer that keeps its buffer is switched off and on", i2, oneLabel},
	{"of a doubted label one printer is asked", i2, anOldCopy},
	{"a restored copy is believed", i2, anOldCopy},
	{"the same order told again is printed again", i2, oneLabel},
	{"a reprint names nobody", i2, oneLabel},
	{"the number is asked for again after its answer was lost", i2, numbers},

	{"it is confirmed without the device's word", i3, oneLabel},
	{"what a wire took is called confirmed", i3, oneLabel},
	{"any confirmation is taken for this label's", i3, twoParcels},
	{"process IDs come round after a restored copy", i3, anOldCopyReprinted},
	{"shipped is told when a wire took the label", i3, oneLabel},

	{"a printer takes a second label before the first is done", i4, twoParcels},

	{"the same order told again is printed again", i5, oneLabel},
	{"a change is acted on after a byte may have left", i5, numbers},

	{"a deleted order is taken up again", i5, withDeletes},

	{"after a crash what was presumed is unknown", i6, oneLabel},
	{"a reprint names nobody", i6, oneLabel},
	{"the same order told again is printed again", i6, oneLabel},

	{"a purge takes the tombstone", i7, withPurges},
	{"data is deleted while the label waits", i7, withPurges},
	{"unknown labels keep their data for ever", i7, withPurges},

	{"the last label of a batch leaves first", i9, twoParcels},
	{"a sister takes the next parcel before the first has begun", i9, twoParcels},

	{"a person's word is taken with the buffer full", i10, oneLabel},
	{"a printer that keeps its buffer is switched off and on", i10, oneLabel},
	{"of a doubted label one printer is asked", i10, anOldCopy},

	{"what was intended is queued again after a crash", i11, oneLabel},
	{"what a printer had claimed stays claimed after a crash", i11, oneLabel},
}

var oneLabel, twoParcels, numbers, withPurges, withDeletes, anOldCopy = worlds[0].usual, worlds[1].usual, worlds[3].usual, worlds[4].usual, worlds[5].usual, worlds[6].usual

// little is explored whole: what is never reached is not known before.
var little = rules{shape: shape{1}, Numbers: 1, Printers: 1, Crashes: 1, Purges: 1}

// anOldCopyReprinted is a printer that says late what it printed before.
var anOldCopyReprinted = rules{shape: shape{1}, Numbers: 1, Printers: 1, Crashes: 1, Reprints: 1, Copies: 1}

func TestEveryInvariantNoticesSabotage(t *testing.T) {
	for _, c := range sabotages {
		t.Run(c.notice+"/"+c.broken, func(t *testing.T) {
			r := c.in
			r.broken = c.broken
			g, err := explore.Run(r.system(c.notice))
			if err == nil && c.notice == i1 {
				err = g.Eventually(i1, r.settled)
			}
			var v *explore.Violation
			if !errors.As(err, &v) || v.Promise != c.notice {
				t.Fatalf("nobody noticed: %v, after %d states", err, len(g.States))
			}
			t.Logf("after %d states: %s\n  %s", len(g.States), v.What, strings.Join(v.Trace, "\n  "))
		})
	}
	for _, name := range []string{i1, i2, i3, i4, i5, i6, i7, i9, i10, i11} {
		if !slices.ContainsFunc(sabotages, func(c sabotage) bool { return c.notice == name }) {
			t.Errorf("%s has never noticed anything", name)
		}
	}
}
