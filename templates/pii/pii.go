// Package pii holds what is known of a person on a parcel: name, telephone
// number and address.
//
// Each value prints masked, whatever prints it: every verb of fmt, JSON, slog
// and templates. The text sits behind a pointer because fmt walks unexported
// fields without calling their methods; a plain string field would come out
// whole from a %+v of any struct around it. Reveal is the one way to the text,
// and agent/architecture_test.go lists the packages that may call it.
//
// The mask is the bullet •, never the asterisk. Platforms send 138****5678 as
// ordinary data; only a bullet proves that the value was masked by us, and
// reading one back is refused instead of stored as if it were the person.
package pii

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bullets stands in place of what a mask hides. Its length says nothing about
// the length of what is hidden.
const Bullets = "••••"

// ErrMasked reports that a value read back carries our own mask, so the real
// one has been lost on the way.
var ErrMasked = errors.New("the value is masked: it was copied from a screen or a log, not from the source")

// Name is the name of a person or a firm. It prints as its first character
// and two bullets, or as two bullets alone when it has but one character.
type Name struct {
	_ [0]func() // no ==, no map key: use Equal
	v *string
}

// NewName takes a name as the platform gave it; surrounding space is dropped.
func NewName(s string) Name {
	s = strings.TrimSpace(s)
	if s == "" {
		return Name{}
	}
	return Name{v: &s}
}

// Reveal returns the name itself.
func (n Name) Reveal() string { return text(n.v) }

// Empty reports whether there is no name.
func (n Name) Empty() bool { return n.v == nil }

// Equal reports whether both are the same name.
func (n Name) Equal(o Name) bool { return text(n.v) == text(o.v) }

func (n Name) String() string {
	s := text(n.v)
	if s == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(s)
	if size == len(s) {
		return "••"
	}
	return string(first) + "••"
}

func (n Name) GoString() string              { return n.String() }
func (n Name) Format(f fmt.State, _ rune)    { io.WriteString(f, n.String()) }
func (n Name) LogValue() slog.Value          { return slog.StringValue(n.String()) }
func (n Name) MarshalText() ([]byte, error)  { return []byte(n.String()), nil }
func (n *Name) UnmarshalText(b []byte) error { return read(b, func(s string) { *n = NewName(s) }) }

// Phone is a telephone number: a mobile number, a landline, or a virtual
// number with its extension written 17000000000-4740. It prints with the first
// three and the last four digits of a mobile number, or the last four of
// anything else; an extension prints as bullets.
type Phone struct {
	_ [0]func()
	v *string
}

// NewPhone takes a number as the platform gave it; surrounding space is
// dropped.
func NewPhone(s string) Phone {
	s = strings.TrimSpace(s)
	if s == "" {
		return Phone{}
	}
	return Phone{v: &s}
}

// Reveal returns the number itself.
func (p Phone) Reveal() string { return text(p.v) }

// Empty reports whether there is no number.
func (p Phone) Empty() bool { return p.v == nil }

// Equal reports whether both are written the same.
func (p Phone) Equal(o Phone) bool { return text(p.v) == text(o.v) }

// Hidden reports whether the platform itself has hidden digits (138****5678):
// such a number cannot be called and a carrier refuses it.
func (p Phone) Hidden() bool { return strings.ContainsAny(text(p.v), "*•＊") }

// Contradicts reports whether two numbers, either of them perhaps hidden in part
// by a platform's stars, show that they are not the same. Numbers of different
// lengths show nothing: one may be a landline beside the other.
func (p Phone) Contradicts(o Phone) bool {
	a, b := []rune(text(p.v)), []rune(text(o.v))
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && !strings.ContainsRune("*＊", a[i]) && !strings.ContainsRune("*＊", b[i]) {
			return true
		}
	}
	return false
}

// Mobile reports whether it is a mobile number, with or without an extension.
func (p Phone) Mobile() bool {
	main, _, _ := strings.Cut(text(p.v), "-")
	return isMobile(main)
}

