// Package manifest is the signed list of a release's installers.
//
// A program that prints on every packing PC of a company is worth taking over, and
// an update is the way in. So nothing about one is believed but what this list
// says: the version, until when the list holds, and of each file its length and
// hash. It is signed as the bytes that it is, before anything of it is read.
//
// The list is text: a line that names its form, a line with the signature
// (Ed25519 over the form's name and the rest, base64), and the rest, which is JSON.
package manifest

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const form = "miandan-update-1"

// FileName is the list's name beside the installers; MaxSize is its largest size
// in bytes, MaxFile that of an installer.
const (
	FileName = "update.manifest"
	MaxSize  = 64 << 10
	MaxFile  = 512 << 20
)

// Errors of Open.
var (
	ErrBroken    = errors.New("not a list of updates")
	ErrSignature = errors.New("no key that is trusted here has signed the list")
	ErrExpired   = errors.New("the list has expired")
	ErrEarly     = errors.New("the list is of the future, or this computer's clock is slow")
)

// Manifest is one release.
type Manifest struct {
	Version  string    `json:"version"` // as 1.4.2
	Released time.Time `json:"released"`
	Expires  time.Time `json:"expires"`
	Files    []File    `json:"files"`
}

// File is the installer of one platform.
type File struct {
	Platform string `json:"platform"` // as windows/amd64
	Name     string `json:"name"`     // without a folder; .msi or .deb
	Size     int64  `json:"size"`     // bytes
	SHA256   string `json:"sha256"`   // hex
}

// Of returns the file of a platform.
func (m Manifest) Of(platform string) (File, bool) {
	i := slices.IndexFunc(m.Files, func(f File) bool { return f.Platform == platform })
	if i < 0 {
		return File{}, false
	}
	return m.Files[i], true
}

// Sign writes the list.
func Sign(m Manifest, key ed25519.PrivateKey) ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	body, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	signature := base64.StdEncoding.EncodeToString(ed25519.Sign(key, signed(body)))
	return fmt.Appendf(nil, "%s\n%s\n%s", form, signature, body), nil
}

func signed(body []byte) []byte { return append([]byte(form+"\n"), body...) }

// Open reads a list that one of the keys has signed and that holds at the time now.
func Open(b []byte, keys []ed25519.PublicKey, now time.Time) (Manifest, error) {
	head, rest, _ := bytes.Cut(b, []byte("\n"))
	line, body, ok := bytes.Cut(rest, []byte("\n"))
	if !ok || string(head) != form || len(b) > MaxSize {
		return Manifest{}, ErrBroken
	}
	signature, err := base64.StdEncoding.Strict().DecodeString(string(line))
	if err != nil || len(signature) != ed25519.SignatureSize {
		return Manifest{}, ErrBroken
	}
	if !slices.ContainsFunc(keys, func(k ed25519.PublicKey) bool {
		return len(k) == ed25519.PublicKeySize && ed25519.Verify(k, signed(body), signature)
	}) {
		return Manifest{}, ErrSignature
	}
	return read(body, now)
}

// read takes what is signed.
func read(body []byte, now time.Time) (Manifest, error) {
	var m Manifest
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return Manifest{}, ErrBroken
	}
	if _, err := d.Token(); err != io.EOF {
		return Manifest{}, ErrBroken
	}
	if err := m.check(); err != nil {
		return Manifest{}, err
	}
	switch {
	case !now.Before(m.Expires):
		return Manifest{}, ErrExpired
	case now.Before(m.Released.Add(-24 * time.Hour)):
		return Manifest{}, ErrEarly
	}
	return m, nil
}

var (
	platforms = regexp.MustCompile(`^[a-z0-9]{1,16}/[a-z0-9]{1,16}$`)
	names     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.(msi|deb)$`)
)

func (m Manifest) check() error {
	ok := len(m.Files) > 0 && m.Released.Before(m.Expires)
	if _, valid := parse(m.Version); !valid {
		ok = false
	}
	seen := map[string]bool{}
	for _, f := range m.Files {
		sum, err := hex.DecodeString(f.SHA256)
		ok = ok && err == nil && len(sum) == 32 && f.Size > 0 && f.Size <= MaxFile &&
			platforms.MatchString(f.Platform) && names.MatchString(f.Name) && !seen[f.Platform]
		seen[f.Platform] = true
	}
	if !ok {
		return ErrBroken
	}
	return nil
}

// Newer reports whether version a is above b. What is no version, as that of a
// program built by hand, is below every one.
func Newer(a, b string) bool {
	x, okX := parse(a)
	y, okY := parse(b)
	return okX && (!okY || slices.Compare(x[:], y[:]) > 0)
}

func parse(version string) (v [3]int, ok bool) {
	parts := strings.Split(strings.TrimPrefix(version, "v"), ".")
	if len(parts) != 3 {
		return v, false
	}
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || len(p) > 1 && p[0] == '0' {
			return v, false
		}
		v[i] = int(n)
	}
	return v, true
}
