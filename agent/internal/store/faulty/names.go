package faulty

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// notesName is the file that holds what a folder's entries owe to the disk. It
// outlives the process, as the entries themselves do.
const notesName = ".faulty"

// gone is put behind the name of a deleted file until its folder is flushed.
const gone = ".gone"

type note struct {
	verb string // create or delete
	name string
}

// names keeps files that were created and deleted since their folder was
// flushed.
type names struct{ notes map[string][]note }

func (n *names) add(path, verb string) error {
	dir, name := filepath.Split(path)
	n.notes[dir] = append(n.notes[dir], note{verb, name})
	return n.save(dir)
}

func (n *names) save(dir string) error {
	if len(n.notes[dir]) == 0 {
		return ignore(os.Remove(dir + notesName))
	}
	var text strings.Builder
	for _, x := range n.notes[dir] {
		text.WriteString(x.verb + " " + x.name + "\n")
	}
	return os.WriteFile(dir+notesName, []byte(text.String()), 0o600)
}

// remove deletes a file so that a loss of power can bring it back.
func (n *names) remove(path string) error {
	dir, name := filepath.Split(path)
	if i := slices.Index(n.notes[dir], note{"create", name}); i >= 0 { // it never was on the disk
		if err := os.Remove(path); err != nil {
			return err
		}
		n.notes[dir] = slices.Delete(n.notes[dir], i, i+1)
		return n.save(dir)
	}
	if err := n.add(path, "delete"); err != nil {
		return err
	}
	return os.Rename(path, path+gone)
}

// flushed makes all of a folder's entries durable.
func (n *names) flushed(dir string) error {
	for _, x := range n.notes[dir] {
		if x.verb == "delete" {
			if err := ignore(os.Remove(dir + x.name + gone)); err != nil {
				return err
			}
		}
	}
	delete(n.notes, dir)
	return n.save(dir)
}

// Reboot does in a data folder what a computer does that comes back after a
// loss of power: files whose creation was not durable are gone, those whose
// deletion was not are there again, and nothing is in shared memory. Call it
// when the process is dead, or after Cut and Uninstall, before the folder is
// used again.
func Reboot(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, notesName))
	if err := ignore(err); err != nil {
		return err
	}
	lines := strings.Fields(string(text))
	for i := len(lines) - 2; i >= 0; i -= 2 {
		path := filepath.Join(dir, lines[i+1])
		if lines[i] == "create" {
			err = os.Remove(path)
		} else {
			err = os.Rename(path+gone, path)
		}
		if err := ignore(err); err != nil {
			return err
		}
	}
	shared, err := filepath.Glob(filepath.Join(dir, "*-shm"))
	if err != nil {
		return err
	}
	for _, path := range append(shared, filepath.Join(dir, notesName)) {
		if err := ignore(os.Remove(path)); err != nil {
			return err
		}
	}
	return nil
}

func ignore(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func exists(path string) bool { _, err := os.Lstat(path); return err == nil }
