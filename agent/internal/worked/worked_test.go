package worked

import (
	"crypto/sha256"
	"testing"
	"time"
)

func TestWorkCountsAndWaitingDoesNot(t *testing.T) {
	before := Here()
	time.Sleep(300 * time.Millisecond)
	waited := Here() - before
	sum := sha256.Sum256(nil)
	for end := time.Now().Add(time.Minute); Here()-before-waited < 100*time.Millisecond; sum = sha256.Sum256(sum[:]) {
		if time.Now().After(end) {
			t.Fatalf("a minute of work counts as %v", Here()-before-waited)
		}
	}
	if waited > 200*time.Millisecond {
		t.Errorf("300 ms of waiting count as %v", waited)
	}
}
