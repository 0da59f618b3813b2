package discover

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"miandan/printer/serial"
)

// Snippet is a section for the settings file that proposes the device: to be read,
// corrected where it says so, and put in by a person. The name must not be one of
// those that are taken.
func Snippet(d Device, p Proposal, taken []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[[printer]]\nname = %s\n", Quote(Name(d, taken)))
	fmt.Fprintf(&b, "url = %s\n", Quote(d.URL))
	if p.Model != "" {
		fmt.Fprintf(&b, "model = %s\n", Quote(p.Model))
	}
	fmt.Fprintf(&b, "language = %s\n", Quote(p.Language))
	fmt.Fprintf(&b, "dots_per_mm = %s\n", strconv.FormatFloat(p.DotsPerMM, 'f', -1, 64))
	if p.Media != "" {
		fmt.Fprintf(&b, "media = %s\n", Quote(p.Media))
	}
	if p.Status == "never" {
		fmt.Fprintf(&b, "status = %s\n", Quote(p.Status))
	}
	paper, remark := "100x150", " # the size of the labels in it, in mm"
	if d.Width >= 20_000 && d.Width <= 216_000 && d.Height >= 20_000 && d.Height <= 400_000 {
		mm := func(um int) string { return strconv.FormatFloat(float64(um)/1000, 'f', -1, 64) }
		paper = mm(d.Width) + "x" + mm(d.Height)
	}
	fmt.Fprintf(&b, "paper = %s%s\n", Quote(paper), remark)
	return b.String()
}

// Quote writes a text as TOML's basic string.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7F:
			fmt.Fprintf(&b, "\\u%04X", r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Name makes a printer's name of what the device calls itself: what is shown on
// every page and in every sentence about it, so short and plain.
func Name(d Device, taken []string) string {
	text := d.Identity.Model
	if text == "" {
		text, _, _ = strings.Cut(d.Says, ",")
	}
	if u, err := url.Parse(d.URL); err == nil && u.Scheme == serial.Scheme { // says nothing of itself
		text = u.Host + u.Path[strings.LastIndexByte(u.Path, '/')+1:]
	}
	var b strings.Builder
	n := 0
	for _, r := range strings.ToLower(text) {
		keep := unicode.IsLetter(r) || unicode.IsNumber(r) || b.Len() > 0 && strings.ContainsRune(" ._-", r)
		if keep && n < 24 {
			b.WriteRune(r)
			n++
		}
	}
	base := strings.Trim(b.String(), " ._-")
	if base == "" {
		base = "printer"
	}
	free := base
	for i := 2; contains(taken, free); i++ {
		free = fmt.Sprintf("%s-%d", base, i)
	}
	return free
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}
