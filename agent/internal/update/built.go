package update

import (
	"errors"
	"net/url"
	"path/filepath"
	"strings"
)

// What an installer is built with, by -ldflags=-X: the public keys that sign its
// updates, in base64 with commas between them, and where they are.
var (
	builtKeys string
	builtFrom string
)

// Place is where updates are looked for and who must have signed them.
type Place struct {
	From string // an https address, a folder or a share; empty: there is none
	Keys string // in base64, with commas between them; empty: nobody is trusted
}

// ErrNowhere reports that nobody has said where updates are, or who signs them.
var ErrNowhere = errors.New("no place of updates, or no key for them")

// Built is the place that this build has, with what the settings say instead of it.
// The keys are the build's alone.
func Built(from, channel string) Place {
	if from == "" {
		from = builtFrom
	}
	switch {
	case from == "" || channel == "":
	case strings.Contains(from, "://"):
		if u, err := url.Parse(from); err == nil {
			from = u.JoinPath(channel).String()
		}
	default:
		from = filepath.Join(from, channel)
	}
	return Place{From: from, Keys: builtKeys}
}

// At makes u look at a place.
func (u *Updater) At(p Place) error {
	if p.From == "" || p.Keys == "" {
		return ErrNowhere
	}
	for text := range strings.SplitSeq(p.Keys, ",") {
		key, err := ParseKey(text)
		if err != nil {
			return err
		}
		u.Keys = append(u.Keys, key)
	}
	var err error
	u.From, err = From(p.From)
	return err
}
