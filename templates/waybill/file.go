package waybill

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// FileVersion is the version of the JSON form that ReadFile takes.
const FileVersion = 1

// ReadFile reads a label from its JSON form, the one that `miandan render
// --data` takes:
//
//	{"version": 1, "parcel": 1, "printed_at": "…", "waybill": {…}}
//
// Field names are those of Waybill's tags. An unknown field is an error: a
// misspelt one would otherwise be missing from the label.
func ReadFile(r io.Reader) (Label, error) {
	var f struct {
		Version   int       `json:"version"`
		Parcel    int       `json:"parcel"`
		Copy      int       `json:"copy"`
		PrintedAt time.Time `json:"printed_at"`
		Wave      Wave      `json:"wave"`
		Waybill   Waybill   `json:"waybill"`
	}
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return Label{}, fmt.Errorf("not a label in JSON: %w", unread(err))
	}
	if _, err := d.Token(); err != io.EOF {
		return Label{}, errors.New("something stands behind the label: a file has one")
	}
	if f.Version != FileVersion {
		return Label{}, fmt.Errorf("the file says version %d; this program reads version %d", f.Version, FileVersion)
	}
	if f.Parcel == 0 {
		f.Parcel = 1
	}
	if len(f.Waybill.Parcels) == 0 {
		return Label{}, errors.New(`the waybill has no parcels: add "parcels": [{"barcode": "…", "index": 1, "count": 1}]`)
	}
	if f.Parcel < 1 || f.Parcel > len(f.Waybill.Parcels) {
		return Label{}, fmt.Errorf("parcel %d of a waybill of %d", f.Parcel, len(f.Waybill.Parcels))
	}
	return Label{Waybill: f.Waybill, Parcel: f.Parcel - 1, Copy: f.Copy, PrintedAt: f.PrintedAt, Wave: f.Wave}, nil
}

// unread says what is wrong with a file without quoting what stands in it:
// encoding/json puts a number that it cannot store into its error, and package
// time the text that is no time; either may be somebody's telephone number.
func unread(err error) error {
	var kind *json.UnmarshalTypeError
	var moment *time.ParseError
	switch {
	case errors.As(err, &kind):
		return fmt.Errorf("field %s is no %v", kind.Field, kind.Type)
	case errors.As(err, &moment):
		return errors.New("a time is written as in 2026-11-23T10:00:00+08:00")
	}
	return err
}
