package app

import (
	"os"

	"miandan/agent/internal/config"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/pairing"
)

// Settings reads the settings file, with what the administrator's policy lays down
// in place of what the file says. Errors are those of config.LoadPinned.
func Settings(path string) (*config.Config, error) { return config.LoadPinned(path, pinned()) }

// pinned is what the policy of this computer lays down. A policy that cannot be
// read lays nothing down, as it lets nobody in; openCallers tells people of it, and
// only the administrator could have broken it.
func pinned() config.Pins {
	policy, err := pairing.ReadPolicy(pairing.PolicyPath(os.Getenv))
	if err != nil {
		return nil
	}
	pins, _ := policy.Pins() // ReadPolicy has looked
	return pins
}

// CheckPolicy returns what is wrong with the administrator's policy itself, a
// *notice.Error, and where there is one.
func CheckPolicy() (path string, err error) {
	policy, err := pairing.ReadPolicy(pairing.PolicyPath(os.Getenv))
	return policy.Path, err
}

// Language is what is spoken with these settings: what MIANDAN_LANG says, else what
// they say, else the system's.
func Language(c *config.Config, system notice.Language, getenv func(string) string) notice.Language {
	if c.Language == "" || getenv(notice.LanguageEnv) != "" {
		return system
	}
	return notice.ParseLanguage(c.Language)
}
