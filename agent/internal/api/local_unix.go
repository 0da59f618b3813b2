//go:build !windows

package api

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"
)

// ListenLocal opens the unix socket of the command line and the tray, for
// this user alone. A socket left behind by a crash is replaced; the caller
// holds the data folder's lock, so nobody else does so at the same time.
func ListenLocal(path string) (net.Listener, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("local socket: %w", err)
	}
	if conn, err := net.DialTimeout("unix", path, time.Second); err == nil {
		conn.Close()
		return nil, fmt.Errorf("local socket: %w", ErrInUse)
	}
	if fi, err := os.Lstat(path); err == nil && fi.Mode()&fs.ModeType != 0 && !fi.IsDir() {
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("local socket: %w", err)
		}
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("local socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, fmt.Errorf("local socket: %w", err)
	}
	return l, nil
}

func dialLocal(ctx context.Context, path string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "unix", path)
}
