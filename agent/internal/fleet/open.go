package fleet

import (
	"context"
	"crypto/tls"
	"net"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

// Patience is how long one question to the database may take. A bench prints on
// without the answer sooner than a packer asks what is wrong.
const Patience = 5 * time.Second

// Config says how to reach the fleet.
type Config struct {
	// DSN names the servers and the database, as libpq does. It holds no user and
	// no password: the role is the station's.
	DSN      string
	Password secret.Token
	Station  string
	Key      PrivateKey
	// Memory is what this station kept of the last beat.
	Memory Memory
	// Patience is Patience if zero.
	Patience time.Duration
	// MaxConns is 4 if zero; a platform station's workers need more.
	MaxConns int32
}

// DB is this station's way to the fleet's database. It is safe for use from
// several goroutines.
type DB struct {
	pool     *pgxpool.Pool
	station  string
	key      PrivateKey
	patience time.Duration
	warned   sync.Map // *pgconn.PgConn: a WARNING came with its last answer

	mu     sync.Mutex
	memory Memory
}

// Open returns the way to the database. It does not fail because the database is
// away, only because what c says cannot be used: fleet-dsn, fleet-tls.
func Open(ctx context.Context, c Config) (*DB, error) {
	pc, err := stationConfig(c.DSN)
	if err != nil {
		return nil, err
	}
	pc.ConnConfig.User = RoleOf(pc.ConnConfig.Database, c.Station)
	pc.ConnConfig.Password = c.Password.Reveal()
	pc.MaxConns = 4
	if c.MaxConns > 0 {
		pc.MaxConns = c.MaxConns
	}
	d := &DB{station: c.Station, key: c.Key, patience: c.Patience, memory: c.Memory}
	if d.patience == 0 {
		d.patience = Patience
	}
	pc.ConnConfig.ConnectTimeout = d.patience
	pc.ConnConfig.OnNotice = d.heard
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, notice.New("fleet-dsn", nil)
	}
	d.pool = pool
	return d, nil
}

// Close ends the connections.
func (d *DB) Close() { d.pool.Close() }

// Pool is for the workers of a platform station.
func (d *DB) Pool() *pgxpool.Pool { return d.pool }

// Name returns the station's name.
func (d *DB) Name() string { return d.station }

// RoleOf returns the name of a station's role. Roles belong to a whole server;
// the database's name in it lets two fleets share one.
func RoleOf(database, station string) string { return "station_" + database + "_" + station }

// password finds one in an address: of a URL before the host, or as a word of its own.
var password = regexp.MustCompile(`(?i)^[a-z]+://[^/@]*:[^/@]*@|(^|[\s?&])password\s*=`)

// stationConfig reads an address as a station's settings have it. One with a password is
// somebody else's, and would lie in the settings for everybody to read.
func stationConfig(dsn string) (*pgxpool.Config, error) {
	if password.MatchString(dsn) {
		return nil, notice.New("fleet-dsn", nil)
	}
	return poolConfig(dsn)
}

func poolConfig(dsn string) (*pgxpool.Config, error) {
	pc, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, notice.New("fleet-dsn", nil) // pgconn's own error repeats the DSN
	}
	cc := pc.ConnConfig
	if !guarded(cc.Host, cc.TLSConfig) {
		return nil, notice.New("fleet-tls", nil)
	}
	for _, f := range cc.Fallbacks {
		if !guarded(f.Host, f.TLSConfig) {
			return nil, notice.New("fleet-tls", nil)
		}
	}
	if cc.ValidateConnect == nil {
		// Of several hosts the one that is no standby: a standby starts nothing.
		cc.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	cc.RuntimeParams["application_name"] = "miandan"
	cc.RuntimeParams["timezone"] = "UTC"
	cc.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	return pc, nil
}

// guarded reports whether nobody on the way can read or answer: the server is on
// this machine, or proves its name by a certificate (sslmode=verify-full).
func guarded(host string, t *tls.Config) bool {
	if strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || host == "localhost" {
		return true
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		return true
	}
	return t != nil && !t.InsecureSkipVerify && t.ServerName != ""
}
