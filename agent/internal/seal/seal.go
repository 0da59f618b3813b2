// Package seal keeps personal data unreadable on disk.
//
// Every label has a key of its own, and that key is stored wrapped by the
// key-encryption key, which lies in the system's key store and never in the
// data folder. So a copied database opens nothing, and deleting one wrapped
// key deletes one person's data wherever copies of the row may lie.
//
// The wrong key is worse than none: data sealed with it beside data sealed
// with the right one cannot be told apart later. The key is therefore proved
// against a record of its own before the database is opened, and a new key is
// never made where something was sealed before.
package seal

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"miandan/agent/internal/notice"
)

// kekName is the key-encryption key's name in the key store.
const kekName = "kek"

// ErrKeyMissing reports sealed data without the key that opens it. Nothing on
// disk was changed.
var ErrKeyMissing = errors.New("there is sealed data, and its key is not in the key store")

// ErrWrongKey reports that the key in the key store is not the one that the
// data folder was sealed with. Nothing on disk was changed.
var ErrWrongKey = errors.New("the key in the key store does not fit the data folder")

// Sealer holds the key-encryption key. It prints as nothing but its kind.
type Sealer struct {
	ks    Keystore
	wrap  cipher.AEAD
	print []byte // the key of Fingerprint
	audit []byte // the key of AuditMAC
}

// Open reads the key-encryption key and proves it against the data folder's
// key-check record. It makes the key and the record if there is no key yet and
// sealedDataExists is false: the caller says whether a database with sealed
// data stands in the folder. The folder must exist. Call Open before opening
// the database.
//
// Errors are *notice.Error: key-missing (ErrKeyMissing), key-wrong
// (ErrWrongKey), key-check-missing, key-file-mode.
func Open(ks Keystore, dataDir string, sealedDataExists bool) (*Sealer, error) {
	kek, err := ks.Get(kekName)
	switch {
	case errors.Is(err, ErrNotFound):
		if sealedDataExists {
			return nil, keyMissing(dataDir)
		}
		return create(ks, dataDir)
	case err != nil:
		return nil, keystoreFailed(ks, err)
	}
	s, err := newSealer(ks, kek)
	if err != nil {
		return nil, err
	}
	switch proof, err := readProof(dataDir); {
	case err != nil:
		return nil, err
	case proof == nil && sealedDataExists:
		return nil, notice.New("key-check-missing", nil, proofPath(dataDir))
	case proof == nil:
		return s, writeProof(dataDir, ks.Kind(), kek)
	case !proof.fits(kek):
		return nil, notice.New("key-wrong", ErrWrongKey, dataDir)
	}
	return s, nil
}

func create(ks Keystore, dataDir string) (*Sealer, error) {
	kek := make([]byte, keySize)
	rand.Read(kek)
	if err := ks.Set(kekName, kek); err != nil {
		return nil, keystoreFailed(ks, err)
	}
	// A key store that forgets what it was given would make everything sealed
	// from here on unreadable at the next start.
	back, err := ks.Get(kekName)
	if err != nil {
		return nil, keystoreFailed(ks, err)
	}
	if !hmac.Equal(back, kek) {
		return nil, keystoreFailed(ks, errors.New("it gave back another key than it was given"))
	}
	s, err := newSealer(ks, kek)
	if err != nil {
		return nil, err
	}
	return s, writeProof(dataDir, ks.Kind(), kek)
}

func keystoreFailed(ks Keystore, err error) error {
	var n *notice.Error
	if errors.As(err, &n) {
		return err
	}
	return notice.New("keystore-failed", err, called(ks))
}

// called is what people call a key store.
func called(ks Keystore) any {
	switch ks.Kind() {
	case "file":
		return notice.Phrase{"file", "文件"}
	case "system":
		return notice.Phrase{"system", "系统"}
	}
	return ks.Kind()
}

func newSealer(ks Keystore, kek []byte) (*Sealer, error) {
	if len(kek) != keySize {
		return nil, keystoreFailed(ks, fmt.Errorf("the key has %d bytes, not %d", len(kek), keySize))
	}
	wrap, err := newAEAD(derive(kek, "miandan wrap v1"))
	if err != nil {
		return nil, err
	}
	return &Sealer{ks: ks, wrap: wrap, print: derive(kek, "miandan fingerprint v1"), audit: derive(kek, "miandan audit v1")}, nil
}

// derive gives each use a key of its own, so that none of them says anything
// about another.
func derive(kek []byte, use string) []byte {
	k, err := hkdf.Key(sha256.New, kek, nil, use, keySize)
	if err != nil {
		panic(err) // only for lengths beyond 255 hashes
	}
	return k
}

// Fingerprint returns a keyed hash of 32 bytes: the same parts give the same
// hash, and without the key nobody can try out names and numbers against it.
// Parts do not run into each other: ("ab","c") differs from ("a","bc").
func (s *Sealer) Fingerprint(parts ...[]byte) []byte {
	return keyedHash(s.print, parts)
}

// Keyed is Fingerprint under a key that the caller keeps.
func Keyed(key []byte, parts ...[]byte) []byte { return keyedHash(key, parts) }

// AuditMAC returns the authentication code of 32 bytes that chains the audit.
// Its key is its own: who has the database and not the key can make none.
// Parts do not run into each other.
func (s *Sealer) AuditMAC(parts ...[]byte) []byte { return keyedHash(s.audit, parts) }

func keyedHash(key []byte, parts [][]byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write(p)
	}
	return h.Sum(nil)
}

// Kind says where the key-encryption key is kept: "system" or "file".
func (s *Sealer) Kind() string { return s.ks.Kind() }

func (s *Sealer) String() string   { return "sealer (" + s.ks.Kind() + ")" }
func (s *Sealer) GoString() string { return s.String() }
