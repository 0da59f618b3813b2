// Package fleettest runs real PostgreSQL servers for tests.
//
// What a fleet promises depends on what PostgreSQL does with a commit, a lock, a
// lost connection and a standby, so nothing stands in for it. A test that only
// needs a database takes New: one server for the whole test binary, a database for
// each test. A test that stops, pauses or fails over takes Start.
//
//	func TestMain(m *testing.M) { fleettest.Main(m) }
//
//	db := fleettest.New(t)              // a fleet's empty database, initialised
//	a := db.Join(t, fleet.Station{Name: "bench-1"})
//
//	s := fleettest.Start(t)             // a server of its own
//	standby := s.Standby(t, true)       // synchronous
//	s.Stop(t, fleettest.Immediate)      // as a power cut
//	standby.Promote(t)
//
// Servers write to disk as in earnest (fsync on) and ask everybody for a password.
// Without PostgreSQL on the machine tests are skipped by name; with MIANDAN_CI=1
// they fail. On Linux a server dies with the test binary.
package fleettest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/secret"
)

var shared struct {
	sync.Mutex
	server *Server
}

// Main is a TestMain that stops what New has started and removes its files.
func Main(m *testing.M) {
	code := m.Run()
	if s := shared.server; s != nil {
		s.stop(Immediate)
		_ = os.RemoveAll(s.dir)
	}
	os.Exit(code)
}

// binEnv names the folder of another PostgreSQL's programs, to test with its version.
const binEnv = "MIANDAN_TEST_POSTGRES"

// bin returns the folder of PostgreSQL's programs, the newest of several.
func bin(t testing.TB) string {
	t.Helper()
	if os.Getenv("MIANDAN_ON_WINE") != "" {
		t.Skip("needs postgresql of Windows, and Wine has this machine's")
	}
	if dir := os.Getenv(binEnv); dir != "" {
		return dir
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		if p, err := exec.LookPath("postgres"); err == nil {
			found = []string{p}
		}
	}
	if len(found) == 0 {
		if os.Getenv("MIANDAN_CI") == "1" {
			t.Fatal("postgresql is not installed")
		}
		t.Skip("needs postgresql")
	}
	return filepath.Dir(slices.Max(found))
}

var databases atomic.Int64

// Database is one fleet's database.
type Database struct {
	Server *Server
	Name   string

	mu   sync.Mutex
	conn *pgx.Conn
}

// New returns a database that is initialised, on the server that the tests of this
// binary share.
func New(t testing.TB) *Database {
	t.Helper()
	return common(t).Database(t)
}

// common is the server that the tests of this binary share.
func common(t testing.TB) *Server {
	t.Helper()
	shared.Lock()
	defer shared.Unlock() // of a test that is skipped here too
	if shared.server == nil {
		shared.server = start(t)
	}
	return shared.server
}

// template is what each database begins as: to copy one is quicker than to make it.
const template = "fleet_template"

// Database makes and initialises another database on the server.
func (s *Server) Database(t testing.TB) *Database {
	t.Helper()
	s.once.Do(func() {
		d := &Database{Server: s, Name: template}
		s.SQL(t, "postgres", `CREATE DATABASE `+template)
		d.init(t)
		s.SQL(t, "postgres", `ALTER DATABASE `+template+` IS_TEMPLATE true ALLOW_CONNECTIONS false`)
	})
	d := s.Empty(t, ` TEMPLATE `+template)
	d.init(t) // rights on a database are not copied
	return d
}

func (d *Database) init(t testing.TB) {
	t.Helper()
	d.Admin(t, func(ctx context.Context, a *fleet.Admin) error { return a.Init(ctx) })
}

// Empty makes a database in which nothing is. What follows its name may say how.
func (s *Server) Empty(t testing.TB, how ...string) *Database {
	t.Helper()
	d := &Database{Server: s, Name: fmt.Sprintf("fleet%d", databases.Add(1))}
	s.SQL(t, "postgres", `CREATE DATABASE `+d.Name+strings.Join(how, " "))
	return d
}

