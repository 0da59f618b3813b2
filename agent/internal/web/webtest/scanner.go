package webtest

import (
	"strings"
	"time"
)

// Scan types a code as a scanner does, 8 ms from key to key, and ends with Enter.
func (b *Browser) Scan(code string) {
	b.T.Helper()
	b.burst(code, "Enter", 8*time.Millisecond, false)
}

// ScanTab ends with Tab, as scanners may be set to do.
func (b *Browser) ScanTab(code string) {
	b.T.Helper()
	b.burst(code, "Tab", 8*time.Millisecond, false)
}

// ScanComposed scans while a Chinese input method has the keyboard: the page is
// told of no character, only of keys.
func (b *Browser) ScanComposed(code string) {
	b.T.Helper()
	b.burst(code, "Enter", 8*time.Millisecond, true)
}

// Type types as a person does, a fifth of a second from key to key.
func (b *Browser) Type(text, end string) {
	b.T.Helper()
	b.burst(text, end, 200*time.Millisecond, false)
}

const shiftKey = 8 // of the protocol's modifiers

// burst says itself when each key was pressed, so that it is a scan however busy
// this computer is.
func (b *Browser) burst(text, end string, gap time.Duration, composed bool) {
	b.T.Helper()
	at := time.Now().Add(-time.Duration(len(text)+1) * gap)
	key := func(key, code string, char string, modifiers, number int) {
		at = at.Add(gap)
		stamp := float64(at.UnixMicro()) / 1e6
		down := map[string]any{"type": "keyDown", "key": key, "code": code, "text": char, "modifiers": modifiers, "windowsVirtualKeyCode": number, "timestamp": stamp}
		if char == "" {
			down["type"] = "rawKeyDown"
		}
		b.call("Input.dispatchKeyEvent", down, nil)
		b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key, "code": code, "modifiers": modifiers, "windowsVirtualKeyCode": number, "timestamp": stamp}, nil)
	}
	for _, r := range text {
		char := string(r)
		code, shift, number := keyOf(r)
		if composed {
			key("Process", code, "", shift, 229)
			continue
		}
		key(char, code, char, shift, number)
	}
	switch end {
	case "Enter":
		key("Enter", "Enter", "\r", 0, 13)
	case "Tab":
		key("Tab", "Tab", "", 0, 9)
	}
}

// keyOf is where a character is on the keyboard that scanners pretend to be.
func keyOf(r rune) (code string, modifiers, number int) {
	switch {
	case r >= 'A' && r <= 'Z':
		return "Key" + string(r), shiftKey, int(r)
	case r >= 'a' && r <= 'z':
		return "Key" + strings.ToUpper(string(r)), 0, int(r) - 32
	case r >= '0' && r <= '9':
		return "Digit" + string(r), 0, int(r)
	}
	switch r {
	case '.':
		return "Period", 0, 190
	case '-':
		return "Minus", 0, 189
	case '/':
		return "Slash", 0, 191
	case '?':
		return "Slash", shiftKey, 191
	}
	return "", 0, 0
}