func (p Phone) String() string {
	s := text(p.v)
	if s == "" {
		return ""
	}
	main, ext := s, ""
	if i := strings.IndexByte(s, '-'); i == 11 && isMobile(s[:i]) {
		main, ext = s[:i], s[i+1:]
	}
	digits := keepDigits(main)
	var m string
	switch {
	case isMobile(main):
		m = main[:3] + Bullets + main[7:]
	case len(digits) >= 7:
		m = Bullets + digits[len(digits)-4:]
	default:
		m = Bullets
	}
	if ext != "" {
		m += "-" + Bullets
	}
	return m
}

func (p Phone) GoString() string              { return p.String() }
func (p Phone) Format(f fmt.State, _ rune)    { io.WriteString(f, p.String()) }
func (p Phone) LogValue() slog.Value          { return slog.StringValue(p.String()) }
func (p Phone) MarshalText() ([]byte, error)  { return []byte(p.String()), nil }
func (p *Phone) UnmarshalText(b []byte) error { return read(b, func(s string) { *p = NewPhone(s) }) }

// Region is the part of an address that may be shown: down to the district,
// and the town, which is shown nowhere but sorts parcels.
type Region struct {
	Province string `json:"province,omitempty"`
	City     string `json:"city,omitempty"`
	District string `json:"district,omitempty"`
	Town     string `json:"town,omitempty"`
}

func (r Region) upToDistrict() string {
	if r.City == r.Province || r.City == r.Province+"市" { // the four municipalities
		return r.City + r.District
	}
	return r.Province + r.City + r.District
}

// Address is a postal address. It prints down to the district.
type Address struct {
	_ [0]func()
	v *addressText
}

type addressText struct {
	region Region
	detail string
}

// NewAddress takes the region and the rest of the address. If the rest already
// begins with the region, as the platforms' full addresses do, it is not
// repeated by Reveal.
func NewAddress(r Region, detail string) Address {
	detail = strings.TrimSpace(detail)
	if r == (Region{}) && detail == "" {
		return Address{}
	}
	return Address{v: &addressText{region: r, detail: detail}}
}

// Region returns the province, city, district and town.
func (a Address) Region() Region {
	if a.v == nil {
		return Region{}
	}
	return a.v.region
}

// Reveal returns the whole address in one line.
func (a Address) Reveal() string {
	if a.v == nil {
		return ""
	}
	r, rest := a.v.region, a.v.detail
	if strings.HasPrefix(rest, r.Province) && strings.Contains(rest, r.District) && r != (Region{}) {
		return rest
	}
	return r.upToDistrict() + r.Town + rest
}

// Empty reports whether there is no address.
func (a Address) Empty() bool { return a.v == nil }

// Equal reports whether both read the same when printed on a label.
func (a Address) Equal(o Address) bool { return a.Reveal() == o.Reveal() }

func (a Address) String() string {
	if a.v == nil {
		return ""
	}
	return a.v.region.upToDistrict() + Bullets
}

func (a Address) GoString() string           { return a.String() }
func (a Address) Format(f fmt.State, _ rune) { io.WriteString(f, a.String()) }
func (a Address) LogValue() slog.Value       { return slog.StringValue(a.String()) }

// MarshalJSON writes the region and a mask in place of the rest.
func (a Address) MarshalJSON() ([]byte, error) {
	if a.v == nil {
		return []byte("null"), nil
	}
	return json.Marshal(addressJSON{Region: a.v.region, Detail: Bullets})
}

// UnmarshalJSON reads {"province","city","district","town","detail"}.
func (a *Address) UnmarshalJSON(b []byte) error {
	var j addressJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return errors.New("an address is an object with province, city, district, town and detail")
	}
	if strings.ContainsRune(j.Detail, '•') {
		return ErrMasked
	}
	*a = NewAddress(j.Region, j.Detail)
	return nil
}

type addressJSON struct {
	Region
	Detail string `json:"detail"`
}

func text(v *string) string {
	if v == nil {
		return ""
	}
	return *v
}

func read(b []byte, set func(string)) error {
	s := string(b)
	if strings.ContainsRune(s, '•') {
		return ErrMasked
	}
	set(s)
	return nil
}

func isMobile(s string) bool {
	return len(s) == 11 && s[0] == '1' && keepDigits(s) == s
}

func keepDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}
