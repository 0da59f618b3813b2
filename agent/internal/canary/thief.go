package canary

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"miandan/agent/internal/seal"
)

// Thief has a data folder and its key-encryption key, and tries every byte:
// each may be where a wrapped key begins, each may be where sealed data begins.
// It knows the form of both, see package seal, and nothing of SQLite's pages, so
// that it also finds what the database has given up, what lies in the WAL, and
// what somebody has put beside it.
type Thief struct {
	wrap  cipher.AEAD
	files map[string][]byte // by path below the data folder
}

const (
	nonceSize   = 12
	wrappedSize = nonceSize + 32 + 16 // behind the byte of the format, which is not needed
)

// NewThief reads all files of a data folder, as they are now, and takes the key
// from the key store that the environment names.
func NewThief(data string) (*Thief, error) {
	keys, err := seal.OpenKeystore(data)
	if err != nil {
		return nil, err
	}
	kek, err := keys.Get("kek")
	if err != nil {
		return nil, err
	}
	wrapping, err := hkdf.Key(sha256.New, kek, nil, "miandan wrap v1", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(wrapping)
	if err != nil {
		return nil, err
	}
	t := &Thief{files: map[string][]byte{}}
	if t.wrap, err = cipher.NewGCM(block); err != nil {
		return nil, err
	}
	err = filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // a temporary file
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(data, path)
		if err != nil {
			return err
		}
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		t.files[filepath.ToSlash(rel)] = b
		return err
	})
	return t, err
}

// Unwrap opens a wrapped key as it stands in the database.
func (t *Thief) Unwrap(wrapped []byte) (raw string, err error) {
	if len(wrapped) != 1+wrappedSize {
		return "", fmt.Errorf("canary: a wrapped key of %d bytes: has its form changed?", len(wrapped))
	}
	k, ok := t.unwrap(wrapped[1:], nil)
	if !ok {
		return "", errors.New("canary: a wrapped key does not open: has its form changed?")
	}
	return string(k), nil
}

func (t *Thief) unwrap(b, into []byte) (raw []byte, ok bool) {
	if len(b) < wrappedSize || empty(b) {
		return nil, false
	}
	raw, err := t.wrap.Open(into, b[:nonceSize], b[nonceSize:wrappedSize], []byte("miandan label key"))
	return raw, err == nil
}

// empty reports whether nothing can begin at b: no nonce is eight zeros.
func empty(b []byte) bool { return binary.LittleEndian.Uint64(b) == 0 }

// Keys returns every key that opens anywhere, with the files it lies in.
func (t *Thief) Keys() map[string][]string {
	found := map[string][]string{}
	var into [32]byte
	for name, b := range t.files {
		for i := range b {
			if raw, ok := t.unwrap(b[i:], into[:0]); ok {
				found[string(raw)] = append(found[string(raw)], name)
			}
		}
	}
	return found
}

// Opens counts the places at which one of the keys opens sealed data. How long
// the data is need not be known: its first bytes show whether it opens.
func (t *Thief) Opens(keys []string) (n int, err error) {
	blocks := make([]cipher.Block, len(keys))
	for i, k := range keys {
		if blocks[i], err = aes.NewCipher([]byte(k)); err != nil {
			return 0, err
		}
	}
	for _, b := range t.files {
		for i := 0; i+nonceSize+aes.BlockSize <= len(b); i++ {
			if empty(b[i:]) {
				continue
			}
			var counter, pad [aes.BlockSize]byte
			copy(counter[:], b[i:i+nonceSize])
			binary.BigEndian.PutUint32(counter[nonceSize:], 2) // where GCM begins
			text := b[i+nonceSize:][:aes.BlockSize]
			for _, block := range blocks {
				block.Encrypt(pad[:], counter[:])
				if pad[0]^text[0] != '{' || pad[1]^text[1] != '"' { // all that is sealed is JSON
					continue
				}
				for j := range pad {
					pad[j] ^= text[j]
				}
				if s := string(pad[:]); strings.HasPrefix(s, `{"state":"`) || strings.HasPrefix(s, `{"waybill":{`) {
					n++
				}
			}
		}
	}
	return n, nil
}
