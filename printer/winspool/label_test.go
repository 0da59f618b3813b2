package winspool

import (
	"miandan/printer"
	"miandan/printer/bitmap"
)

// label is a job of dots at 8 a millimetre: a mark in every corner, 3 mm inside
// the paper, none like another, bars, and a pattern in which a lost or moved dot
// shows.
func label(name string, widthMM, heightMM int) printer.Job {
	m := bitmap.New(widthMM*8, heightMM*8)
	m.PerMetre = 8000
	const edge = 24
	w, h := m.Width, m.Height
	m.FillRect(edge, edge, 32, 32, true)
	m.FillRect(w-edge-48, edge, 48, 24, true)
	m.FillRect(edge, h-edge-72, 16, 72, true)
	m.FillRect(w-edge-96, h-edge-16, 96, 16, true)
	for x := 80; x < w-80; x += 12 {
		m.FillRect(x, 160, 3, 96, true)
	}
	for y := 300; y < h-120; y++ {
		for x := edge; x < w-edge; x++ {
			m.Set(x, y, (uint32(x)*2654435761+uint32(y)*40503)>>7%3 == 0)
		}
	}
	return printer.Job{Name: name, Image: m, Width: widthMM * 1000, Height: heightMM * 1000}
}
