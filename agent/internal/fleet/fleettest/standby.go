package fleettest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Standby makes a server that follows s. A synchronous one must have each commit of
// s before s answers; an asynchronous one may be behind.
func (s *Server) Standby(t testing.TB, synchronous bool) *Server {
	t.Helper()
	b := &Server{bin: s.bin, password: s.password, primary: s, listen: s.listen}
	b.takePort(t)
	b.folder(t)
	t.Cleanup(b.remove)
	b.name = fmt.Sprintf("standby%d", b.port)
	b.program(t, "pg_basebackup", "-D", b.data(), "-R", "-X", "stream", "-c", "fast", "--no-sync",
		"-d", fmt.Sprintf("host=127.0.0.1 port=%d user=postgres application_name=%s", s.port, b.name))
	// -R wrote how to reach the primary, without a password; it takes it from here.
	b.configure(t, "primary_conninfo", fmt.Sprintf("host=127.0.0.1 port=%d user=postgres password=%s application_name=%s", s.port, s.password, b.name))
	b.Up(t)
	b.await(t, s, `SELECT count(*) = 1 FROM pg_stat_replication WHERE application_name = '`+b.name+`' AND state = 'streaming'`)
	if synchronous {
		s.Synchronous(t, b)
	}
	return b
}

// Synchronous makes the commits of s wait for a standby of its; nil is for none.
func (s *Server) Synchronous(t testing.TB, b *Server) {
	t.Helper()
	if b == nil {
		s.SQL(t, "postgres", `ALTER SYSTEM SET synchronous_standby_names = ''`, `SELECT pg_reload_conf()`)
		return
	}
	s.SQL(t, "postgres", `ALTER SYSTEM SET synchronous_standby_names = '`+b.name+`'`, `SELECT pg_reload_conf()`)
	b.await(t, s, `SELECT count(*) = 1 FROM pg_stat_replication WHERE application_name = '`+b.name+`' AND sync_state = 'sync'`)
}

// FallBehind has an asynchronous standby take in what its primary has committed until
// now, and nothing of what comes after. Pause does not do that: what is sent to a
// standby that is frozen waits in the sockets, and is taken in before it is promoted.
func (s *Server) FallBehind(t testing.TB) {
	t.Helper()
	conn, err := s.primary.connect(t.Context(), "postgres")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	var until string
	if err := conn.QueryRow(t.Context(), `SELECT pg_current_wal_lsn()::text`).Scan(&until); err != nil {
		t.Fatal(err)
	}
	s.await(t, s, `SELECT pg_last_wal_replay_lsn() >= '`+until+`'`)
	s.SQL(t, "postgres", `ALTER SYSTEM SET primary_conninfo = ''`, `SELECT pg_reload_conf()`)
	s.await(t, s, `SELECT count(*) = 0 FROM pg_stat_wal_receiver`)
}

// Promote makes a standby a primary. The old one must have been stopped: two
// primaries are what a cluster's manager has to prevent.
func (s *Server) Promote(t testing.TB) {
	t.Helper()
	s.SQL(t, "postgres", `SELECT pg_promote(true, 120)`)
	s.await(t, s, `SELECT NOT pg_is_in_recovery()`)
	s.primary = nil
}

// await waits until a question to a server is answered with true.
func (s *Server) await(t testing.TB, of *Server, question string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		conn, err := of.connect(ctx, "postgres")
		if err != nil {
			continue
		}
		var yes bool
		err = conn.QueryRow(ctx, question).Scan(&yes)
		_ = conn.Close(ctx)
		if err == nil && yes {
			return
		}
	}
	t.Fatalf("never true: %s", question)
}

// configure writes a setting into the files of a server that does not run yet.
func (s *Server) configure(t testing.TB, name, value string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(s.data(), "postgresql.auto.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := fmt.Fprintf(f, "%s = '%s'\n", name, value); err != nil {
		t.Fatal(err)
	}
}
