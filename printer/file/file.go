// Package file writes printer jobs to files: into a folder, one file a job, or
// onto the end of one path, such as a device.
//
// A folder is for whoever carries the bytes on by other means. A job appears in
// it whole or not at all, so that a watcher never takes half a label.
package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"miandan/printer"
)

// Transport is a way to one folder or path.
type Transport struct {
	// Path is a folder if it exists as one or ends in a separator; it is then
	// made if need be. Anything else is appended to.
	Path string
}

var (
	_ printer.Transport = Transport{}
	_ printer.Follower  = (*conn)(nil)
)

// Open reads file:///path; file:///C:/path on Windows.
func Open(u *url.URL) (printer.Transport, error) {
	path := u.Path
	switch {
	case u.Host != "" && u.Host != "localhost", u.User != nil:
		return nil, errors.New("a file printer has three slashes and a path, as in file:///var/spool/labels/")
	case path == "" || path == "/":
		return nil, errors.New("a file printer needs a path, as in file:///var/spool/labels/")
	}
	if runtime.GOOS == "windows" && len(path) > 2 && path[2] == ':' {
		path = path[1:]
	}
	return Transport{Path: filepath.FromSlash(path)}, nil
}

// Dial opens the path, or finds or makes the folder.
func (t Transport) Dial(context.Context) (printer.Conn, error) {
	info, err := os.Stat(t.Path)
	folder := err == nil && info.IsDir() || strings.HasSuffix(t.Path, string(filepath.Separator))
	if !folder {
		f, err := os.OpenFile(t.Path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		return &conn{file: f}, nil
	}
	if err := os.MkdirAll(t.Path, 0o700); err != nil {
		return nil, err
	}
	return &conn{folder: t.Path}, nil
}

// conn is a printer.Follower: a file, like a spooler, takes a job whole and
// says at the end whether it is safe.
type conn struct {
	folder string   // where the job's own file goes, or ""
	file   *os.File // nil in a folder before Start
	name   string   // the job's file in the folder
}

// partSuffix marks a job that is still being written.
const partSuffix = ".part"

func (c *conn) Start(_ context.Context, j printer.Job) error {
	if c.folder == "" {
		return nil
	}
	// Names sort by time; the mark tells labels of one millisecond apart, and
	// the opening below refuses to write over an earlier one.
	c.name = time.Now().UTC().Format("20060102T150405.000Z") + suffix(j) + ".prn"
	f, err := os.OpenFile(filepath.Join(c.folder, c.name+partSuffix), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	c.file = f
	return nil
}

// suffix is the job's name as far as every file system takes it.
func suffix(j printer.Job) string {
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return -1
	}, j.Name)
	if safe == "" {
		return ""
	}
	return "-" + safe[:min(len(safe), 64)]
}

func (c *conn) Write(b []byte) (int, error) {
	if c.file == nil {
		return 0, errors.New("the job's file is not open")
	}
	return c.file.Write(b)
}

// SetDeadline bounds writes to devices that can be bounded. Plain files never
// block and take none.
func (c *conn) SetDeadline(t time.Time) error {
	if c.file == nil {
		return nil
	}
	err := c.file.SetDeadline(t)
	if errors.Is(err, os.ErrNoDeadline) && (t.IsZero() || c.plain()) {
		return nil
	}
	return err
}

func (c *conn) plain() bool {
	info, err := c.file.Stat()
	return err == nil && info.Mode().IsRegular()
}

// Finish puts the bytes on the disk and gives the file its name. Devices have
// nothing to sync.
func (c *conn) Finish(context.Context) (printer.Evidence, error) {
	evidence := printer.Evidence{Method: "file", Detail: c.name, At: time.Now()}
	if !c.plain() {
		evidence.Method = "wire"
		return evidence, nil
	}
	if err := c.file.Sync(); err != nil {
		return evidence, err
	}
	if c.folder == "" {
		return evidence, nil
	}
	if err := c.file.Close(); err != nil {
		return evidence, err
	}
	part := c.file.Name()
	c.file = nil
	if err := os.Rename(part, filepath.Join(c.folder, c.name)); err != nil {
		return evidence, err
	}
	return evidence, syncFolder(c.folder)
}

// Close closes the file. A job that was not finished is removed from the folder.
func (c *conn) Close() error {
	if c.file == nil {
		return nil
	}
	err := c.file.Close()
	if c.folder != "" {
		err = errors.Join(err, os.Remove(c.file.Name()))
	}
	c.file = nil
	return err
}

// syncFolder makes the new name survive a power cut. Windows journals names by
// itself and cannot sync a folder.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil && !errors.Is(err, fs.ErrInvalid) {
		return errors.Join(fmt.Errorf("sync folder: %w", err), f.Close())
	}
	return f.Close()
}
