package config

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
)

// ErrByHand reports a settings file that is written in a way in which a printer's
// setting cannot be changed line by line.
var ErrByHand = errors.New("the printer does not stand in a section of its own")

// SetOffsets returns a settings file in which a printer's offsets are these, in
// mm, and all else is as it was, to the byte: people's remarks and order are
// theirs. What comes out is read again, and nothing but the offsets may have
// changed in it.
func SetOffsets(path string, file []byte, name string, x, y float64) ([]byte, error) {
	before, err := Parse(path, file)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(before.Printers, func(p Printer) bool { return p.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("no printer of this name in the settings")
	}
	at := newIndex(bytes.TrimPrefix(file, []byte("\ufeff")))
	section := fmt.Sprintf("printer[%d]", i)
	named, stands := at.places[section+".name"]
	if !at.places[section].entry || !stands {
		return nil, ErrByHand
	}
	lines := bytes.SplitAfter(file, []byte("\n"))
	end := "\n"
	if bytes.Contains(file, []byte("\r\n")) {
		end = "\r\n"
	}
	after := named.line // where new lines go
	for _, s := range []struct {
		name  string
		value float64
	}{{"offset_y", y}, {"offset_x", x}} {
		line := s.name + " = " + strconv.FormatFloat(s.value, 'f', 1, 64) + end
		if p, stands := at.places[section+"."+s.name]; stands {
			lines[p.line-1] = []byte(line)
			continue
		}
		if last := lines[after-1]; !bytes.HasSuffix(last, []byte("\n")) {
			lines[after-1] = append(slices.Clone(last), end...)
		}
		lines = slices.Insert(lines, after, []byte(line))
		if p, stands := at.places[section+".offset_x"]; stands && p.line > after { // it has moved down
			p.line++
			at.places[section+".offset_x"] = p
		}
	}
	changed := bytes.Join(lines, nil)
	got, err := Parse(path, changed)
	if err != nil {
		return nil, ErrByHand
	}
	before.Printers[i].OffsetX, before.Printers[i].OffsetY = x, y
	if !reflect.DeepEqual(got, before) {
		return nil, ErrByHand
	}
	return changed, nil
}
