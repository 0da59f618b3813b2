package cainiao

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"miandan/agent/internal/carrier/component"
	"miandan/printer"
)

// Document is one label as a platform sealed it. Encoded it is the Sealed of a
// printer.Job. It prints as what it is and not as what is in it.
type Document struct {
	// Dialect names the platform whose component can open it.
	Dialect string `json:"dialect"`
	// Contents are the parts of the label as the platform and the merchant gave
	// them: the sealed one, {"encryptedData", "signature", "templateURL", "ver", …},
	// and what a merchant's own area shows, {"data", "templateURL"}. Not a byte of
	// them is changed.
	Contents []json.RawMessage `json:"contents"`
	// Beside stands beside the contents in the component's document, as Kuaishou's
	// waybillCode and ksOrderFlag do; nothing if empty.
	Beside map[string]json.RawMessage `json:"beside,omitempty"`
	// ID is the document's name where the platform asks for one, as a waybill number.
	// If it is empty the attempt's own is taken, by which the component can be asked
	// for the document: one that is printed again has the same waybill number.
	ID string `json:"id,omitempty"`
}

// ErrNoDocument reports a job without a document that this component can open.
var ErrNoDocument = component.ErrNoDocument

const (
	maxDepth = 64 // of a content
	maxID    = 64 // bytes
)

// Encode returns the document for a printer.Job.
func (d Document) Encode() ([]byte, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString(`{"dialect":` + quoted(d.Dialect) + `,"contents":`)
	d.writeContents(&b)
	if len(d.Beside) > 0 {
		b.WriteString(`,"beside":{`)
		d.writeBeside(&b, "")
		b.WriteByte('}')
	}
	if d.ID != "" {
		b.WriteString(`,"id":` + quoted(d.ID))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// writeContents writes the contents as they came: json.Marshal would write some
// of their characters in another way.
func (d Document) writeContents(b *bytes.Buffer) {
	b.WriteByte('[')
	for i, c := range d.Contents {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(c)
	}
	b.WriteByte(']')
}

func (d Document) writeBeside(b *bytes.Buffer, before string) {
	names := make([]string, 0, len(d.Beside))
	for name := range d.Beside {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b.WriteString(before + quoted(name) + ":")
		b.Write(d.Beside[name])
		before = ","
	}
}

// quoted is a text in JSON.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic("cainiao: a text does not encode: " + err.Error()) // every string does
	}
	return string(b)
}

func (d Document) check() error {
	if _, ok := DialectOf(d.Dialect); !ok || strings.HasSuffix(d.Dialect, "-component") {
		return fmt.Errorf("%w of a platform that is known", ErrNoDocument)
	}
	if len(d.ID) > maxID {
		return errors.New("the sealed document's name is too long")
	}
	sealed := 0
	for _, c := range d.Contents {
		s, err := look(c)
		if err != nil {
			return err
		}
		if s.sealed {
			sealed++
		}
		if !s.template {
			return errors.New("a part of the sealed document names no template")
		}
	}
	if sealed == 0 {
		return ErrNoDocument
	}
	for name, value := range d.Beside {
		// More than one copy would be a second print that nobody asked this program for.
		if slices.Contains([]string{"documentid", "contents", "copy", "copies"}, strings.ToLower(name)) {
			return fmt.Errorf("%.20q cannot stand beside the sealed document's contents", name)
		}
		if !json.Valid(value) {
			return errors.New("what stands beside the sealed document's contents cannot be read")
		}
	}
	return nil
}

// seen is what shows of a content from outside.
type seen struct{ sealed, template bool }

// look walks through a content. It must be one object, with no name twice in any
// object, so that the component cannot read it in another way than it is read
// here; whatever names a template's address must name one in the web.
func look(content json.RawMessage) (seen, error) {
	var s seen
	in := json.NewDecoder(bytes.NewReader(content))
	in.UseNumber()
	if t, err := in.Token(); err != nil || t != json.Delim('{') {
		return s, ErrNoDocument
	}
	if err := s.object(in, 1); err != nil {
		return s, err
	}
	if _, err := in.Token(); err != io.EOF {
		return s, ErrNoDocument
	}
	return s, nil
}

func (s *seen) object(in *json.Decoder, depth int) error {
	names := map[string]bool{}
	for in.More() {
		t, err := in.Token()
		name, ok := t.(string)
		if err != nil || !ok || names[name] {
			return ErrNoDocument // without what was read: it may be the data
		}
		names[name] = true
		value, err := in.Token()
		if err != nil {
			return ErrNoDocument
		}
		text, _ := value.(string)
		switch {
		case strings.EqualFold(name, "templateURL"):
			if err := component.CheckTemplate(text); err != nil {
				return err
			}
			s.template = s.template || depth == 1
		case name == "encryptedData" && depth == 1:
			s.sealed = text != ""
		}
		if err := s.value(in, value, depth); err != nil {
			return err
		}
	}
	return end(in)
}

func (s *seen) value(in *json.Decoder, value json.Token, depth int) error {
	switch {
	case depth > maxDepth:
		return ErrNoDocument
	case value == json.Delim('{'):
		return s.object(in, depth+1)
	case value != json.Delim('['):
		return nil
	}
	for in.More() {
		value, err := in.Token()
		if err != nil {
			return ErrNoDocument
		}
		if err := s.value(in, value, depth+1); err != nil {
			return err
		}
	}
	return end(in)
}

func end(in *json.Decoder) error {
	if _, err := in.Token(); err != nil {
		return ErrNoDocument
	}
	return nil
}

func decode(b []byte) (Document, error) {
	var d Document
	if json.Unmarshal(b, &d) != nil { // whose error may quote the data
		return Document{}, ErrNoDocument
	}
	return d, d.check()
}

func (d Document) size() (n int) {
	for _, c := range d.Contents {
		n += len(c)
	}
	return n
}

func (d Document) String() string { return fmt.Sprintf("sealed document of %d bytes", d.size()) }

// Format keeps the data out of every verb.
func (d Document) Format(f fmt.State, _ rune) { io.WriteString(f, d.String()) }

// LogValue keeps the data out of logs.
func (d Document) LogValue() slog.Value { return slog.StringValue(d.String()) }

// Driver is the driver of a component's printers, named "sealed": it sends the
// job's sealed document as it is.
type Driver struct{ Dialect Dialect }

var _ printer.Driver = Driver{}

// Encode writes j.Sealed. The error is ErrNoDocument if that is not a Document
// that the platform's component can open.
func (d Driver) Encode(w io.Writer, j printer.Job) error {
	doc, err := decode(j.Sealed)
	if err != nil {
		return named(d.Dialect, err)
	}
	if doc.Dialect != d.Dialect.Name {
		return named(d.Dialect, fmt.Errorf("%w for this component: it is sealed for %.20q", ErrNoDocument, doc.Dialect))
	}
	_, err = w.Write(j.Sealed)
	return err
}
