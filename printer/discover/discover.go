// Package discover finds printers that are plugged in, installed or announced.
//
// It looks at what is there and asks nobody: the system's own lists, the print
// service's queues, and what devices on the network say of themselves when they
// are asked who is there. Addresses are tried one by one only where a person has
// given them, and an unknown device is spoken to in printers' languages only on
// request, for a printer that does not know a question may print it.
//
// Everything that is found is foreign text. It is bounded and cleaned before
// anything is made of it, and nothing in it decides more than a proposal, which a
// person takes or leaves.
package discover

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"miandan/printer/model"
)

// Device is a printer, or what may be one.
type Device struct {
	// URL is what the settings take; "" if there is no way to it yet.
	URL string
	Way string // by which it was found: usb, serial, cups, winspool, mdns, scan
	// Says is what it calls itself, for people.
	Says     string
	Identity model.Identity
	// Width and Height are its usual paper in micrometres and DotsPerMM its head's
	// pitch, where somebody said so; else 0.
	Width, Height int
	DotsPerMM     float64
	// Direct is another way to the same printer, without a queue between.
	Direct string
	// Note says what a person should know of it; "" if nothing.
	Note string

	host netip.Addr // of one on the network
}

// Way is a way of looking. Find returns what it has found by the time the context
// ends, also with an error.
type Way struct {
	Name string
	Find func(context.Context) ([]Device, error)
}

// Trouble is a way that has failed.
type Trouble struct {
	Way string
	Err error
}

// Patience is how long is looked if nobody says otherwise: announcements come
// within a second or two, or not at all.
const Patience = 3 * time.Second

// errLate reports a way that did not end when it was time.
var errLate = errors.New("did not answer in time")

// steers reports whether a character has no business in an address.
func steers(r rune) bool { return unicode.In(r, unicode.C, unicode.Z) }

// maxAddress is the longest URL of a device; a queue's name of 127 hanzi is a
// third of it.
const maxAddress = 4096

// maxDevices bounds what one way may find.
const maxDevices = 500

// Find looks in all ways at once. One that fails or never ends costs the others
// nothing.
func Find(ctx context.Context, patience time.Duration, ways ...Way) ([]Device, []Trouble) {
	if patience <= 0 {
		patience = Patience
	}
	// Mail is buffered: a way that comes too late finds nobody and ends.
	type mail struct {
		way     string
		devices []Device
		err     error
	}
	inbox := make(chan mail, len(ways))
	looking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var work sync.WaitGroup
	for _, w := range ways {
		work.Go(func() {
			m := mail{way: w.Name}
			defer func() {
				if p := recover(); p != nil {
					m.err = fmt.Errorf("panicked: %v", p)
				}
				inbox <- m
			}()
			m.devices, m.err = w.Find(looking)
		})
	}
	late := time.NewTimer(patience + 500*time.Millisecond)
	defer late.Stop()
	missing := map[string]bool{}
	for _, w := range ways {
		missing[w.Name] = true
	}
	var found []Device
	var troubles []Trouble
	for range ways {
		select {
		case m := <-inbox:
			delete(missing, m.way)
			for _, d := range m.devices[:min(len(m.devices), maxDevices)] {
				d.Way = m.way
				found = append(found, d.clean())
			}
			if m.err != nil && !errors.Is(m.err, context.DeadlineExceeded) {
				troubles = append(troubles, Trouble{m.way, m.err})
			}
			continue
		case <-late.C:
		case <-ctx.Done():
		}
		break
	}
	for way := range missing {
		troubles = append(troubles, Trouble{way, errLate})
	}
	slices.SortFunc(troubles, func(a, b Trouble) int { return cmp.Compare(a.Way, b.Way) })
	return merge(found), troubles
}

// clean makes all that is foreign in a device fit to be shown.
func (d Device) clean() Device {
	id := &d.Identity
	// An address is taken whole or not at all: a part of one leads elsewhere.
	for _, s := range []*string{&d.URL, &d.Direct} {
		_, err := url.Parse(*s)
		if err != nil || len(*s) > maxAddress || !utf8.ValidString(*s) || strings.ContainsFunc(*s, steers) {
			*s = ""
		}
	}
	for _, s := range []*string{&d.Says, &id.Maker, &id.Model, &id.Answer, &id.Queue} {
		*s = model.Clean(*s)
	}
	commands := id.Commands[:min(len(id.Commands), 32)]
	id.Commands = nil
	for _, c := range commands {
		if c = model.Clean(c); c != "" {
			id.Commands = append(id.Commands, c)
		}
	}
	if d.Says == "" {
		d.Says = strings.TrimSpace(id.Maker + " " + id.Model)
	}
	return d
}

// merge leaves one of each URL: the one of which the most is known. Devices
// without a URL stay as they are.
func merge(found []Device) []Device {
	known := func(d Device) int {
		n := len(d.Identity.Commands)
		for _, s := range []string{d.Identity.Maker, d.Identity.Model, d.Identity.Answer, d.Identity.Queue, d.Says} {
			if s != "" {
				n += 2
			}
		}
		return n
	}
	var all []Device
	for _, d := range found {
		i := slices.IndexFunc(all, func(o Device) bool { return d.URL != "" && o.URL == d.URL })
		switch {
		case i < 0:
			all = append(all, d)
		case known(d) > known(all[i]):
			all[i] = d
		}
	}
	slices.SortStableFunc(all, func(a, b Device) int {
		return cmp.Or(cmp.Compare(a.Way, b.Way), cmp.Compare(a.URL, b.URL), cmp.Compare(a.Says, b.Says))
	})
	return all
}