// DSN names the database without user and password, as a station's settings do.
// Given more servers, it names all of them, as where a standby may take over.
func (d *Database) DSN(more ...*Server) string {
	hosts := d.Server.address()
	for _, s := range more {
		hosts += "," + s.address()
	}
	return "postgres://" + hosts + "/" + d.Name + "?sslmode=disable"
}

// AdminDSN is the superuser's.
func (d *Database) AdminDSN() secret.Token {
	return secret.New(strings.Replace(d.DSN(), "postgres://", "postgres://postgres:"+d.Server.password+"@", 1))
}

// Admin does something as the keeper of the database.
func (d *Database) Admin(t testing.TB, do func(context.Context, *fleet.Admin) error) {
	t.Helper()
	a, err := fleet.OpenAdmin(t.Context(), d.AdminDSN())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close(context.WithoutCancel(t.Context()))
	if err := do(t.Context(), a); err != nil {
		t.Fatal(err)
	}
}

// Exec runs a statement as the superuser and returns its error.
func (d *Database) Exec(t testing.TB, statement string, args ...any) error {
	t.Helper()
	return d.ask(t, func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, statement, args...)
		return err
	})
}

// SQL runs statements as the superuser, each in a transaction of its own.
func (d *Database) SQL(t testing.TB, statements ...string) {
	t.Helper()
	for _, q := range statements {
		if err := d.Exec(t, q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}

// ask keeps one connection for the test's own questions, as long as it lives.
func (d *Database) ask(t testing.TB, do func(context.Context, *pgx.Conn) error) error {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
	defer cancel()
	if d.conn == nil || d.conn.IsClosed() || d.conn.Ping(ctx) != nil {
		c, err := d.Server.connect(ctx, d.Name)
		if err != nil {
			return err
		}
		if d.conn == nil {
			t.Cleanup(func() { _ = d.conn.Close(context.Background()) })
		}
		d.conn = c
	}
	return do(ctx, d.conn)
}

// Ask gives the rows of a question to the database to each, one at a time.
func (d *Database) Ask(t testing.TB, each func(pgx.Rows) error, question string, args ...any) error {
	t.Helper()
	return d.ask(t, func(ctx context.Context, c *pgx.Conn) error {
		rows, err := c.Query(ctx, question, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := each(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// Member is a station that has joined.
type Member struct {
	*fleet.DB
	Config fleet.Config // to open it once more
}

// Join invites a station and joins as it.
func (d *Database) Join(t testing.TB, s fleet.Station) *Member {
	t.Helper()
	var code fleet.Code
	d.Admin(t, func(ctx context.Context, a *fleet.Admin) (err error) {
		code, err = a.Invite(ctx, s)
		return err
	})
	key, err := fleet.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	c := fleet.Config{DSN: d.DSN(), Password: secret.New("password of " + s.Name), Station: s.Name, Key: key}
	if _, err := fleet.Join(t.Context(), c.DSN, code, c.Password, key.Public()); err != nil {
		t.Fatal(err)
	}
	return Open(t, c)
}

// Open opens the way of a station that has joined.
func Open(t testing.TB, c fleet.Config) *Member {
	t.Helper()
	db, err := fleet.Open(context.WithoutCancel(t.Context()), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return &Member{db, c}
}

// Setting changes one of the fleet's settings, "dead_after".
func (d *Database) Setting(t testing.TB, name, value string) {
	t.Helper()
	d.SQL(t, fmt.Sprintf(`UPDATE miandan.settings SET value = '%s' WHERE name = '%s'`, value, name))
}

// Value returns the one value that a question to the database has, as text.
func (d *Database) Value(t testing.TB, question string, args ...any) string {
	t.Helper()
	var v *string
	err := d.ask(t, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, `SELECT (`+question+`)::text`, args...).Scan(&v)
	})
	if err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	if v == nil {
		return ""
	}
	return *v
}
