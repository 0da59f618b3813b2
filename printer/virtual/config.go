package virtual

import "time"

// Language is what a printer understands.
type Language string

const (
	ESCPOS Language = "escpos" // also the meaning of ""
	TSPL   Language = "tspl"
	ZPL    Language = "zpl"
	CPCL   Language = "cpcl"
)

// Config is how the printer is built. The zero value works.
type Config struct {
	Name      string // what it calls itself when asked; "VIRTUAL"
	Language  Language
	Head      int // width in dots; 832
	DotsPerMM int // 8; what it says of itself where it is asked
	// PerMetre is the head's true pitch in dots a metre; 1000 × DotsPerMM. A head
	// of 300 dpi has 11811 and says 12 dots a millimetre.
	PerMetre int
	Speed    int // of the paper in mm/s; 0 prints at once
	// BackFeed is what a label printer needs to pull the paper back under the
	// head when no label was ready as the last one ended.
	BackFeed time.Duration
	Buffer   int // bytes it takes beyond what it is printing; 65536
	// Pages is how many labels it draws ahead of the one under the head; 1.
	// ESC/POS has none.
	Pages int
	// Callers is how many connections it serves at the same time; 1. Others wait
	// unanswered. One that serves several takes their jobs one after the other.
	Callers int
	// Joins makes a caller's bytes go on where the last caller's ended, be it
	// within a picture, as on a printer whose interpreter is not told of lines.
	// Without it half a command is forgotten with its line.
	Joins  bool
	Quirks Quirks
	// Folder is where the journal and the pictures go; "" keeps none.
	Folder string
	// OnPrint, if set, is told of every print once its process ID is known, or
	// once it is known that none will come. It must not close the printer.
	OnPrint func(Print)
}

// Quirks are ways in which printers of one language differ. Zero is the manual.
type Quirks struct {
	// Subset is a TSPL firmware that knows what a picture needs and drops all
	// else without a word, questions included.
	Subset bool
	// ZlibBitmap knows TSPL's BITMAP mode 3 with a zlib stream. Without it the
	// stream is read as commands.
	ZlibBitmap bool
	// Locked ignores TSPL's ESC ! until ~!E.
	Locked bool
	// Responds knows Gprinter's SET RESPONSE.
	Responds bool
	// LongGF takes more than 99,999 bytes in one ^GF.
	LongGF bool
	// NoZ64 is a ZPL clone without :Z64: and :B64:.
	NoZ64 bool
	// Nests takes ZPL's ^XA within a format for nothing, so that what follows is
	// drawn over what was there. Without it the format begins anew. What a Zebra
	// does is not certain.
	Nests bool
	// NoHQES is a ZPL firmware that is too old for ~HQES.
	NoHQES bool
	// NoSGD is a ZPL clone that answers every getvar with "?".
	NoSGD bool
	// Reprints prints a label again from its beginning if the paper ran out or the
	// cover was opened in the middle of it, as most label printers can be set to.
	// ESC/POS printers go on where they stopped.
	Reprints bool
	// Coy does not answer ~HS and device.host_status while it is stopped.
	Coy bool
	// Eager answers CPCL's ESC h while a label is being printed, with the busy
	// bit, rather than after it.
	Eager bool
	// OneReset forgets the reset bit of ESC h once it was told, rather than on
	// ESC N. Which printers do so is not certain.
	OneReset bool
}
