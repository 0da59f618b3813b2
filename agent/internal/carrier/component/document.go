package component

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"

	"miandan/printer"
)

// Document is one label as the component wants it: JD's sealed print data and
// the templates that it is laid out by. Encoded it is the Sealed of a
// printer.Job. It prints as what it is and not as what is in it.
type Document struct {
	TemplateURL     string         `json:"template_url,omitempty"`     // tempUrl of versions 1 and 2
	TemplateCode    string         `json:"template_code,omitempty"`    // templateCode of version 3
	TemplateVersion string         `json:"template_version,omitempty"` // of version 3; "-1", the newest, if empty
	CustomURL       string         `json:"custom_url,omitempty"`       // customTempUrl: the merchant's own area of the label
	Custom          map[string]any `json:"custom,omitempty"`           // what stands in that area
	Data            string         `json:"data"`                       // perPrintData, never opened here
}

// ErrNoDocument reports a job without a sealed document: the label's carrier
// gives none, or its account prints another way.
var ErrNoDocument = errors.New("the job has no sealed document")

// Encode returns the document for a printer.Job.
func (d Document) Encode() ([]byte, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	return json.Marshal(d)
}

func (d Document) check() error {
	if d.Data == "" {
		return ErrNoDocument
	}
	if d.TemplateURL == "" && d.TemplateCode == "" {
		return errors.New("the sealed document names no template")
	}
	for _, s := range []string{d.TemplateURL, d.CustomURL} {
		if s == "" {
			continue
		}
		if err := CheckTemplate(s); err != nil {
			return err
		}
	}
	return nil
}

// CheckTemplate sees that a template's address is one in the web. A component
// fetches it, so it must not be led to files or elsewhere.
func CheckTemplate(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return errors.New("the template's address is no web address")
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

func (d Document) String() string { return fmt.Sprintf("sealed document of %d bytes", len(d.Data)) }

// Format keeps the data out of every verb.
func (d Document) Format(f fmt.State, _ rune) { io.WriteString(f, d.String()) }

// LogValue keeps the data out of logs.
func (d Document) LogValue() slog.Value { return slog.StringValue(d.String()) }

// Driver is the driver of the component's printers, named "sealed": it sends
// the job's sealed document as it is.
type Driver struct{}

var _ printer.Driver = Driver{}

// Encode writes j.Sealed. The error is ErrNoDocument if that is not a Document.
func (Driver) Encode(w io.Writer, j printer.Job) error {
	if _, err := decode(j.Sealed); err != nil {
		return err
	}
	_, err := w.Write(j.Sealed)
	return err
}
