package seal

import (
	"errors"
	"fmt"
	"strconv"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

// Names of the secrets that people put into the key store.
const (
	JDAppSecret   = "jd.app_secret"
	JDAccessToken = "jd.access_token"
)

// SecretNames lists what SetSecret is used for, in the order in which they are
// asked for.
func SecretNames() []string { return []string{JDAppSecret, JDAccessToken} }

// Secret returns a secret from the key store. One that is not there is a
// *notice.Error, secret-missing, that is ErrNotFound.
func Secret(ks Keystore, name string) (secret.Token, error) {
	b, err := ks.Get(name)
	if errors.Is(err, ErrNotFound) || err == nil && len(b) == 0 {
		return secret.Token{}, notice.New("secret-missing", ErrNotFound, name)
	}
	if err != nil {
		return secret.Token{}, keystoreFailed(ks, err)
	}
	return secret.New(string(b)), nil
}

// SetSecret keeps a secret in the key store; an empty one deletes what is there.
func SetSecret(ks Keystore, name string, t secret.Token) error {
	var err error
	if t.Empty() {
		err = ks.Delete(name)
	} else {
		err = ks.Set(name, []byte(t.Reveal()))
	}
	if err != nil {
		return keystoreFailed(ks, err)
	}
	return nil
}

// Secret returns a secret from the Sealer's key store; see the function.
func (s *Sealer) Secret(name string) (secret.Token, error) { return Secret(s.ks, name) }

// SetSecret keeps a secret in the Sealer's key store; see the function.
func (s *Sealer) SetSecret(name string, t secret.Token) error { return SetSecret(s.ks, name, t) }

const bootName = "boot-count"

// BootCount returns how often BumpBoot was called: zero for a new key store.
//
// The database keeps the same number. A database whose number is lower is an
// old copy that somebody has put back: what it calls queued may have been
// printed since. The database is to write BootCount()+1 before BumpBoot is
// called: a crash between the two then leaves the database ahead, which is
// harmless, and never behind.
func (s *Sealer) BootCount() (uint64, error) {
	b, err := s.ks.Get(bootName)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, keystoreFailed(s.ks, err)
	}
	n, err := strconv.ParseUint(string(b), 10, 64)
	if err != nil {
		return 0, keystoreFailed(s.ks, errors.New("the boot counter is not a number"))
	}
	return n, nil
}

// BumpBoot raises the boot counter by one and returns the new value, which is
// on disk then.
func (s *Sealer) BumpBoot() (uint64, error) {
	n, err := s.BootCount()
	if err != nil {
		return 0, err
	}
	n++
	if err := s.ks.Set(bootName, []byte(strconv.FormatUint(n, 10))); err != nil {
		return 0, keystoreFailed(s.ks, fmt.Errorf("raise the boot counter: %w", err))
	}
	return n, nil
}
