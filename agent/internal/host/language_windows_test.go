package host

import (
	"regexp"
	"testing"
)

// The system says in which language it speaks, as a tag.
func TestLanguage(t *testing.T) {
	if got := Language(); !regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]+)*$`).MatchString(got) {
		t.Errorf("Windows speaks %q", got)
	}
}
