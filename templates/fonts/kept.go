package fonts

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
)

// Keep names a folder for the unpacked fonts, before Default is called for the first
// time. What lies there is compared with its sum whenever the program starts, and
// written anew if it is not as it should be. Where that cannot be done, because the
// folder may not be written to or the disk is full, the fonts are in memory as if
// nobody had called Keep. Whoever may write to the folder decides what labels look like.
func Keep(folder string) {
	keeping.Lock()
	defer keeping.Unlock()
	keeping.folder = folder
}

var keeping struct {
	sync.Mutex
	folder string
}

func keptIn() string {
	keeping.Lock()
	defer keeping.Unlock()
	return keeping.folder
}

// keptFont is a font in a file. If the file cannot be read any more the font is
// taken out of the program.
type keptFont struct {
	*os.File
	size   int64
	packed packed
	memory func() ([]byte, error)
}

func (k *keptFont) ReadAt(b []byte, at int64) (int, error) {
	if n, err := k.File.ReadAt(b, at); err == nil || errors.Is(err, io.EOF) && at+int64(n) == k.size {
		return n, err
	}
	data, err := k.memory()
	if err != nil {
		return 0, err
	}
	if at > int64(len(data)) {
		return 0, io.EOF
	}
	n := copy(b, data[at:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

var errNotKept = errors.New("fonts are not kept")

// kept opens the font in a folder, into which it is unpacked if it is not there.
func (p packed) kept(folder string) (*keptFont, error) {
	if folder == "" {
		return nil, errNotKept
	}
	sum, err := p.sum()
	if err != nil {
		return nil, err
	}
	size := p.size()
	// Of another version's font this one has another name: that may be open.
	name := strings.TrimSuffix(p.name, ".ttf") + "-" + hex.EncodeToString(sum[:4]) + ".ttf"
	path := filepath.Join(folder, name)
	file, err := openSound(path, size, sum)
	if err != nil {
		if err := p.write(folder, name); err != nil {
			return nil, err
		}
		if file, err = openSound(path, size, sum); err != nil {
			return nil, err
		}
	}
	return &keptFont{file, size, p, sync.OnceValues(p.inflate)}, nil
}

// openSound opens a file if it has a length and a sum.
func openSound(path string, size int64, sum [32]byte) (file *os.File, err error) {
	if file, err = os.Open(path); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			file.Close()
		}
	}()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() != size {
		return nil, fmt.Errorf("%s is not the font", filepath.Base(path))
	}
	h := sha256.New()
	if _, err := io.CopyBuffer(h, io.LimitReader(file, size), make([]byte, 128<<10)); err != nil {
		return nil, err
	}
	if [32]byte(h.Sum(nil)) != sum {
		return nil, fmt.Errorf("%s has another sum", filepath.Base(path))
	}
	return file, nil
}

// write unpacks the font into the folder, where it is there as a whole or not at
// all, and removes what other versions have left of it.
func (p packed) write(folder, name string) (err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	data, err := p.inflate()
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(folder, "."+name+"-*") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(file.Name())
		}
	}()
	_, err = file.Write(data)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), filepath.Join(folder, name)); err != nil {
		return err
	}
	others, _ := filepath.Glob(filepath.Join(folder, strings.TrimSuffix(p.name, ".ttf")+"-*.ttf"))
	left, _ := filepath.Glob(filepath.Join(folder, "."+strings.TrimSuffix(p.name, ".ttf")+"-*"))
	for _, o := range append(others, left...) {
		if filepath.Base(o) != name {
			os.Remove(o) // unless it is in use
		}
	}
	data = nil
	debug.FreeOSMemory() // once on a computer; the collector would keep the room for later
	untouch(p.data)
	return nil
}
