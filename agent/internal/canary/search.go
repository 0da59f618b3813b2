package canary

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// KeyText is something that is no person's and must not be found either: a
// token, a password, a key's bytes.
type KeyText struct {
	Name string // what a report calls it
	Text string // at least eight bytes
}

// needle is one text that is looked for.
type needle struct {
	person int // -1: none
	field  Field
	text   string
	name   string // of a KeyText
}

func (n needle) String() string {
	if n.person < 0 {
		return string(n.field) + " " + n.name
	}
	return fmt.Sprintf("%s of person %d", n.field, n.person)
}

// pattern is a needle in one encoding of characters.
type pattern struct {
	needle *needle
	form   string
	bytes  []byte
}

// window is how many bytes are looked at together. No pattern is shorter:
// three characters in UTF-16.
const window = 6

// Scanner looks for all people at once. It is safe for use by several
// goroutines once made.
type Scanner struct {
	patterns []pattern
	// filter has a bit for each hash of a pattern's last bytes; most windows of
	// a file end there, after one look into memory.
	filter []uint64
	last   map[uint64][]int32 // patterns by their last bytes
	digits map[string]numeral
	// Most is how many bytes a file may unpack to, all layers together; more is
	// an error, since what was not looked at is not clean. New sets 2 GiB.
	Most int64
}

// New returns a scanner for people and for further texts.
func New(people []Person, keys ...KeyText) *Scanner {
	s := &Scanner{filter: make([]uint64, 1<<filterBits/64), last: map[uint64][]int32{}, digits: map[string]numeral{}, Most: 2 << 30}
	for _, p := range people {
		for _, n := range p.needles() {
			s.add(n)
		}
		for f, number := range map[Field]string{Mobile: p.Mobile, Landline: p.Landline, Virtual: p.Virtual[:11]} {
			s.addNumber(needle{person: p.Index, field: f}, number)
		}
	}
	for _, k := range keys {
		if len(k.Text) < 8 {
			panic("canary: a text of fewer than eight bytes is found everywhere")
		}
		s.add(needle{person: -1, field: Secret, text: k.Text, name: k.Name})
	}
	return s
}

func (s *Scanner) add(n needle) {
	texts := []string{n.text}
	if lower := strings.ToLower(n.text); lower != n.text && n.field != Secret {
		texts = append(texts, lower)
	}
	if upper := strings.ToUpper(n.text); upper != n.text && n.field != Secret {
		texts = append(texts, upper)
	}
	for _, text := range texts {
		s.addForm(&n, "UTF-8", []byte(text))
		units := utf16.Encode([]rune(text))
		little, big := make([]byte, 0, 2*len(units)), make([]byte, 0, 2*len(units))
		for _, u := range units {
			little, big = binary.LittleEndian.AppendUint16(little, u), binary.BigEndian.AppendUint16(big, u)
		}
		s.addForm(&n, "UTF-16LE", little)
		s.addForm(&n, "UTF-16BE", big)
		if gb, err := simplifiedchinese.GB18030.NewEncoder().String(text); err == nil && gb != text {
			s.addForm(&n, "GB 18030", []byte(gb))
		}
	}
}

func (s *Scanner) addForm(n *needle, form string, b []byte) {
	if len(b) < window {
		panic(fmt.Sprintf("canary: a %s of %d bytes in %s is too short to look for", n.field, len(b), form))
	}
	w := load(b[len(b)-window:])
	s.filter[hash(w)/64] |= 1 << (hash(w) % 64)
	s.last[w] = append(s.last[w], int32(len(s.patterns)))
	s.patterns = append(s.patterns, pattern{n, form, b})
}

const filterBits = 22

func hash(w uint64) uint64 { return w * 0x9E3779B97F4A7C15 >> (64 - filterBits) }

// load returns the first bytes of b as one number.
func load(b []byte) uint64 {
	return uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint16(b[4:]))<<32
}

// texts calls found for each pattern in b, with where it begins.
func (s *Scanner) texts(b []byte, found func(at int, n *needle, form string)) {
	for i := 0; i+window <= len(b); i++ {
		w := load(b[i:])
		h := hash(w)
		if s.filter[h/64]&(1<<(h%64)) == 0 {
			continue
		}
		for _, k := range s.last[w] {
			p := &s.patterns[k]
			start := i + window - len(p.bytes)
			if start >= 0 && string(b[start:i+window]) == string(p.bytes) {
				found(start, p.needle, p.form)
			}
		}
	}
}
