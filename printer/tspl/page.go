package tspl

import (
	"bytes"
	"fmt"
	"strconv"

	"miandan/printer"
)

// page writes what stands before the picture, in the one order that all firmware
// takes: DENSITY is ignored by some after SIZE, and CLS has to see the page.
func (d Driver) page(b *bytes.Buffer, j printer.Job) error {
	line := func(format string, values ...any) { fmt.Fprintf(b, format+"\r\n", values...) }
	line("") // ends a command that another job may have left unfinished
	if d.Density > 0 {
		line("DENSITY %d", d.Density)
	}
	if d.Speed > 0 {
		line("SPEED %s", tenths(d.Speed))
	}
	width, height := d.paper(j)
	line("SIZE %s mm,%s mm", hundredths(width), hundredths(height))
	media, err := d.media()
	if err != nil {
		return err
	}
	if media != "" {
		line("%s", media)
	}
	if d.Feed != 0 || media != "" {
		line("OFFSET %s mm", tenths(toTenths(d.Feed)))
	}
	finish, err := d.Finish.commands()
	if err != nil {
		return err
	}
	b.WriteString(finish)
	direction := "DIRECTION 0"
	if d.UpsideDown {
		direction = "DIRECTION 1"
	}
	if d.Mirror {
		direction += ",1"
	}
	line("%s", direction)
	line("REFERENCE %d,%d", d.ReferenceX, d.ReferenceY)
	if d.Response {
		line("SET RESPONSE ON")
	}
	line("CLS")
	return nil
}

// paper is the label's size in hundredths of a millimetre: the dots', or the
// job's if that paper is larger.
func (d Driver) paper(j printer.Job) (width, height int) {
	perMetre := d.PerMetre
	if perMetre == 0 {
		perMetre = j.Image.PerMetre
	}
	if perMetre <= 0 {
		perMetre = 8000
	}
	return length(j.Image.Width, j.Width, perMetre), length(j.Image.Height, j.Height, perMetre)
}

// length is so many dots in hundredths of a millimetre, as short as it can be
// written. 150 mm at 300 dpi are 1772 dots, but 150 mm said to a printer are
// 1771.65: one that rounds down would cut off the last row, and 150.1 mm are 1773.
// So it is a length that both rounding and cutting down make the dots of. Paper
// that has more is said as it is.
func length(dots, paper, perMetre int) int {
	const perHundredth = 100_000 // hundredths of a millimetre in a metre
	if n := 10 * toTenths(paper); 2*n*perMetre >= (2*dots+1)*perHundredth {
		return n
	}
	for _, step := range []int{100, 10, 1} {
		n := (dots*perHundredth + perMetre*step - 1) / (perMetre * step) * step
		if 2*n*perMetre < (2*dots+1)*perHundredth {
			return n
		}
	}
	return (dots*perHundredth + perMetre - 1) / perMetre
}

// media is the command for what lies in the printer.
func (d Driver) media() (string, error) {
	switch d.Media {
	case AsSet:
		return "", nil
	case Gap, BlackMark:
		command := "GAP"
		if d.Media == BlackMark {
			command = "BLINE"
		}
		return fmt.Sprintf("%s %s mm,%s mm", command, tenths(toTenths(d.Gap)), tenths(toTenths(d.GapOffset))), nil
	case Continuous:
		return "GAP 0,0", nil
	}
	return "", fmt.Errorf("tspl: unknown media %q, want %q, %q or %q", string(d.Media), Gap, BlackMark, Continuous)
}

func (f Finish) commands() (string, error) {
	switch f {
	case FinishAsSet:
		return "", nil
	case TearOff:
		return "SET PEEL OFF\r\nSET TEAR ON\r\n", nil
	case Peel:
		return "SET TEAR OFF\r\nSET PEEL ON\r\n", nil
	case Cut:
		return "SET CUTTER 1\r\n", nil
	}
	return "", fmt.Errorf("tspl: unknown finish %q, want %q, %q or %q", string(f), TearOff, Peel, Cut)
}

// toTenths rounds micrometres to tenths of a millimetre.
func toTenths(um int) int {
	if um < 0 {
		return -toTenths(-um)
	}
	return (um + 50) / 100
}

// hundredths writes n hundredths likewise; n is not negative.
func hundredths(n int) string {
	if n%10 == 0 {
		return tenths(n / 10)
	}
	return fmt.Sprintf("%d.%02d", n/100, n%100)
}

// tenths writes n tenths without a needless zero: some firmware takes no point
// at all.
func tenths(n int) string {
	s := strconv.Itoa(n / 10)
	if n < 0 && n > -10 {
		s = "-0"
	}
	if rest := max(n, -n) % 10; rest != 0 {
		s += "." + strconv.Itoa(rest)
	}
	return s
}
