package virtual

import (
	"time"

	"miandan/printer/bitmap"
)

// Print is one piece of paper with something on it.
type Print struct {
	Seq      int       `json:"seq"`                // counts up, across restarts with the same folder
	At       time.Time `json:"at"`                 // when the paper stopped
	Began    time.Time `json:"began,omitzero"`     // when it began to move
	Stood    Stood     `json:"stood_ms,omitempty"` // how long it stood in between for want of data
	Language Language  `json:"language,omitempty"`
	// Mark is the process ID that was asked for after it, the text of TSPL's OUT
	// after it, or the first comment in ZPL and CPCL.
	Mark string `json:"mark,omitempty"`
	// Partial is a label whose end never came.
	Partial bool `json:"partial,omitempty"`
	// Reloads counts the rolls that were put in while it was being printed: it
	// lies in one piece more.
	Reloads int `json:"reloads,omitempty"`
	// Span counts the labels of the roll that it lies on, if they are more than
	// one.
	Span int `json:"span,omitempty"`
	// Garbage is text, and commands that this printer does not know, whether it
	// prints them or passes over them. A label of dots causes none.
	Garbage string `json:"garbage,omitempty"`
	Setup   *Setup `json:"setup,omitempty"` // nil in ESC/POS
	Width   int    `json:"width"`           // in dots
	Height  int    `json:"height"`
	PNG     string `json:"png,omitempty"` // the picture's file in the folder

	Image *bitmap.Image `json:"-"` // nil if read from a journal

	from, to time.Time // of the paper's movement, by the head's own clock
}

// Stood is a time in milliseconds.
type Stood float64

// Setup is how a label printer was told to print.
type Setup struct {
	Darkness int     `json:"darkness"` // in the language's own steps
	Speed    float64 `json:"speed"`    // in the language's own unit
	Media    Media   `json:"media"`
	Cut      bool    `json:"cut,omitempty"`
	Peel     bool    `json:"peel,omitempty"`
}

// Media is how labels follow each other on the roll.
type Media string

const (
	Gap        Media = "gap"
	BlackMark  Media = "mark"
	Continuous Media = "continuous"
)

// Standing is how long the paper stood between a print and the next one, and
// within that: the time that a host which is always ahead of the head saves. A
// head has a clock of its own: for what this program itself was late with, the
// journal's disk and the computer's other work, no host is to blame. Prints from
// a journal have only the computer's.
func Standing(before, p Print) time.Duration {
	stood := p.Began.Sub(before.At)
	if !p.from.IsZero() && !before.to.IsZero() {
		stood = p.from.Sub(before.to)
	}
	return stood + time.Duration(float64(p.Stood)*float64(time.Millisecond))
}
