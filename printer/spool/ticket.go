package spool

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/OpenPrinting/goipp"

	"miandan/printer"
)

// checkJob refuses what would make no job.
func checkJob(j printer.Job) error {
	switch {
	case j.Name == "" || len(j.Name) > 255: // name(MAX), RFC 8011 §5.1.3
		return fmt.Errorf("a job's name has 1 to 255 bytes, not %d", len(j.Name))
	case !bytes.HasPrefix(j.PDF, []byte("%PDF-")):
		return errors.New("the job has no PDF, and a queue takes nothing else")
	case hundredths(j.Width) <= 0 || hundredths(j.Height) <= 0:
		return errors.New("the job does not say how large its paper is")
	}
	return nil
}

// ticket asks for a label's job: its name, its format, and paper of its own
// size on which nothing moves, shrinks or turns.
func (t *Transport) ticket(op goipp.Op, j printer.Job, how fit) *goipp.Message {
	m := t.request(op, 0)
	m.Operation.Add(goipp.MakeAttr("job-name", goipp.TagName, goipp.String(j.Name)))
	if op == goipp.OpValidateJob {
		// Create-Job has no format; cupsd logs a warning if it is given one.
		m.Operation.Add(goipp.MakeAttr("document-format", goipp.TagMimeType, goipp.String(pdf)))
	}
	width, height := hundredths(j.Width), hundredths(j.Height)
	m.Job.Add(mediaCol(width, height))
	if how == customFit {
		// cupsd 2.4 hands media-col to its filters in whole points, which makes
		// 76 × 130 mm a page of 215 × 368 points: the filters cut that out of the
		// middle, a quarter of a millimetre is lost and the bars leave the dots of
		// the head. The same size under CUPS's own name arrives as it is.
		size := "Custom." + millimetres(width) + "x" + millimetres(height) + "mm"
		m.Job.Add(goipp.MakeAttr("PageSize", goipp.TagName, goipp.String(size)))
	}
	m.Job.Add(goipp.MakeAttr("print-scaling", goipp.TagKeyword, goipp.String("none")))
	// 3 is portrait, which means as it is: without it filters turn pages that
	// are wider than high.
	m.Job.Add(goipp.MakeAttr("orientation-requested", goipp.TagEnum, goipp.Integer(3)))
	// The queue's default may be a banner page, which would cost a label.
	m.Job.Add(goipp.MakeAttr("job-sheets", goipp.TagKeyword, goipp.String("none")))
	return m
}

// mediaCol is paper of a size in 1/100 mm, printable to its edges.
func mediaCol(width, height int) goipp.Attribute {
	integer := func(name string, n int) goipp.Attribute {
		return goipp.MakeAttr(name, goipp.TagInteger, goipp.Integer(n))
	}
	return goipp.MakeAttrCollection("media-col",
		goipp.MakeAttrCollection("media-size", integer("x-dimension", width), integer("y-dimension", height)),
		integer("media-top-margin", 0), integer("media-bottom-margin", 0),
		integer("media-left-margin", 0), integer("media-right-margin", 0))
}

// hundredths converts micrometres to IPP's 1/100 mm.
func hundredths(um int) int { return (um + 5) / 10 }

// millimetres writes 1/100 mm as people do.
func millimetres(n int) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(float64(n)/100, 'f', 2, 64), "0"), ".")
}

// has reports whether the attributes, or collections among them, hold the name.
func has(attrs goipp.Attributes, name string) bool {
	for _, a := range attrs {
		if a.Name == name {
			return true
		}
		for _, v := range a.Values {
			if c, ok := v.V.(goipp.Collection); ok && has(goipp.Attributes(c), name) {
				return true
			}
		}
	}
	return false
}
