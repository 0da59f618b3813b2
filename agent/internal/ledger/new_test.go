package ledger

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestWhatIsNewWaitsUntilTheDatabaseHasBeenRead(t *testing.T) {
	b := newBench(t)
	b.accept(b.order("1"))
	read := make(chan struct{})
	b.Ledger.sound = read
	if v := b.accept(b.order("1")); v != Same {
		t.Errorf("a known order is %s, want same", v)
	}
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := b.Accept(short, b.order("2"), plan); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a new order did not wait: %v", err)
	}
	d := b.document("3", "7530000000003", "document")
	if _, err := b.AcceptDocument(short, d); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a new document did not wait: %v", err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := b.Accept(t.Context(), b.order("2"), plan)
		done <- err
	}()
	close(read)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
