package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
)

const (
	keySize = 32 // AES-256

	// format is the first byte of everything sealed: AES-256-GCM with a random
	// nonce of 12 bytes before the cipher text and a tag of 16 bytes after it.
	format = 1
)

// wrapAAD binds a wrapped key to its use.
var wrapAAD = []byte("miandan label key")

// ErrTampered reports sealed bytes that the key does not open: they were
// changed, cut short, belong to another row or were sealed with another key.
var ErrTampered = errors.New("sealed data was changed or belongs elsewhere")

// Key seals the data of one label. It prints as the word "key".
type Key struct {
	_    [0]func()
	aead cipher.AEAD
}

// NewKey makes a key and returns it with its wrapped form, which is what a
// database keeps.
func (s *Sealer) NewKey() (Key, []byte, error) {
	raw := make([]byte, keySize)
	rand.Read(raw)
	aead, err := newAEAD(raw)
	if err != nil {
		return Key{}, nil, err
	}
	return Key{aead: aead}, seal(s.wrap, raw, wrapAAD), nil
}

// Unwrap returns the key that was wrapped, or ErrTampered.
func (s *Sealer) Unwrap(wrapped []byte) (Key, error) {
	raw, err := open(s.wrap, wrapped, wrapAAD)
	if err != nil {
		return Key{}, fmt.Errorf("unwrap label key: %w", err)
	}
	aead, err := newAEAD(raw)
	if err != nil {
		return Key{}, fmt.Errorf("unwrap label key: %w", err)
	}
	return Key{aead: aead}, nil
}

// Seal returns plain sealed. The aad is not in the result; Open must be given
// the same: the row and column that the bytes belong to, so that sealed bytes
// moved to another row do not open there.
func (k Key) Seal(plain, aad []byte) []byte { return seal(k.aead, plain, aad) }

// Open returns what was sealed under aad, or ErrTampered.
func (k Key) Open(sealed, aad []byte) ([]byte, error) { return open(k.aead, sealed, aad) }

func (k Key) String() string               { return "key" }
func (k Key) GoString() string             { return "key" }
func (k Key) Format(f fmt.State, _ rune)   { io.WriteString(f, "key") }
func (k Key) MarshalText() ([]byte, error) { return []byte("key"), nil }

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func seal(a cipher.AEAD, plain, aad []byte) []byte {
	out := make([]byte, 1, 1+a.Overhead()+len(plain))
	out[0] = format
	return a.Seal(out, nil, plain, aad)
}

func open(a cipher.AEAD, sealed, aad []byte) ([]byte, error) {
	if len(sealed) < 1+a.Overhead() || sealed[0] != format {
		return nil, ErrTampered
	}
	plain, err := a.Open(nil, nil, sealed[1:], aad)
	if err != nil {
		return nil, ErrTampered
	}
	return plain, nil
}
