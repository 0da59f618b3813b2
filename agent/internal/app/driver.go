package app

import (
	"io"
	"math"

	"miandan/agent/internal/config"
	"miandan/printer"
	"miandan/printer/cpcl"
	"miandan/printer/escpos"
	"miandan/printer/tspl"
	"miandan/printer/zpl"
)

// driverOf returns the driver of a printer that is sent dots, in the words of
// its language.
func driverOf(c config.Printer) printer.Driver {
	d := encoder(c)
	if c.Status == "never" {
		return unasked{d}
	}
	return d
}

// unasked is a driver of a printer that answers no question: whatever its language
// knows to ask, none of it is to be found here.
type unasked struct{ printer.Driver }

// EncodeResync implements printer.Resyncer, as far as the language can.
func (u unasked) EncodeResync(w io.Writer, j printer.Job) error {
	if r, ok := u.Driver.(printer.Resyncer); ok {
		return r.EncodeResync(w, j)
	}
	return nil
}

// encoder returns the driver of the printer's language.
func encoder(c config.Printer) printer.Driver {
	dots := func(mm float64) int { return int(math.Round(mm * c.DotsPerMM)) }
	right, down := dots(c.OffsetX), dots(c.OffsetY)
	switch c.Language {
	case "tspl":
		return movedTSPL{tspl.Driver{
			Width: c.HeadDots, PerMetre: dots(1000), Media: media[tspl.Media](c), Gap: int(c.Gap * 1000), Density: c.Darkness, Speed: int(math.Round(c.Speed * 10)),
			ReferenceX: max(right, 0), ReferenceY: max(down, 0), UpsideDown: c.UpsideDown, Finish: tspl.Finish(c.Finish),
			Invert: c.TSPL.Invert, Zlib: c.TSPL.Zlib, Extended: c.TSPL.Extended, Immediate: c.TSPL.Immediate, Response: c.TSPL.Response,
		}, min(right, 0), min(down, 0)}
	case "zpl":
		return movedZPL{zpl.Driver{
			Width: c.HeadDots, Media: media[zpl.Media](c), Ink: zpl.Ink(c.ZPL.Ink), Darkness: c.Darkness, Speed: int(c.Speed),
			ReferenceX: max(right, 0), ReferenceY: max(down, 0), Top: c.ZPL.Top, UpsideDown: c.UpsideDown,
			Finish: zpl.Finish(c.Finish), Compression: zpl.Compression(c.ZPL.Compression),
		}, min(right, 0), min(down, 0)}
	case "cpcl":
		d := cpcl.Driver{
			Width: c.HeadDots, Resolution: c.CPCL.Resolution, Media: media[cpcl.Media](c), TopOfForm: c.CPCL.TopOfForm, Tone: c.Darkness, Contrast: c.CPCL.Contrast,
			Speed: int(c.Speed), OffsetX: max(right, 0), OffsetY: max(down, 0), UpsideDown: c.UpsideDown,
			Present: c.CPCL.Present, Cut: c.Finish == "cut", BandRows: c.BandRows, Hex: c.CPCL.Hex, Extended: c.CPCL.Extended,
		}
		if c.UpsideDown { // the dots are turned before they are sent, and its offsets are not
			d.OffsetX, d.OffsetY = 0, 0
			return movedCPCL{d, right, down}
		}
		return movedCPCL{d, min(right, 0), min(down, 0)}
	}
	return movedESCPOS{escpos.Driver{
		Width: c.HeadDots, BandRows: c.BandRows, Media: escpos.Media(c.Media), Quiet: c.ESCPOS.Quiet, NoRealTime: c.ESCPOS.NoRealTime,
	}, right, down}
}

// media is how a printer finds the next label, in the words that the languages
// of label printers share.
func media[M ~string](c config.Printer) M {
	switch c.Media {
	case "label":
		return "gap"
	case "as-set":
		return ""
	}
	return M(c.Media)
}
