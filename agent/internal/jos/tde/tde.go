// Package tde opens the fields that JD sends encrypted: name, telephone number
// and address of an order.
//
// Keys belong to a merchant's authorisation, and the gateway hands them out to
// the app that holds it; so opening a field is local, and nothing is asked for
// each order. Keys live in memory only and are fetched again after eight
// hours, or when a field names a key that is not among them.
package tde

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"miandan/agent/internal/secret"
)

// Errors of Decrypt. None of them says anything of the text.
var (
	ErrNotCipher = errors.New("not a cipher text of JD's")
	ErrLarge     = errors.New("a cipher text of JD's large form, which is not known here")
	ErrDamaged   = errors.New("the cipher text does not open with its key")
)

// NoKeyError names the key that a cipher text was made with and that is not
// among those of the merchant.
type NoKeyError struct{ ID KeyID }

func (*NoKeyError) Error() string { return "the key of the cipher text is not among the merchant's" }

// KeyID is the MD5 sum of the service's name and the key's version.
type KeyID [16]byte

// KeyBytes is the length of a master key.
const KeyBytes = 32

// Key is one master key, of which the first half is the AES key. It prints as
// bullets.
type Key struct{ v *[KeyBytes]byte } // behind a pointer: see package pii

// NewKey takes the KeyBytes of a key.
func NewKey(b []byte) (Key, bool) {
	if len(b) != KeyBytes {
		return Key{}, false
	}
	return Key{(*[KeyBytes]byte)(bytes.Clone(b))}, true
}

func (k Key) String() string             { return secret.Mask }
func (k Key) Format(f fmt.State, _ rune) { io.WriteString(f, secret.Mask) }

func (k Key) aes() []byte { return k.v[:aes.BlockSize] }

// Keys are the keys that may open a merchant's fields.
type Keys map[KeyID]Key

// The forms of a cipher text, by its first byte.
const (
	weak    = 0x00
	regular = 0x01
	large   = 0x02
)

const (
	aesCBC  = 0x04 // the algorithm, the only one seen
	idBytes = len(KeyID{})
	block   = aes.BlockSize
)

// Is reports whether s is a cipher text. Plain text and the stars that JD
// hides digits with are none.
func Is(s string) bool {
	_, err := parse(s)
	return err == nil || errors.Is(err, ErrLarge)
}

// Decrypt opens a cipher text.
func (k Keys) Decrypt(s string) (string, error) {
	t, err := parse(s)
	if err != nil {
		return "", err
	}
	key, ok := k[t.id]
	if !ok {
		return "", &NoKeyError{t.id}
	}
	aesKey := key.aes()
	if t.wrapped != nil {
		var noIV [block]byte
		if aesKey, err = cbc(aesKey, noIV[:], t.wrapped); err != nil {
			return "", err
		}
	}
	padded, err := cbc(aesKey, t.iv, t.data)
	if err != nil {
		return "", err
	}
	return unpad(padded)
}

// Index returns what JD stores beside a cipher text so that it can be searched
// for: desen_mobile and its kin. The key is the one of version 0.
func (k Key) Index(plain string) string {
	b, _ := aes.NewCipher(k.aes()) // errs on the key's length only
	var salt [block]byte
	b.Encrypt(salt[:], salt[:]) // one block of zeros in CBC with a zero IV
	sum := sha256.Sum256(append([]byte(plain), salt[:]...))
	return base64.StdEncoding.EncodeToString(sum[:])
}

type text struct {
	id       KeyID
	wrapped  []byte // the data key of a regular text, under the master key
	iv, data []byte
}

// parse takes a cipher text apart. The regular form is written as a public SDK
// writes it; no sample of it was ever published, so it is uncertain.
func parse(s string) (text, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(b) < 2+idBytes || strings.ContainsAny(s, "\r\n") { // which base64 skips
		return text{}, ErrNotCipher
	}
	switch b[0] {
	case weak:
		return parseWeak(b[1:])
	case regular:
		return parseRegular(b[1:])
	case large:
		return text{}, ErrLarge
	}
	return text{}, ErrNotCipher
}

func parseWeak(b []byte) (text, error) {
	if b[0] != aesCBC {
		return text{}, ErrNotCipher
	}
	t := text{id: KeyID(b[1:])}
	return t.body(b[1+idBytes:])
}

func parseRegular(b []byte) (text, error) {
	id, b, ok := field(b, 2)
	if !ok || len(id) != idBytes || len(b) == 0 || b[0] != aesCBC {
		return text{}, ErrNotCipher
	}
	t := text{id: KeyID(id)}
	if t.wrapped, b, ok = field(b[1:], 2); !ok || len(b) == 0 || b[0] != aesCBC {
		return text{}, ErrNotCipher
	}
	if n := len(t.wrapped); n != 16 && n != 32 { // whole blocks that are an AES key
		return text{}, ErrNotCipher
	}
	data, rest, ok := field(b[1:], 4)
	if !ok || len(rest) != 0 {
		return text{}, ErrNotCipher
	}
	return t.body(data)
}

func (t text) body(b []byte) (text, error) {
	if len(b) < 2*block || len(b)%block != 0 {
		return text{}, ErrNotCipher
	}
	t.iv, t.data = b[:block], b[block:]
	return t, nil
}

// field reads a big-endian length of the given width and what it counts.
func field(b []byte, width int) (value, rest []byte, ok bool) {
	if len(b) < width {
		return nil, nil, false
	}
	var n uint64
	if width == 2 {
		n = uint64(binary.BigEndian.Uint16(b))
	} else {
		n = uint64(binary.BigEndian.Uint32(b))
	}
	b = b[width:]
	if n > uint64(len(b)) {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}

func cbc(key, iv, data []byte) ([]byte, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, ErrDamaged
	}
	out := make([]byte, len(data))
	cipher.NewCBCDecrypter(b, iv).CryptBlocks(out, data)
	return out, nil
}

// unpad takes PKCS #7 padding off and asks for UTF-8: a wrong key passes the
// first test once in 255 times.
func unpad(b []byte) (string, error) {
	n := int(b[len(b)-1])
	if n == 0 || n > block || n > len(b) {
		return "", ErrDamaged
	}
	for _, p := range b[len(b)-n:] {
		if int(p) != n {
			return "", ErrDamaged
		}
	}
	if b = b[:len(b)-n]; !utf8.Valid(b) {
		return "", ErrDamaged
	}
	return string(b), nil
}
