// Package pin keeps the PINs that make a page at a packing bench a lead's or an
// administrator's for a while.
//
// What is kept is a slow hash with its own salt, never the PIN. Six digits are a
// million, which a fast hash gives away in a second to whoever has got hold of the
// key store; at a third of a second each they take days, and the page itself makes
// whoever guesses wait.
package pin

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

// Least and Most are how many digits a PIN has.
const (
	Least = 6
	Most  = 32
)

// rounds of PBKDF2-HMAC-SHA256: what OWASP's password storage page asks for since
// 2023.
const rounds = 600_000

// Check refuses what is no PIN: notice pin-form.
func Check(pin string) error {
	digits := strings.Trim(pin, "0123456789") == ""
	if !digits || len(pin) < Least || len(pin) > Most || strings.Trim(pin, pin[:1]) == "" {
		return notice.New("pin-form", nil)
	}
	return nil
}

// Hash returns what may be kept of a PIN.
func Hash(pin string) (string, error) {
	if err := Check(pin); err != nil {
		return "", err
	}
	salt := make([]byte, 16)
	rand.Read(salt) // never fails: it ends the program instead
	sum, err := pbkdf2.Key(sha256.New, pin, salt, rounds, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("hash the PIN: %w", err)
	}
	code := base64.RawStdEncoding
	return fmt.Sprintf("pbkdf2-sha256$%d$%s$%s", rounds, code.EncodeToString(salt), code.EncodeToString(sum)), nil
}

// ErrForm reports that what was kept is no hash of Hash's.
var ErrForm = errors.New("what is kept of the PIN is not a hash; set it again")

// Match reports whether a PIN is the one that was hashed.
func Match(hash secret.Token, pin string) (bool, error) {
	parts := strings.Split(hash.Reveal(), "$")
	if len(parts) != 4 || parts[0] != "pbkdf2-sha256" {
		return false, ErrForm
	}
	n, err1 := strconv.Atoi(parts[1])
	salt, err2 := base64.RawStdEncoding.DecodeString(parts[2])
	want, err3 := base64.RawStdEncoding.DecodeString(parts[3])
	if err1 != nil || err2 != nil || err3 != nil || n < rounds || n > 100*rounds || len(salt) < 16 || len(want) != sha256.Size {
		return false, ErrForm
	}
	sum, err := pbkdf2.Key(sha256.New, pin, salt, n, len(want))
	if err != nil {
		return false, fmt.Errorf("hash the PIN: %w", err)
	}
	return subtle.ConstantTimeCompare(sum, want) == 1, nil
}
