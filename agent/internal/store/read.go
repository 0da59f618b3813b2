package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
)

// ErrNone reports that there is no database.
var ErrNone = errors.New("there is no database")

// ErrOlder reports a database that an earlier version has written and that no
// agent of this one has opened since.
var ErrOlder = errors.New("the database was written by an earlier version of the program")

// OpenRead opens the database of dir to look into it: nothing in it is changed,
// it is not brought to the present schema, and an agent may be at work on it.
func OpenRead(ctx context.Context, dir string) (*sql.DB, error) {
	if !Exists(dir) {
		return nil, ErrNone
	}
	db, err := openRead(filepath.Join(dir, FileName))
	if err != nil {
		return nil, err
	}
	var app, version int
	if err := db.QueryRowContext(ctx, `SELECT application_id, user_version FROM pragma_application_id, pragma_user_version`).Scan(&app, &version); err != nil {
		return nil, errors.Join(Explain(fmt.Errorf("look into the database: %w", err)), db.Close())
	}
	switch {
	case app != ApplicationID:
		err = fmt.Errorf("%w: the file belongs to another program (application id %#x)", ErrDamaged, app)
	case version > len(migrations):
		err = fmt.Errorf("%w: schema %d, this program knows %d", ErrNewer, version, len(migrations))
	case version < len(migrations):
		err = fmt.Errorf("%w: schema %d of %d", ErrOlder, version, len(migrations))
	default:
		return db, nil
	}
	return nil, errors.Join(err, db.Close())
}

func openRead(path string) (*sql.DB, error) {
	q := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)", "query_only(ON)", "temp_store(MEMORY)"}}
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?"+q.Encode())
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db.SetMaxOpenConns(2)
	return db, nil
}
