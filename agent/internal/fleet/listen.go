package fleet

import (
	"context"
	"time"
)

// Listen returns a channel that has something in it after labels have come to wait.
// Several wakings may be one. It is closed when ctx ends. While the connection is
// gone it says nothing and comes back by itself, with one waking for what was missed:
// a bench therefore also looks by a tick of its own.
func (d *DB) Listen(ctx context.Context) <-chan struct{} {
	wake := make(chan struct{}, 1)
	go func() {
		defer close(wake)
		for pause := 100 * time.Millisecond; ctx.Err() == nil; pause = min(2*pause, 5*time.Second) {
			if d.listen(ctx, wake) {
				pause = 100 * time.Millisecond
			}
			select {
			case <-ctx.Done():
			case <-time.After(pause):
			}
		}
	}()
	return wake
}

// listen wakes until the connection is lost; it reports whether there was one.
func (d *DB) listen(ctx context.Context, wake chan<- struct{}) bool {
	c, err := d.pool.Acquire(ctx)
	if err != nil {
		return false
	}
	conn := c.Hijack() // a connection that listens must not go back among the others
	defer func() {
		closing, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = conn.Close(closing)
	}()
	if _, err := conn.Exec(ctx, `LISTEN miandan_work`); err != nil {
		return false
	}
	for {
		select {
		case wake <- struct{}{}:
		default:
		}
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return true
		}
	}
}
