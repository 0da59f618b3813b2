package windows

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"image"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	_ "embed"

	"miandan/installer/icon"
)

// About is what the file's properties say of a program.
type About struct {
	Version     string // three numbers
	Description string // what the task manager shows
	File        string // the file's name
}

//go:embed miandan.manifest
var manifest []byte

// Kinds of resources, of winuser.h.
const (
	kindIcon      = 3
	kindGroupIcon = 14
	kindVersion   = 16
	kindManifest  = 24
)

// iconSizes are what the shell asks for at its scales.
var iconSizes = []int{16, 20, 24, 32, 40, 48, 64, 256}

type resource struct {
	kind, id uint16
	data     []byte
}

// resources are the icon, the version and the manifest of a program.
func resources(a About) ([]resource, error) {
	version, err := a.resource()
	if err != nil {
		return nil, err
	}
	all := []resource{{kindVersion, 1, version}, {kindManifest, 1, manifest}}
	var group bytes.Buffer
	put(&group, uint16(0), uint16(1), uint16(len(iconSizes)))
	for i, size := range iconSizes {
		id := uint16(i + 1)
		bitmap := bitmapOf(icon.Draw(size))
		put(&group, uint8(size), uint8(size), uint16(0), uint16(1), uint16(32), uint32(len(bitmap)), id) // 256 is written 0
		all = append(all, resource{kindIcon, id, bitmap})
	}
	all = append(all, resource{kindGroupIcon, 1, group.Bytes()})
	slices.SortFunc(all, func(a, b resource) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.id, b.id)) })
	return all, nil
}

// ICO returns the icon as a file of its own.
func ICO() []byte {
	var head, body bytes.Buffer
	put(&head, uint16(0), uint16(1), uint16(len(iconSizes)))
	for _, size := range iconSizes {
		bitmap := bitmapOf(icon.Draw(size))
		put(&head, uint8(size), uint8(size), uint16(0), uint16(1), uint16(32), uint32(len(bitmap)), uint32(6+16*len(iconSizes)+body.Len()))
		body.Write(bitmap)
	}
	return append(head.Bytes(), body.Bytes()...)
}

// bitmapOf writes a picture as icons hold it: a bitmap of 32 bits from the bottom
// up, and a mask that nobody who knows the alpha reads. Not as PNG, whose red and
// blue Wine takes for each other.
func bitmapOf(m *image.NRGBA) []byte {
	size := m.Bounds().Dx()
	row := (size + 31) / 32 * 4 // of the mask
	var b bytes.Buffer
	put(&b, uint32(40), int32(size), int32(2*size), uint16(1), uint16(32), uint32(0), uint32(size*size*4+row*size), [4]uint32{})
	for y := size - 1; y >= 0; y-- {
		for x := range size {
			c := m.NRGBAAt(x, y)
			b.Write([]byte{c.B, c.G, c.R, c.A})
		}
	}
	b.Write(make([]byte, row*size))
	return b.Bytes()
}

// resource writes VS_VERSIONINFO.
func (a About) resource() ([]byte, error) {
	n, err := numbers(a.Version)
	if err != nil {
		return nil, err
	}
	var fixed bytes.Buffer
	version := [2]uint32{uint32(n[0])<<16 | uint32(n[1]), uint32(n[2]) << 16}
	put(&fixed, uint32(0xfeef04bd), uint32(0x10000), version, version, uint32(0x3f), uint32(0),
		uint32(0x40004) /* Windows NT */, uint32(1) /* a program */, uint32(0), [2]uint32{})
	words := [][2]string{
		{"CompanyName", "Miandan"}, {"FileDescription", a.Description}, {"FileVersion", a.Version}, {"InternalName", strings.TrimSuffix(a.File, ".exe")},
		{"LegalCopyright", "Miandan"}, {"OriginalFilename", a.File}, {"ProductName", "面单 Miandan"}, {"ProductVersion", a.Version},
	}
	var table [][]byte
	for _, w := range words {
		value := append(utf16.Encode([]rune(w[1])), 0)
		table = append(table, block(w[0], true, len(value), wide(value)))
	}
	strings := block("StringFileInfo", true, 0, nil, block("040904b0", true, 0, nil, table...))
	languages := block("VarFileInfo", true, 0, nil, block("Translation", false, 4, []byte{0x09, 0x04, 0xb0, 0x04}))
	return block("VS_VERSION_INFO", false, fixed.Len(), fixed.Bytes(), strings, languages), nil
}

// block is one of the nested blocks of a version resource; each part of it begins
// at a multiple of four.
func block(key string, text bool, length int, value []byte, children ...[]byte) []byte {
	var b bytes.Buffer
	kind := uint16(0)
	if text {
		kind = 1
	}
	put(&b, uint16(0), uint16(length), kind)
	b.Write(wide(append(utf16.Encode([]rune(key)), 0)))
	for _, part := range append([][]byte{value}, children...) {
		if len(part) > 0 {
			pad(&b, 4)
			b.Write(part)
		}
	}
	binary.LittleEndian.PutUint16(b.Bytes(), uint16(b.Len()))
	return b.Bytes()
}

// numbers reads a version of three numbers, each as small as an MSI allows.
func numbers(version string) (n [3]int, err error) {
	parts := strings.Split(version, ".")
	if len(parts) != 3 {
		return n, fmt.Errorf("version %q is not three numbers, as 1.2.3", version)
	}
	for i, most := range []int{255, 255, 65535} {
		n[i], err = strconv.Atoi(parts[i])
		if err != nil || n[i] < 0 || n[i] > most || strconv.Itoa(n[i]) != parts[i] {
			return n, fmt.Errorf("version %q: %q is no number up to %d", version, parts[i], most)
		}
	}
	return n, nil
}

func put(b *bytes.Buffer, values ...any) {
	for _, v := range values {
		if err := binary.Write(b, binary.LittleEndian, v); err != nil {
			panic(err) // a value without a fixed size
		}
	}
}

func wide(text []uint16) []byte {
	var b bytes.Buffer
	put(&b, text)
	return b.Bytes()
}

func pad(b *bytes.Buffer, to int) {
	b.Write(make([]byte, (to-b.Len()%to)%to))
}
