package config

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// Duration is a time span written "90s", "15m", "24h" or "7d".
type Duration struct{ time.Duration }

// UnmarshalText reads a duration. Days are taken too, which time.ParseDuration
// does not know: a day is 24 hours.
func (d *Duration) UnmarshalText(b []byte) error {
	s := string(b)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil {
			return errors.New("not a duration")
		}
		d.Duration = time.Duration(n) * 24 * time.Hour
		return nil
	}
	v, err := time.ParseDuration(s)
	if err != nil {
		return errors.New("not a duration")
	}
	d.Duration = v
	return nil
}

// MarshalText writes the duration as it is read.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Paper is the size of a label in micrometres, written in millimetres:
// "76x130".
type Paper struct{ Width, Height int }

// UnmarshalText reads a size.
func (p *Paper) UnmarshalText(b []byte) error {
	s := strings.NewReplacer("×", "x", "X", "x", "*", "x", " ", "", "mm", "").Replace(string(b))
	w, h, ok := strings.Cut(s, "x")
	if !ok {
		return errors.New("not a size of paper")
	}
	for _, side := range []struct {
		text string
		to   *int
	}{{w, &p.Width}, {h, &p.Height}} {
		mm, err := strconv.ParseFloat(side.text, 64)
		if err != nil || !(mm > 0 && mm < 10_000) {
			return errors.New("not a size of paper")
		}
		*side.to = int(math.Round(mm * 1000))
	}
	return nil
}

// String returns the size in millimetres, as it is written.
func (p Paper) String() string {
	mm := func(um int) string { return strconv.FormatFloat(float64(um)/1000, 'f', -1, 64) }
	return mm(p.Width) + "x" + mm(p.Height)
}

// MarshalText writes the size as it is read.
func (p Paper) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Name is the sender's name.
type Name = pii.Name

// Phone is the sender's telephone number.
type Phone = pii.Phone

// Line is the street and number in the sender's address. It prints masked.
type Line struct{ pii.Address }

// UnmarshalText reads the line; it refuses our own mask.
func (l *Line) UnmarshalText(b []byte) error {
	if strings.ContainsRune(string(b), '•') {
		return pii.ErrMasked
	}
	l.Address = pii.NewAddress(pii.Region{}, string(b))
	return nil
}

// Party returns the sender as carriers and labels take it.
func (s Sender) Party() waybill.Party {
	region := pii.Region{Province: s.Province, City: s.City, District: s.District, Town: s.Town}
	return waybill.Party{Name: s.Name, Phone: s.Phone, Address: pii.NewAddress(region, s.Address.Reveal())}
}

// Words is one word or a list of them: "湖北" or ["湖北", "湖南"].
type Words []string

// UnmarshalText takes a single word.
func (w *Words) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		return fmt.Errorf("an empty word")
	}
	*w = Words{string(b)}
	return nil
}
