package logging

import "strings"

// MaskPhones hides the middle of everything in s that looks like a Chinese
// mobile number, 13800001234 or 138 0000 1234, with +86 before it or an
// extension behind it: 138••••1234.
//
// A run of more digits is an order or a waybill, and so is one behind a
// capital letter (JDVC13800001234): those must stay readable.
func MaskPhones(s string) string {
	var out strings.Builder
	done := 0
	for i := 0; i < len(s); {
		if !digit(s, i) {
			i++
			continue
		}
		end := run(s, i)
		last, ok := mobile(s, i, end)
		if !ok {
			i = end
			continue
		}
		first := last - 4
		start := i
		if strings.HasPrefix(s[i:], "0086") || strings.HasPrefix(s[i:], "86") && i > 0 && s[i-1] == '+' {
			start += strings.Index(s[i:], "86") + 2
		}
		out.WriteString(s[done : start+3])
		out.WriteString("••••")
		out.WriteString(s[first:last])
		done, i = last, last
		if ext := run(s, last+1); last < len(s) && s[last] == '-' && ext-last > 3 {
			out.WriteString("-••••")
			done, i = ext, ext
		}
	}
	if done == 0 {
		return s
	}
	out.WriteString(s[done:])
	return out.String()
}

// mobile returns where a mobile number ends that begins with the run of digits
// s[i:end].
func mobile(s string, i, end int) (last int, ok bool) {
	if i > 0 && 'A' <= s[i-1] && s[i-1] <= 'Z' {
		return 0, false
	}
	digits := s[i:end]
	if i > 0 && s[i-1] == '+' {
		digits = strings.TrimPrefix(digits, "86")
	} else if len(digits) == 15 {
		digits = strings.TrimPrefix(digits, "0086")
	}
	if len(digits) < 3 || digits[0] != '1' || digits[1] < '3' {
		return 0, false
	}
	switch len(digits) {
	case 11:
		return end, true
	case 3:
		middle := run(s, end+1)
		tail := run(s, middle+1)
		if middle-end == 5 && tail-middle == 5 && s[end] == s[middle] && (s[end] == ' ' || s[end] == '-') {
			return tail, true
		}
	}
	return 0, false
}

func digit(s string, i int) bool { return i < len(s) && '0' <= s[i] && s[i] <= '9' }

// run returns where the digits that begin at i end.
func run(s string, i int) int {
	for digit(s, i) {
		i++
	}
	return i
}
