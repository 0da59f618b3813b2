package app

import (
	"errors"
	"strings"

	"miandan/agent/internal/notice"
)

// ofFile are what can be wrong with a ready label that somebody hands in. The way of
// JD's renderer prints files too, and its sentences name settings that are nothing
// to a page.
var ofFile = map[notice.Code]notice.Code{
	"rendered-kind": "job-file-kind", "rendered-size": "job-file-size", "rendered-barcode": "job-file-barcode", "rendered-pdf": "job-file-pdf",
	"rendered-paper": "job-file-paper", "rendered-undrawn": "job-file-undrawn", "rendered-picture": "job-file-picture",
}

func fileNotice(err error) error {
	var n *notice.Error
	if !errors.As(err, &n) || ofFile[n.Code] == "" {
		return err
	}
	return notice.New(ofFile[n.Code], err, n.Args...)
}

// noWaybill reports whether a layout is of what is no waybill.
func noWaybill(name string) bool {
	return strings.HasPrefix(name, "packing-slip-") || strings.HasPrefix(name, "wave-separator-")
}
