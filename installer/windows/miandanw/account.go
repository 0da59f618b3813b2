package main

import (
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

// serviceSID is the identity of a service's own account. Windows derives it from
// the name, so it is known before there is a service.
func serviceSID(name string) string {
	h := sha1.New()
	binary.Write(h, binary.LittleEndian, utf16.Encode([]rune(strings.ToUpper(name))))
	sum := h.Sum(nil)
	sid := "S-1-5-80"
	for i := 0; i < len(sum); i += 4 {
		sid += fmt.Sprintf("-%d", binary.LittleEndian.Uint32(sum[i:]))
	}
	return sid
}
