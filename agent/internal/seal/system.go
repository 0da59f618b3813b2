package seal

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/zalando/go-keyring"
)

// service is the name under which the system's key store shows our secrets.
const service = "miandan"

// systemPatience is how long the system's key store may take. A locked store
// asks its user for a password in a window; on a station without anybody
// before it that window would hold up the start for ever.
const systemPatience = 15 * time.Second

var errSilent = errors.New("the system's key store did not answer")

// system keeps secrets in the system's own store: Credential Manager (DPAPI)
// on Windows, Keychain on macOS, the Secret Service on Linux. Values travel as
// base64, since some of these stores take text only.
type system struct{ suffix string }

var _ Keystore = system{}

// openSystem returns the system's store if it is there and answers. Whatever
// it answers other than "no such secret" means that it cannot be used: the
// errors of a missing bus and of a missing service are of no distinct type.
func openSystem(absDataDir string) (Keystore, bool) {
	if !busReachable() {
		return nil, false
	}
	s := system{suffix: shortHash(absDataDir)}
	if _, err := s.Get(kekName); err != nil && !errors.Is(err, ErrNotFound) {
		return nil, false
	}
	return s, true
}

// busReachable reports whether asking for the Secret Service is harmless. The
// D-Bus library starts a daemon of its own when it finds no bus, and leaves
// one behind at every call.
func busReachable() bool {
	switch runtime.GOOS {
	case "windows", "darwin":
		return true
	}
	if a := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); a != "" && a != "autolaunch:" {
		return true
	}
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if dir == "" {
		return false
	}
	_, err := os.Stat(filepath.Join(dir, "bus"))
	return err == nil
}

func (s system) Kind() string { return "system" }

func (s system) Get(name string) ([]byte, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	text, err := patiently(func() (string, error) { return keyring.Get(service, s.account(name)) })
	if errors.Is(err, keyring.ErrNotFound) {
		return nil, fmt.Errorf("%s: %w", name, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s from the system's key store: %w", name, err)
	}
	value, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%s in the system's key store was not written by this program", name)
	}
	return value, nil
}

func (s system) Set(name string, value []byte) error {
	if err := checkName(name); err != nil {
		return err
	}
	text := base64.StdEncoding.EncodeToString(value)
	_, err := patiently(func() (string, error) { return "", keyring.Set(service, s.account(name), text) })
	if err != nil {
		return fmt.Errorf("put %s into the system's key store: %w", name, err)
	}
	return nil
}

func (s system) Delete(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	_, err := patiently(func() (string, error) { return "", keyring.Delete(service, s.account(name)) })
	if err != nil && !errors.Is(err, keyring.ErrNotFound) {
		return fmt.Errorf("delete %s from the system's key store: %w", name, err)
	}
	return nil
}

func (s system) account(name string) string { return name + "-" + s.suffix }

// patiently gives up on a call that cannot be cancelled. Its goroutine ends
// with the call, at the latest with the process.
func patiently(call func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		text, err := call()
		done <- answer{text, err}
	}()
	timer := time.NewTimer(systemPatience)
	defer timer.Stop()
	select {
	case a := <-done:
		return a.text, a.err
	case <-timer.C:
		return "", errSilent
	}
}
