// Package cloudprint gets labels that JD makes, 京东云打印: the sealed print data
// that only JD's component on this computer can open, and the files that JD's
// own renderer draws.
//
// They are the two lawful ways to a label for merchants who may not decrypt
// the receiver themselves. The sealed data is passed on as it came; it is never
// opened, kept or shown. A rendered file is somebody else's work that our paper
// is to carry, so it is believed only as far as it can be read: a picture has
// exactly the printer's dots, a PDF the paper's size, and the parcel's own
// barcode is read from the dots that will be printed.
//
// The renderer is the one place where JD has to be told the receiver again, so
// this package takes it out of its mask, and hides what the carrier wants
// hidden before it is sent.
package cloudprint

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"
	"sync"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/templates/pdfin"
	"miandan/templates/waybill"
)

// Documents is where labels come from that are not drawn here. Calls change
// nothing at JD and may be made again at will.
type Documents interface {
	// Sealed returns the Sealed of a printer.Job for the component's printers.
	Sealed(ctx context.Context, l waybill.Label) ([]byte, error)
	// Rendered returns the label as JD's renderer draws it.
	Rendered(ctx context.Context, l waybill.Label, f Format) (Document, error)
}

// Caller calls an interface of JDL's gateway (LOP) in its domain jdcloudprint.
// Every error is a *notice.Error.
type Caller interface {
	Call(ctx context.Context, path string, argument, result any) error
}

// CallerFunc is a function that is a Caller.
type CallerFunc func(ctx context.Context, path string, argument, result any) error

// Call calls f.
func (f CallerFunc) Call(ctx context.Context, path string, argument, result any) error {
	return f(ctx, path, argument, result)
}

// Client gets the labels of one merchant. Every error of its methods is a
// *notice.Error. They may be called from several goroutines at once; its fields
// must not change any more by then.
type Client struct {
	JOS *jos.Client // print data by JD's open platform; nil is by LOP
	LOP Caller      // needed to render

	// The codes under which the numbers were taken.
	CustomerCode string // 商家编码, of JD's own carriers (事业部编码 for 快运 and 大件)
	VendorCode   string // of all others
	POP          bool   // the orders are those of a shop on JD's marketplace
	// Templates lay out the sealed data, by carrier. Those of Standard need not
	// be named, nor those of which JD offers just one.
	Templates map[waybill.Carrier]Template

	Render Render
	// Reader makes dots of PDFs. If nil, a PDF prints on the system's printers only.
	Reader *pdfin.Reader

	mu    sync.Mutex
	found map[waybill.Carrier]Template // templates that JD was asked for
}

var _ Documents = (*Client)(nil)

// JD's own carriers; all others are told their number under another name.
func isJD(c waybill.Carrier) bool {
	return slices.Contains([]waybill.Carrier{"JD", "JDKY", "JDDJ", "ZY"}, c)
}

// parcel is the label's box. A label without one has not been issued.
func parcel(l waybill.Label) (waybill.Parcel, error) {
	if l.Parcel < 0 || l.Parcel >= len(l.Parcels) {
		return waybill.Parcel{}, notice.New(notice.Internal, errNoParcel, "cloudprint")
	}
	return l.Parcels[l.Parcel], nil
}

// newID returns a text that JD has not seen from us: objectId has at most 20
// characters on one gateway and at least 10 on the other.
func newID() string {
	var b [10]byte
	rand.Read(b[:])
	return strings.ToUpper(hex.EncodeToString(b[:]))
}
