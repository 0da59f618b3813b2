package discover

import (
	"encoding/binary"
	"errors"
	"strings"
)

// The part of DNS (RFC 1035) that announcements need. Names are lists of labels
// and not dotted text: the name of a printer on the network is one label, and has
// points and spaces in it as its owner likes.

// Types of records.
const (
	typeA   = 1
	typePTR = 12
	typeTXT = 16
	typeSRV = 33
)

// record is a resource record of a type that we know.
type record struct {
	name   []string
	kind   uint16
	target []string // of PTR and SRV
	port   uint16   // of SRV
	texts  []string // of TXT
	addr   [4]byte  // of A
}

var errMessage = errors.New("broken DNS message")

// Bounds on a message.
const (
	maxRecords = 200
	maxLabels  = 32
	maxJumps   = 32
	maxTexts   = 64
)

// question is a message that asks for records. An answer is wanted to the asker
// alone (RFC 6762 §5.4): the top bit of the class.
func question(asked ...asking) []byte {
	b := make([]byte, 12, 512)
	binary.BigEndian.PutUint16(b[4:], uint16(len(asked)))
	for _, q := range asked {
		for _, label := range q.name {
			b = append(b, byte(len(label)))
			b = append(b, label...)
		}
		b = append(b, 0)
		b = binary.BigEndian.AppendUint16(b, q.kind)
		b = binary.BigEndian.AppendUint16(b, 0x8001)
	}
	return b
}

type asking struct {
	name []string
	kind uint16
}

// readMessage returns the records of a response; none of a question. Records that
// are broken or of types that we do not know are left out.
func readMessage(m []byte) ([]record, error) {
	if len(m) < 12 {
		return nil, errMessage
	}
	if m[2]&0x80 == 0 {
		return nil, nil
	}
	questions := int(binary.BigEndian.Uint16(m[4:]))
	count := 0
	for _, at := range []int{6, 8, 10} {
		count += int(binary.BigEndian.Uint16(m[at:]))
	}
	at := 12
	for range min(questions, maxRecords) {
		_, next, err := readName(m, at)
		if err != nil || next+4 > len(m) {
			return nil, errMessage
		}
		at = next + 4
	}
	var all []record
	for range min(count, maxRecords) {
		name, next, err := readName(m, at)
		if err != nil || next+10 > len(m) {
			return all, errMessage
		}
		r := record{name: name, kind: binary.BigEndian.Uint16(m[next:])}
		class := binary.BigEndian.Uint16(m[next+2:]) & 0x7FFF
		from := next + 10
		to := from + int(binary.BigEndian.Uint16(m[next+8:]))
		if to > len(m) {
			return all, errMessage
		}
		if class == 1 && r.read(m, from, to) {
			all = append(all, r)
		}
		at = to
	}
	return all, nil
}

// read takes in what a record says, in m[from:to].
func (r *record) read(m []byte, from, to int) bool {
	var err error
	switch r.kind {
	case typeA:
		if to-from != 4 {
			return false
		}
		r.addr = [4]byte(m[from:to])
	case typePTR:
		r.target, _, err = readName(m[:to], from)
	case typeSRV:
		if to-from < 7 {
			return false
		}
		r.port = binary.BigEndian.Uint16(m[from+4:])
		r.target, _, err = readName(m[:to], from+6)
	case typeTXT:
		for from < to && len(r.texts) < maxTexts {
			n := int(m[from])
			if from+1+n > to {
				return false
			}
			r.texts = append(r.texts, string(m[from+1:from+1+n]))
			from += 1 + n
		}
	default:
		return false
	}
	return err == nil
}

// readName reads a name and returns where what follows it begins. A pointer leads
// to a place before it and nowhere else.
func readName(m []byte, at int) (labels []string, next int, err error) {
	jumps := 0
	for {
		if at >= len(m) {
			return nil, 0, errMessage
		}
		n := int(m[at])
		switch {
		case n == 0:
			if jumps == 0 {
				next = at + 1
			}
			return labels, next, nil
		case n&0xC0 == 0xC0:
			if at+1 >= len(m) {
				return nil, 0, errMessage
			}
			to := n&0x3F<<8 | int(m[at+1])
			if jumps == 0 {
				next = at + 2
			}
			if jumps++; jumps > maxJumps || to >= at {
				return nil, 0, errMessage
			}
			at = to
		case n&0xC0 != 0 || at+1+n > len(m) || len(labels) == maxLabels:
			return nil, 0, errMessage
		default:
			labels = append(labels, string(m[at+1:at+1+n]))
			at += 1 + n
		}
	}
}

// key is a name as it is compared: letters' case does not count.
func key(name []string) string {
	lower := make([]string, len(name))
	for i, l := range name {
		lower[i] = strings.ToLower(l)
	}
	return strings.Join(lower, "\x00")
}
