package folder

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"syscall"
)

// disk is the hot folder. Nothing outside of it can be reached, whatever links
// somebody has put into it. What is done is on disk when it is done.
type disk struct {
	root   *os.Root
	before func(op string)
}

func (d disk) change(op string) {
	if d.before != nil {
		d.before(op)
	}
}

func (d disk) folders() error {
	for name, mode := range map[string]fs.FileMode{taking: 0o700, done: 0o755, failed: 0o755} {
		if err := d.root.Mkdir(name, mode); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

func (d disk) list(folder string) ([]fs.DirEntry, error) {
	f, err := d.root.Open(folder)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.ReadDir(-1)
}

// maxSize is how large a file may be. Twenty thousand orders are some five
// megabytes.
const maxSize = 16 << 20

// read reads a file in taking/; of one that is too large, as much as shows it.
func (d disk) read(f file) ([]byte, error) {
	r, err := d.root.Open(path.Join(taking, f.name))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	if err != nil {
		return nil, err
	}
	if info, err := r.Stat(); err != nil || info.Size() != f.size || info.ModTime().UnixNano() != f.nanos {
		return nil, errors.Join(err, errors.New("the file is being written to"))
	}
	return b, nil
}

// move renames a file. It never replaces one: names are given once.
func (d disk) move(from, to string) error {
	d.change("move " + from)
	if _, err := d.root.Lstat(from); err != nil {
		return err
	}
	if _, err := d.root.Lstat(to); !errors.Is(err, fs.ErrNotExist) && !isList(to) {
		return errors.Join(err, fmt.Errorf("a file of that name is in %s/ already", path.Dir(to)))
	}
	if err := d.root.Rename(from, to); err != nil {
		return err
	}
	return errors.Join(d.sync(path.Dir(to)), d.sync(path.Dir(from)))
}

// isList reports whether a name is that of a list of wrong rows. A file that has
// been read again has it made anew.
func isList(name string) bool {
	return len(name) > len(errorsEnd) && name[len(name)-len(errorsEnd):] == errorsEnd
}

func (d disk) remove(name string) error {
	d.change("remove " + name)
	if err := d.root.Remove(name); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	return d.sync(path.Dir(name))
}

const halfBegin = ".new-"

// write puts a file where it is whole or not at all.
func (d disk) write(name string, data []byte) error {
	d.change("write " + name)
	half := path.Join(path.Dir(name), halfBegin+newMark())
	f, err := d.root.OpenFile(half, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		d.change("rename " + name)
		err = d.root.Rename(half, name)
	}
	if err != nil {
		d.root.Remove(half)
		return err
	}
	return d.sync(path.Dir(name))
}

// sync has the names in a folder on disk. Windows does so by itself, and shares
// that cannot do it say so in many ways.
func (d disk) sync(folder string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := d.root.Open(folder)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}

// putErrors writes the list of a file's wrong rows beside it, or sees that there
// is none.
func (d disk) putErrors(f file, wrong []wrongRow) error {
	name := path.Join(taking, f.name+errorsEnd)
	if len(wrong) == 0 {
		return d.remove(name)
	}
	return d.write(name, listOf(wrong))
}

// wrongIn counts the rows of a list; there are none if it is not there.
func (d disk) wrongIn(list string) int {
	f, err := d.root.Open(list)
	if errors.Is(err, fs.ErrNotExist) {
		return 0
	}
	if err != nil {
		return 1
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSize))
	if err != nil {
		return 1 // it is there, and so something was wrong
	}
	return max(bytes.Count(b, []byte("\r\n"))-1, 1)
}
