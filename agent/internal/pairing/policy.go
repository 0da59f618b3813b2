package pairing

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/pelletier/go-toml/v2"

	"miandan/agent/internal/notice"
)

// PolicyEnv names a policy file instead of the computer's own.
const PolicyEnv = "MIANDAN_POLICY"

// Policy is what the computer's administrator has laid down for every user. Nobody
// at the station changes it; it is shown.
type Policy struct {
	// Ask is whether people here are asked about pages that stand in no rule. Where
	// they are not, no such page may print, nor one that people let in before.
	Ask     bool   `toml:"ask"`
	Origins []Rule `toml:"origin"`
	// Settings are laid down in place of what the settings file says of them, by
	// their names there: print.auto = true.
	Settings map[string]any `toml:"settings"`
	Path     string         `toml:"-"` // where it was read; empty if there is none
}

// Rule is about one origin.
type Rule struct {
	Origin Origin `toml:"origin"`
	Allow  bool   `toml:"allow"`
}

// PolicyPath is the policy file of this computer: where only its administrator
// writes.
func PolicyPath(getenv func(string) string) string {
	if path := getenv(PolicyEnv); path != "" {
		return path
	}
	switch runtime.GOOS {
	case "windows":
		return filepath.Join(programData(getenv), "Miandan", "policy.toml")
	case "darwin":
		return "/Library/Application Support/Miandan/policy.toml"
	}
	return "/etc/miandan/policy.toml"
}

// ReadPolicy reads the policy, from the file and on Windows from Group Policy; no
// file is one that lays nothing down. With an error, which is a *notice.Error, comes
// the policy that lets nobody in: an administrator's word that cannot be read is not
// taken for silence.
func ReadPolicy(path string) (Policy, error) {
	p, err := readFile(path)
	if err != nil {
		return p, err
	}
	g, err := readGroupPolicy()
	if err != nil {
		return Policy{Path: path}, notice.New("policy-unreadable", err, `HKEY_LOCAL_MACHINE\`+groupKey)
	}
	return p.with(g)
}

func readFile(path string) (Policy, error) {
	nobody := Policy{Path: path}
	file, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Policy{Ask: true}, nil
	}
	if err != nil {
		return nobody, notice.New("policy-unreadable", err, path)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0 {
		return nobody, notice.New("policy-open", err, path)
	}
	file = bytes.TrimPrefix(file, []byte("\ufeff")) // Windows' editor begins files so
	p := Policy{Ask: true, Path: path}
	if err := toml.NewDecoder(bytes.NewReader(file)).DisallowUnknownFields().Decode(&p); err != nil {
		return nobody, notice.New("policy-broken", err, path)
	}
	if _, err := p.Pins(); err != nil {
		return nobody, notice.New("policy-broken", err, path)
	}
	for _, r := range p.Origins {
		if _, ok := ParseOrigin(string(r.Origin)); !ok {
			return nobody, notice.New("policy-origin", nil, path, string(r.Origin))
		}
	}
	return p, nil
}

// rule returns what the policy says of an origin.
func (p Policy) rule(o Origin) (allow, known bool) {
	for _, r := range p.Origins {
		if r.Origin == o {
			return r.Allow, true
		}
	}
	return false, false
}

// Policy returns the policy that the book obeys.
func (b *Book) Policy() Policy { return b.policy }
