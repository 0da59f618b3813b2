package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strings"
)

// Compiling a statement takes SQLite longer than running most of ours: those that
// move a label compile their triggers with them. A quarter of what a click cost
// went there. So each connection keeps its statements compiled, by their text, and
// the rest of the program writes SQL where it is used and need not know.

// mostKept is how many statements a connection keeps.
const mostKept = 200

// keeper opens connections that keep their statements.
type keeper struct {
	driver driver.Driver
	dsn    string
}

// openKept is sql.Open with them.
func openKept(dsn string) (*sql.DB, error) {
	plain, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	defer plain.Close()
	return sql.OpenDB(keeper{plain.Driver(), dsn}), nil
}

func (k keeper) Driver() driver.Driver { return k.driver }

func (k keeper) Connect(context.Context) (driver.Conn, error) {
	c, err := k.driver.Open(k.dsn)
	if err != nil {
		return nil, err
	}
	return &keptConn{fullConn: c.(fullConn), kept: map[string]fullStmt{}}, nil
}

// fullConn and fullStmt are what the driver's own are, but for the short ways in
// which they compile a statement for one use.
type fullConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type fullStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

type keptConn struct {
	fullConn
	kept map[string]fullStmt // those that nobody uses at the moment
}

func (c *keptConn) Prepare(query string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), query)
}

func (c *keptConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if s, ok := c.kept[query]; ok {
		delete(c.kept, query)
		return &keptStmt{fullStmt: s, conn: c, text: query}, nil
	}
	s, err := c.fullConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &keptStmt{fullStmt: s.(fullStmt), conn: c, text: query}, nil
}

func (c *keptConn) Close() error {
	for text, s := range c.kept {
		s.Close() // the connection's own end says what went wrong
		delete(c.kept, text)
	}
	return c.fullConn.Close()
}

// keptStmt is a statement in use.
type keptStmt struct {
	fullStmt
	conn   *keptConn
	text   string
	failed bool
}

func (s *keptStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	r, err := s.fullStmt.ExecContext(ctx, args)
	s.failed = s.failed || err != nil
	return r, err
}

func (s *keptStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	r, err := s.fullStmt.QueryContext(ctx, args)
	s.failed = s.failed || err != nil
	return r, err
}

// Close gives it back. One that failed, a script and a PRAGMA, which may act as it
// is compiled, begin anew.
func (s *keptStmt) Close() error {
	_, twice := s.conn.kept[s.text]
	if s.failed || twice || len(s.conn.kept) >= mostKept || strings.Contains(s.text, ";") || strings.HasPrefix(s.text, "PRAGMA") {
		return s.fullStmt.Close()
	}
	s.conn.kept[s.text] = s.fullStmt
	return nil
}
