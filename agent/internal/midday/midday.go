// Package midday keeps the tests of a package away from midnight: what was printed
// today is still today's at the end of a test, and no rule's hour begins in the middle
// of one, whenever the tests are run.
package midday

import (
	"fmt"
	"os"
	"time"
	_ "time/tzdata" // a computer without zones has none in which it is noon
)

// Zone names a time zone in which it is between noon and one o'clock.
func Zone(now time.Time) string { return fmt.Sprintf("Etc/GMT%+d", now.UTC().Hour()-12) }

// Stay moves this process, and those that it starts, to such a zone. It is called by
// TestMain, before anybody else looks at a clock.
func Stay() {
	name := Zone(time.Now())
	zone, err := time.LoadLocation(name)
	if err == nil {
		err = os.Setenv("TZ", name)
	}
	if err != nil {
		panic(err)
	}
	time.Local = zone
}
