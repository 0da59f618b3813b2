package fleet

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"

	"miandan/agent/internal/order"
	"miandan/agent/internal/seal"
)

// keyName is the station's private key in its key store.
const keyName = "fleet-private-key"

// ErrSealed reports a payload that this station's key does not open: it was not
// wrapped for it, was changed, or belongs to another label.
var ErrSealed = errors.New("the label does not open with this station's key")

// A label's key is wrapped by HPKE (RFC 9180) with X25519, HKDF-SHA256 and
// AES-256-GCM; the standard library has it.
var (
	kdf  = hpke.HKDFSHA256()
	aead = hpke.AES256GCM()
)

// PrivateKey is the half of a station's key pair that never leaves it. It prints
// as nothing.
type PrivateKey struct{ k *hpke.PrivateKey } // behind a pointer: fmt prints unexported fields without asking them

func (PrivateKey) String() string   { return "private key" }
func (PrivateKey) GoString() string { return "private key" }

// PublicKey is the half that labels are wrapped to.
type PublicKey []byte

// NewKey makes a key pair.
func NewKey() (PrivateKey, error) {
	k, err := hpke.DHKEM(curve()).GenerateKey()
	if err != nil {
		return PrivateKey{}, fmt.Errorf("station's key: %w", err)
	}
	return PrivateKey{&k}, nil
}

// KeyFrom returns the station's key from its key store, and makes it there if make
// is true. Without it, seal.ErrNotFound.
func KeyFrom(ks seal.Keystore, make bool) (PrivateKey, error) {
	b, err := ks.Get(keyName)
	if errors.Is(err, seal.ErrNotFound) && make {
		k, err := NewKey()
		if err != nil {
			return PrivateKey{}, err
		}
		if b, err = (*k.k).Bytes(); err != nil {
			return PrivateKey{}, fmt.Errorf("station's key: %w", err)
		}
		return k, ks.Set(keyName, b)
	}
	if err != nil {
		return PrivateKey{}, err
	}
	k, err := hpke.DHKEM(curve()).NewPrivateKey(b)
	if err != nil {
		return PrivateKey{}, errors.New("station's key: what the key store has is no key")
	}
	return PrivateKey{&k}, nil
}

// ForgetKey takes the station's key out of its key store.
func ForgetKey(ks seal.Keystore) error { return ks.Delete(keyName) }

// Public returns the other half.
func (k PrivateKey) Public() PublicKey { return (*k.k).PublicKey().Bytes() }

// Sealed is a payload under a key of its own.
type Sealed struct {
	Data  []byte
	Wraps map[string][]byte // the key, by the station that may open it
}

// Seal seals plain for stations. The place is what it belongs to: a payload or a
// wrap that is moved to another place does not open there.
func Seal(plain []byte, p Place, to map[string]PublicKey) (Sealed, error) {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	data, err := sealer(key)
	if err != nil {
		return Sealed{}, err
	}
	nonce := make([]byte, data.NonceSize())
	_, _ = rand.Read(nonce)
	s := Sealed{Data: data.Seal(nonce, nonce, plain, p.bytes("data", "")), Wraps: map[string][]byte{}}
	for station, public := range to {
		if s.Wraps[station], err = wrap(key, public, p, station); err != nil {
			return Sealed{}, err
		}
	}
	return s, nil
}

// Open returns what was sealed, or ErrSealed.
func (k PrivateKey) Open(data, wrapped []byte, p Place, station string) ([]byte, error) {
	key, err := k.unwrap(wrapped, p, station)
	if err != nil {
		return nil, err
	}
	c, err := sealer(key)
	if err != nil || len(data) < c.NonceSize() {
		return nil, ErrSealed
	}
	plain, err := c.Open(nil, data[:c.NonceSize()], data[c.NonceSize():], p.bytes("data", ""))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// Rewrap wraps a label's key, which this station can open, to another station.
func (k PrivateKey) Rewrap(wrapped []byte, p Place, mine, other string, public PublicKey) ([]byte, error) {
	key, err := k.unwrap(wrapped, p, mine)
	if err != nil {
		return nil, err
	}
	return wrap(key, public, p, other)
}

func wrap(key []byte, public PublicKey, p Place, station string) ([]byte, error) {
	pk, err := hpke.DHKEM(curve()).NewPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("public key of station %s: it is none", station)
	}
	return hpke.Seal(pk, kdf, aead, p.bytes("wrap", station), key)
}

func (k PrivateKey) unwrap(wrapped []byte, p Place, station string) ([]byte, error) {
	if k.k == nil {
		return nil, ErrSealed
	}
	key, err := hpke.Open(*k.k, kdf, aead, p.bytes("wrap", station), wrapped)
	if err != nil || len(key) != 32 {
		return nil, ErrSealed
	}
	return key, nil
}

func sealer(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// Place is what a payload belongs to. An order that has no number yet has an empty
// waybill.
type Place struct {
	Order   order.Key
	Waybill string
	Parcel  int
}

func (p Place) bytes(kind, station string) []byte {
	var b []byte
	for _, s := range []string{"miandan fleet 1", kind, p.Order.Source, p.Order.ID, p.Waybill, station} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return binary.AppendVarint(b, int64(p.Parcel))
}

func curve() ecdh.Curve { return ecdh.X25519() }
