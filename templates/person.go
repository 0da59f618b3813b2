package templates

import (
	"strings"
	"unicode/utf8"

	"miandan/templates/pii"
)

// What a label shows of a person when the carrier says that it must not show
// everything. This is paper, not a screen: the courier still has to recognise
// the door and the name that answers it.

// hiddenName keeps the first character: 张•, 王••. A name of one character is
// hidden whole.
func hiddenName(n pii.Name) string {
	chars := []rune(n.Reveal())
	switch len(chars) {
	case 0:
		return ""
	case 1:
		return "•"
	}
	// Three bullets at most, or a firm's name would be a row of them.
	return string(chars[:1]) + strings.Repeat("•", min(len(chars)-1, 3))
}

// hiddenPhone hides all but the last four digits: six digits at least are to
// be hidden, so 138••••5678 would show too much.
func hiddenPhone(p pii.Phone) string {
	s := p.Reveal()
	if s == "" {
		return ""
	}
	main, _, _ := splitExtension(s)
	var tail []byte
	for i := len(main) - 1; i >= 0 && len(tail) < 4; i-- {
		if c := main[i]; c >= '0' && c <= '9' {
			tail = append([]byte{c}, tail...)
		}
	}
	return "•••••••" + string(tail)
}

// wholePhone writes a virtual number's extension as it is spoken:
// 17000000000-4740 becomes 17000000000 转 4740.
func wholePhone(p pii.Phone) string {
	main, ext, ok := splitExtension(p.Reveal())
	if !ok {
		return main
	}
	return main + " 转 " + ext
}

// splitExtension parts a number from the extension after its hyphen. A
// landline's area code before a hyphen is shorter than any whole number.
func splitExtension(s string) (main, ext string, ok bool) {
	main, ext, ok = strings.Cut(s, "-")
	if !ok || len(main) < 11 || len(ext) < 1 || len(ext) > 6 || !allDigits(main) || !allDigits(ext) {
		return s, "", false
	}
	return main, ext, true
}

func allDigits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// hiddenAddress ends where the building begins. Where no building is named it
// ends at the district, since nobody can tell what the rest gives away.
func hiddenAddress(a pii.Address) string {
	s := a.Reveal()
	cut := -1
	for _, mark := range []string{"号楼", "幢", "栋", "座", "单元", "室", "楼", "层"} {
		if i := strings.Index(s, mark); i >= 0 && (cut < 0 || i < cut) {
			cut = i
		}
	}
	if cut < 0 {
		return a.String()
	}
	head := strings.TrimRightFunc(s[:cut], func(r rune) bool {
		return r < utf8.RuneSelf && r != ' ' || strings.ContainsRune("一二三四五六七八九十百零〇甲乙丙丁东南西北", r)
	})
	if shown := a.String(); len(head) < len(shown)-len(pii.Bullets) {
		return shown
	}
	return strings.TrimSpace(head) + pii.Bullets
}

// starred reports whether the platform has hidden part of a value itself.
func starred(s string) bool { return strings.ContainsAny(s, "*＊") }
