package folder

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"miandan/agent/internal/platform"
)

// cursor is the mark that a station's files carry, and the files that the
// ledger has with it. A file's name may name somebody and a cursor lies in the
// clear, so it holds what we added to the name and nothing of the name.
type cursor struct {
	mark  string // eight hexadecimal digits; empty before the first call
	taken []stamp
}

// stamp is a file in taking/ as it was read. One of which more was written since
// has another size or time, and is read again.
type stamp struct {
	id    string // what was added to its name
	size  int64
	nanos int64 // its time of change
}

var (
	wholeMark = regexp.MustCompile(`^[0-9a-f]{8}$`)
	wholeID   = `\d{8}-\d{6}-[0-9a-f]{8}-[0-9a-f]{8}`
	// A name in taking/, done/ and failed/: orders.20261123-180000-1a2b3c4d-5e6f7a8b.csv
	marked = regexp.MustCompile(`(?i)^.*\.(` + wholeID + `)\.[a-z]+$`)
)

func (c cursor) text() platform.Cursor {
	parts := []string{c.mark}
	for _, t := range c.taken {
		parts = append(parts, fmt.Sprintf("%s:%d:%d", t.id, t.size, t.nanos))
	}
	return platform.Cursor(strings.Join(parts, " "))
}

// readCursor reads a cursor. What is not one of ours is as good as none.
func readCursor(p platform.Cursor) cursor {
	parts := strings.Fields(string(p))
	if len(parts) == 0 || !wholeMark.MatchString(parts[0]) {
		return cursor{}
	}
	c := cursor{mark: parts[0]}
	for _, part := range parts[1:] {
		var t stamp
		id, rest, _ := strings.Cut(part, ":")
		if _, err := fmt.Sscanf(rest, "%d:%d", &t.size, &t.nanos); err == nil {
			t.id = id
			c.taken = append(c.taken, t)
		}
	}
	return c
}

// newID returns what is added to the name of a file that is taken: when, by
// whom, and chance, so that no two are ever called the same.
func newID(now time.Time, mark string) string {
	return now.In(beijing).Format("20060102-150405") + "-" + mark + "-" + newMark()
}

// takenAt returns when a file was taken, and by whose mark.
func takenAt(id string) (at time.Time, mark string) {
	if len(id) != len("20060102-150405-1a2b3c4d-5e6f7a8b") {
		return time.Time{}, ""
	}
	at, _ = time.ParseInLocation("20060102-150405", id[:15], beijing)
	return at, id[16:24]
}

// beijing is the time of every date in a file that does not say another. China
// keeps no summer time.
var beijing = time.FixedZone("CST", 8*60*60)
