package fleet

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"miandan/agent/internal/fleet/schema"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

// InviteFor is how long a joining code is good for.
const InviteFor = time.Hour

// Admin is the way of whoever keeps the database: it makes and takes memberships.
// No station has it. The DSN names a role that may create roles; the first Init
// needs a superuser.
type Admin struct{ conn *pgx.Conn }

// OpenAdmin connects.
func OpenAdmin(ctx context.Context, dsn secret.Token) (*Admin, error) {
	pc, err := poolConfig(dsn.Reveal())
	if err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, pc.ConnConfig)
	if err != nil {
		return nil, notice.New("fleet-away", answer("connect", err))
	}
	return &Admin{conn}, nil
}

// Close ends the connection.
func (a *Admin) Close(ctx context.Context) { _ = a.conn.Close(ctx) }

// Conn is for what else the keeper of the database asks.
func (a *Admin) Conn() *pgx.Conn { return a.conn }

// Init creates the roles and the schema, or brings them to what this program knows. It
// refuses a database that another version has made.
func (a *Admin) Init(ctx context.Context) error {
	err := schema.Migrate(ctx, a.conn)
	if other := (*schema.UnknownError)(nil); errors.As(err, &other) {
		return notice.New("fleet-other-version", nil, other.Migration)
	}
	return answer("init", err)
}

// stationName keeps a name fit for a role, a code and a person's eye.
var stationName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,23}$`)

// Invite makes a station's role and returns the code with which it joins, once and
// within InviteFor. A station that was revoked or has left may be invited again.
func (a *Admin) Invite(ctx context.Context, s Station) (Code, error) {
	if !stationName.MatchString(s.Name) {
		return Code{}, notice.New("fleet-name", nil, s.Name)
	}
	code := Code{Station: s.Name, word: rand.Text()[:20]}
	verifier, err := scramVerifier(code.word)
	if err != nil {
		return Code{}, err
	}
	role := RoleOf(a.conn.Config().Database, s.Name)
	_, err = a.conn.Exec(ctx, `SELECT miandan.invite($1, $2, $3, $4, $5, $6)`, s.Name, role, s.Zone, s.Platform, verifier, InviteFor)
	if errors.Is(answer("invite", err), ErrMove) {
		return Code{}, notice.New("fleet-member", nil, s.Name)
	}
	return code, answer("invite", err)
}

// Fetched is a label whose key a station has had.
type Fetched struct {
	Label   int64
	Order   string
	First   time.Time
	Settled bool // the label has ended meanwhile
}

// Revoke takes a membership away, within the call: no wrap of the station is left,
// its role may not log in, its connections are cut, and what it had claimed waits
// for others. What it had started stands for a person. It returns what the station
// can still read, because it has fetched it.
func (a *Admin) Revoke(ctx context.Context, name, who, why string) ([]Fetched, error) {
	if _, err := a.conn.Exec(ctx, `SELECT miandan.revoke_station($1, $2, $3)`, name, who, reason(why)); err != nil {
		if errors.Is(answer("revoke", err), ErrRevoked) {
			return nil, notice.New("fleet-no-station", nil, name)
		}
		return nil, answer("revoke", err)
	}
	if _, err := a.conn.Exec(ctx, `SELECT miandan.cut_off($1)`, name); err != nil {
		return nil, answer("revoke", err)
	}
	rows, err := a.conn.Query(ctx, `SELECT label_id, order_id, first, settled FROM miandan.fetched_by($1)`, name)
	if err != nil {
		return nil, answer("revoke", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Fetched])
	return list, answer("revoke", err)
}

// Code is what a station joins with. It prints as the station's name only.
type Code struct {
	Station string
	word    string
}

func (c Code) String() string   { return c.Station + "-" + secret.Mask }
func (c Code) GoString() string { return c.String() }

// Reveal returns the code as it is read out to whoever sets the station up.
func (c Code) Reveal() string {
	w := c.word
	return c.Station + ":" + strings.Join([]string{w[:5], w[5:10], w[10:15], w[15:]}, "-")
}

// ParseCode reads a code, in whichever case it was typed.
func ParseCode(s string) (Code, error) {
	name, word, ok := strings.Cut(strings.TrimSpace(s), ":")
	word = strings.ToUpper(strings.ReplaceAll(word, "-", ""))
	if _, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(word + "AAAA"); !ok || err != nil || len(word) != 20 || !stationName.MatchString(name) {
		return Code{}, notice.New("fleet-code", nil)
	}
	return Code{Station: name, word: word}, nil
}

// Join makes this machine the station of the code. The password and the key are the
// caller's and must be kept before Join is called: if the answer is lost, Join with
// the same two finds out whether it had happened.
//
// Errors: fleet-code-used (it was used, or is too old), fleet-away, fleet-dsn,
// fleet-tls.
func Join(ctx context.Context, dsn string, code Code, password secret.Token, key PublicKey) (Station, error) {
	verifier, err := scramVerifier(password.Reveal())
	if err != nil {
		return Station{}, err
	}
	s, err := member(ctx, dsn, code.Station, code.word, `SELECT name, zone, platform FROM miandan.join_fleet($1, $2)`, []byte(key), verifier)
	if refusedLogin(err) || errors.Is(answer("", err), ErrRevoked) {
		// Not with the code: then perhaps as the member that an earlier call made.
		s, err = member(ctx, dsn, code.Station, password.Reveal(), `SELECT name, zone, platform FROM miandan.me()`)
		if refusedLogin(err) {
			return Station{}, notice.New("fleet-code-used", nil)
		}
	}
	var n *notice.Error
	if err != nil && !errors.As(err, &n) {
		err = notice.New("fleet-away", answer("join", err))
	}
	return s, err
}

func member(ctx context.Context, dsn, station, word, query string, args ...any) (Station, error) {
	pc, err := stationConfig(dsn)
	if err != nil {
		return Station{}, err
	}
	pc.ConnConfig.User, pc.ConnConfig.Password = RoleOf(pc.ConnConfig.Database, station), word
	conn, err := pgx.ConnectConfig(ctx, pc.ConnConfig)
	if err != nil {
		return Station{}, err
	}
	defer conn.Close(ctx)
	var s Station
	err = conn.QueryRow(ctx, query, args...).Scan(&s.Name, &s.Zone, &s.Platform)
	return s, err
}

func refusedLogin(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && strings.HasPrefix(pe.Code, "28")
}

// Me returns this station as the fleet knows it.
func (d *DB) Me(ctx context.Context) (Station, error) {
	var s Station
	err := d.ask(ctx, "me", `SELECT name, zone, platform FROM miandan.me()`, nil, func(rows pgx.Rows) error {
		return rows.Scan(&s.Name, &s.Zone, &s.Platform)
	})
	return s, err
}

// Leave ends this station's own membership: what it has claimed goes back, its
// wraps are deleted, its history stays. It is refused with fleet-not-settled while
// something is started and not settled. The role's login is closed with it.
func (d *DB) Leave(ctx context.Context) error {
	err := d.ask(ctx, "leave", `SELECT miandan.leave_fleet()`, nil, nil)
	if errors.Is(err, ErrMove) {
		held, more := d.Mine(ctx)
		if more != nil {
			return more
		}
		n := 0
		for _, h := range held {
			if h.State != Claimed {
				n++
			}
		}
		return notice.New("fleet-not-settled", nil, fmt.Sprint(n))
	}
	return err
}
