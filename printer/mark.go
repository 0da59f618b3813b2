package printer

import "fmt"

// Mark is a process ID of four characters between 20h and 7Eh (ESC/POS GS ( H).
type Mark [4]byte

const markDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// MarkAt is the mark of the n-th label of a station. Marks come round after
// 62⁴ = 14,776,336 labels.
func MarkAt(n uint64) Mark {
	var m Mark
	for i := len(m) - 1; i >= 0; i-- {
		m[i] = markDigits[n%uint64(len(markDigits))]
		n /= uint64(len(markDigits))
	}
	return m
}

// ParseMark reads what Mark.String wrote.
func ParseMark(s string) (Mark, error) {
	var m Mark
	if len(s) != len(m) {
		return Mark{}, fmt.Errorf("process ID %q has %d characters, want %d", s, len(s), len(m))
	}
	copy(m[:], s)
	if !m.Valid() {
		return Mark{}, fmt.Errorf("process ID %q holds a character that printers do not return", s)
	}
	return m, nil
}

// Valid reports whether a printer will take the mark.
func (m Mark) Valid() bool {
	for _, c := range m {
		if c < 0x20 || c > 0x7E {
			return false
		}
	}
	return true
}

func (m Mark) String() string {
	if m == (Mark{}) {
		return ""
	}
	return string(m[:])
}
