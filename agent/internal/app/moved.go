package app

import (
	"io"

	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/cpcl"
	"miandan/printer/escpos"
	"miandan/printer/tspl"
	"miandan/printer/zpl"
)

// The languages of label printers move a label to the right and down, and
// nowhere else; ESC/POS does not move it at all. What is left is moved as dots,
// before the language gets them. What comes to stand outside the label is lost,
// as it would be on the printer.

// moved returns the picture with its dots moved to the right and down.
func moved(m *bitmap.Image, right, down int) *bitmap.Image {
	if m == nil || right == 0 && down == 0 {
		return m
	}
	to := bitmap.New(m.Width, m.Height)
	to.PerMetre = m.PerMetre
	for y := max(0, down); y < min(m.Height, m.Height+down); y++ {
		for x := max(0, right); x < min(m.Width, m.Width+right); x++ {
			if m.Black(x-right, y-down) {
				to.Set(x, y, true)
			}
		}
	}
	return to
}

// Each keeps whatever else its language knows.
type (
	movedESCPOS struct {
		escpos.Driver
		right, down int
	}
	movedTSPL struct {
		tspl.Driver
		right, down int
	}
	movedZPL struct {
		zpl.Driver
		right, down int
	}
	movedCPCL struct {
		cpcl.Driver
		right, down int
	}
)

func (d movedESCPOS) Encode(w io.Writer, j printer.Job) error {
	j.Image = moved(j.Image, d.right, d.down)
	return d.Driver.Encode(w, j)
}

func (d movedTSPL) Encode(w io.Writer, j printer.Job) error {
	j.Image = moved(j.Image, d.right, d.down)
	return d.Driver.Encode(w, j)
}

func (d movedZPL) Encode(w io.Writer, j printer.Job) error {
	j.Image = moved(j.Image, d.right, d.down)
	return d.Driver.Encode(w, j)
}

func (d movedCPCL) Encode(w io.Writer, j printer.Job) error {
	j.Image = moved(j.Image, d.right, d.down)
	return d.Driver.Encode(w, j)
}

var (
	_ printer.Prober       = movedESCPOS{}
	_ printer.StatusReader = movedESCPOS{}
	_ printer.Confirmer    = movedTSPL{}
	_ printer.Counter      = movedZPL{}
	_ printer.Confirmer    = movedCPCL{}
)
