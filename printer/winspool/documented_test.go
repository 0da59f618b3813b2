package winspool

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table of a queue's words anew into ../README.md")

// TestDocumentedBits keeps the README's table of what queues of Windows say.
func TestDocumentedBits(t *testing.T) {
	const file, head, end = "../README.md", "<!-- queues of Windows: generated -->\n", "<!-- end of queues of Windows -->"
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		t.Skip("the program runs without its sources")
	}
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), head)
	got, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no %q … %q", file, head, end)
	}
	want := "\n" + documented() + "\n"
	if got == want {
		return
	}
	if !*update {
		t.Errorf("%s has another table of what queues of Windows say; write it anew: go test ./printer/winspool -run TestDocumentedBits -update", file)
		return
	}
	if err := os.WriteFile(file, []byte(before+head+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// documented is the table in Markdown.
func documented() string {
	var b strings.Builder
	b.WriteString("| Windows says | bit | Miandan reports |\n|---|---|---|\n")
	row := func(s saying, more ...string) {
		var words []string
		if s.means != "" {
			words = append(words, "`"+string(s.means)+"`")
		}
		if words = append(words, more...); words == nil {
			words = []string{"–"}
		}
		fmt.Fprintf(&b, "| `%s` | %#x | %s |\n", s.name, s.bit, strings.Join(words, ", "))
	}
	for _, s := range printerSays {
		row(s)
	}
	for _, s := range attributesSay {
		row(s)
	}
	for _, s := range jobSays {
		switch {
		case s.delivered:
			row(s.saying, "presumed printed")
		case s.begun:
			row(s.saying, "the job has begun")
		case s.bit&(jobDeleting|jobDeleted) != 0:
			row(s.saying, "unknown, once the job is gone")
		default:
			row(s.saying)
		}
	}
	return b.String()
}
