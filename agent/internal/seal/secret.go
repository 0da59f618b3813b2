package seal

import (
	"errors"
	"fmt"
	"strconv"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

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

// BootCount returns what SetBootCount was last given: zero for a new key
// store.
//
// The database keeps the same number and raises it first, so that a crash
// between the two leaves the database ahead. A database that is behind is an
// old copy that somebody has put back: what it calls queued may have been
// printed since.
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

// SetBootCount puts the counter into the key store, where it survives a power
// cut. It never goes back: a lower number than the one kept is an error.
func (s *Sealer) SetBootCount(n uint64) error {
	kept, err := s.BootCount()
	if err != nil {
		return err
	}
	if n < kept {
		return fmt.Errorf("set boot counter to %d: it stands at %d already", n, kept)
	}
	if err := s.ks.Set(bootName, []byte(strconv.FormatUint(n, 10))); err != nil {
		return keystoreFailed(s.ks, fmt.Errorf("set boot counter: %w", err))
	}
	return nil
}

const auditName = "audit-anchor"

// AuditAnchor returns what SetAuditAnchor was last given, or ErrNotFound.
//
// The database's own word for how long the audit is can be taken back together
// with its last records, by whoever has an older copy of it. This one lies
// elsewhere.
func (s *Sealer) AuditAnchor() (string, error) {
	b, err := s.ks.Get(auditName)
	switch {
	case errors.Is(err, ErrNotFound):
		return "", ErrNotFound
	case err != nil:
		return "", keystoreFailed(s.ks, err)
	}
	return string(b), nil
}

// SetAuditAnchor puts the audit's anchor into the key store, where it survives a
// power cut.
func (s *Sealer) SetAuditAnchor(anchor string) error {
	if err := s.ks.Set(auditName, []byte(anchor)); err != nil {
		return keystoreFailed(s.ks, fmt.Errorf("set the audit's anchor: %w", err))
	}
	return nil
}
