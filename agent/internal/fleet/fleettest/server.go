package fleettest

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Mode is how a server stops.
type Mode string

const (
	Fast      Mode = "fast"      // connections are cut, everything is written
	Immediate Mode = "immediate" // as in a power cut of the server's program
)

// patience is generous: tests fail for what is wrong and not for a busy machine.
const patience = 2 * time.Minute

// Server is a running PostgreSQL.
type Server struct {
	dir      string
	bin      string
	port     int
	letGo    func() // of the port
	listen   string // an address besides loopback; empty for none
	password string
	primary  *Server // of a standby
	name     string  // a standby's, as its primary sees it
	pid      int
	gone     chan struct{}
	ran      bool
	once     sync.Once // the template is made
}

// Start returns a server of the test's own.
func Start(t testing.TB) *Server {
	t.Helper()
	s := start(t)
	t.Cleanup(s.remove)
	return s
}

func (s *Server) remove() {
	s.stop(Immediate)
	_ = os.RemoveAll(s.dir)
	if s.letGo != nil {
		s.letGo()
	}
}

func start(t testing.TB) *Server {
	t.Helper()
	s := &Server{bin: bin(t), password: rand.Text()}
	s.folder(t)
	pw := filepath.Join(s.dir, "pw")
	if err := os.WriteFile(pw, []byte(s.password), 0o600); err != nil {
		t.Fatal(err)
	}
	own(t, pw)
	s.program(t, "initdb", "-D", s.data(), "-U", "postgres", "-A", "scram-sha-256", "--pwfile", pw, "-E", "UTF8", "--locale=C", "--no-sync")
	s.Up(t)
	return s
}

func (s *Server) folder(t testing.TB) {
	dir, err := os.MkdirTemp("", "miandan-pg-")
	if err != nil {
		t.Fatal(err)
	}
	own(t, dir)
	s.dir = dir
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) address() string { return "127.0.0.1:" + strconv.Itoa(s.port) }

// program runs one of PostgreSQL's own, to its end.
func (s *Server) program(t testing.TB, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "PGPASSWORD="+s.password)
	unprivileged(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// Tool runs one of PostgreSQL's programs as the superuser of this server, "pg_dump".
func (s *Server) Tool(t testing.TB, name string, args ...string) {
	t.Helper()
	s.program(t, name, append([]string{"-h", "127.0.0.1", "-p", strconv.Itoa(s.port), "-U", "postgres"}, args...)...)
}

// File returns a path in the server's folder that its programs may write to.
func (s *Server) File(name string) string { return filepath.Join(s.dir, name) }

// Up starts the server, also after Stop: on the same port, with the same files.
func (s *Server) Up(t testing.TB) {
	t.Helper()
	for range 5 {
		if s.port == 0 {
			s.takePort(t)
		}
		if s.up(t) {
			s.ran = true
			return
		}
		if !s.ran && s.name == "" {
			s.letGo()
			s.port = 0 // somebody was faster
		}
		time.Sleep(time.Second)
	}
	log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	t.Fatalf("postgres does not start:\n%s", log)
}

func (s *Server) up(t testing.TB) bool {
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	listen := "127.0.0.1"
	if s.listen != "" {
		listen += "," + s.listen
	}
	cmd := exec.Command(filepath.Join(s.bin, "postgres"), "-D", s.data(), "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses="+listen, "-c", "unix_socket_directories="+s.dir,
		"-c", "max_connections=600", "-c", "shared_buffers=256MB", "-c", "wal_receiver_status_interval=1s")
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, log, log
	unprivileged(cmd)
	gone := make(chan struct{})
	if err := startWithUs(cmd, gone); err != nil {
		t.Fatal(err)
	}
	s.pid, s.gone = cmd.Process.Pid, gone
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		select {
		case <-gone:
			return false
		default:
		}
		if conn, err := s.connect(context.Background(), "postgres"); err == nil {
			_ = conn.Close(context.Background())
			return true
		}
	}
	return false
}

func (s *Server) connect(ctx context.Context, database string) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return pgx.Connect(ctx, fmt.Sprintf("postgres://postgres:%s@%s/%s?sslmode=disable", s.password, s.address(), database))
}

// SQL runs statements as the superuser, each in a transaction of its own.
func (s *Server) SQL(t testing.TB, database string, statements ...string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := s.connect(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, q := range statements {
		if _, err := conn.Exec(ctx, q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}

// Stop stops the server and waits for its end.
func (s *Server) Stop(t testing.TB, m Mode) {
	t.Helper()
	s.Resume()
	if !s.stop(m) {
		t.Fatal("postgres does not stop")
	}
}

// Restart stops the server and starts it.
func (s *Server) Restart(t testing.TB, m Mode) {
	t.Helper()
	s.Stop(t, m)
	s.Up(t)
}

func (s *Server) takePort(t testing.TB) {
	t.Helper()
	port, letGo, err := keepPort()
	if err != nil {
		t.Fatal(err)
	}
	s.port, s.letGo = port, letGo
}

// account is whom a server runs as when the tests run as root, which it refuses.
func account() (uid, gid int, ok bool) {
	if os.Geteuid() != 0 {
		return 0, 0, false
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err == nil && err2 == nil {
			return uid, gid, true
		}
	}
	return 0, 0, false
}

func own(t testing.TB, path string) {
	t.Helper()
	if uid, gid, ok := account(); ok {
		if err := os.Chown(path, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
}
