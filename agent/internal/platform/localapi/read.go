package localapi

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
)

// What one handing in may hold.
const (
	MostOrders = 500
	MostBytes  = 1 << 20
)

// Handed is one order of a list, as far as it could be read.
type Handed struct {
	ID    string      // its number, if it has one that may be shown
	Order order.Order // whole if nothing is wrong
	Wrong []Wrong
}

// Wrong is something that must be put right before an order is taken. The
// sentence says of which order and which field.
type Wrong struct {
	Field string // receiver.phone, items[0].quantity; empty for the order as a whole
	Why   *notice.Error
}

// Read reads one order or a list of them. Its errors are *notice.Error and are
// about the whole of it: then nothing was read. What is wrong with single orders
// stands with them, and the others are good.
func Read(body []byte, now time.Time) ([]Handed, error) {
	list, err := members(body)
	if err != nil {
		return nil, err
	}
	all := make([]Handed, len(list))
	for i, raw := range list {
		d := draft{now: now}
		d.read(raw)
		all[i] = d.handed(i, len(list))
	}
	return all, nil
}

// byteOrderMark stands before what some editors and shells of Windows write.
var byteOrderMark = []byte("\ufeff")

// members parts a list into its orders; an order alone is a list of one.
func members(body []byte) ([]json.RawMessage, error) {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, byteOrderMark))
	var list []json.RawMessage
	switch {
	case !utf8.Valid(body) || !json.Valid(body):
		return nil, notice.New("orders-unreadable", nil)
	case body[0] == '{':
		list = []json.RawMessage{body}
	case body[0] != '[' || json.Unmarshal(body, &list) != nil:
		return nil, notice.New("orders-unreadable", nil)
	}
	switch {
	case len(list) == 0:
		return nil, notice.New("orders-none", nil)
	case len(list) > MostOrders:
		return nil, notice.New("orders-too-many", nil, len(list), MostOrders)
	}
	return list, nil
}

// Parts parts a list of any length into lists that may be handed in one after
// another. What is no list comes back as it is.
func Parts(body []byte, most int) [][]byte {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, byteOrderMark))
	var list []json.RawMessage
	if len(body) == 0 || body[0] != '[' || json.Unmarshal(body, &list) != nil || len(list) == 0 {
		return [][]byte{body}
	}
	var parts [][]byte
	for len(list) > 0 {
		n, size := 0, 2
		for n < len(list) && n < most && (n == 0 || size+len(list[n]) < MostBytes) {
			size += len(list[n]) + 1
			n++
		}
		part := slices.Concat([]byte{'['}, bytes.Join(asBytes(list[:n]), []byte{','}), []byte{']'})
		parts, list = append(parts, part), list[n:]
	}
	return parts
}

func asBytes(list []json.RawMessage) [][]byte {
	all := make([][]byte, len(list))
	for i, m := range list {
		all[i] = m
	}
	return all
}

// phoneLike is a mobile number that stands alone in a text.
var phoneLike = regexp.MustCompile(`(^|[^0-9])1[3-9][0-9]{9}([^0-9]|$)`)

// handed is what was read of the order at a place of a list. Only now is known
// what its sentences call it.
func (d *draft) handed(at, of int) Handed {
	h := Handed{ID: d.order.ID, Order: d.order}
	if len(d.wrong) > 0 && phoneLike.MatchString(h.ID) {
		h.ID = ""
	}
	var which notice.Phrase
	switch n := strconv.Itoa(at + 1); {
	case h.ID != "" && of > 1:
		which = notice.Phrase{"Order " + h.ID + " (number " + n + " of the list)", "订单 " + h.ID + "（列表中第 " + n + " 个）"}
	case h.ID != "":
		which = notice.Phrase{"Order " + h.ID, "订单 " + h.ID}
	case of > 1:
		which = notice.Phrase{"Order number " + n + " of the list", "列表中第 " + n + " 个订单"}
	default:
		which = notice.Phrase{"The order", "该订单"}
	}
	for _, w := range d.wrong {
		args := []any{which}
		if w.field != "" {
			args = append(args, w.field)
		}
		h.Wrong = append(h.Wrong, Wrong{w.field, notice.New(w.code, nil, append(args, w.args...)...)})
	}
	return h
}
