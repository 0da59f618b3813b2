// Command pack makes the font files that the program carries.
//
//	go run ./templates/fonts/pack -regular NotoSansSC_400Regular.ttf \
//	    -bold NotoSansSC_700Bold.ttf -rare HanaMinB.ttf -out templates/fonts
//
// The sources are Noto Sans SC 400 and 700 as whole TrueType files (npm package
// @expo-google-fonts/noto-sans-sc 0.4.3) and HanaMinB of 2017-09-04 (Debian
// package fonts-hanazono). Tables that only serve hinting, kerning and vertical
// setting are left out, the rest is copied byte for byte, written in columns and
// compressed by the zstd program (1.5.4 made the ones that are there). The same
// sources and the same zstd give the same files. The sums of the unpacked fonts go to
// sums.txt.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"miandan/templates/fonts/columns"
)

func main() {
	log.SetFlags(0)
	sources := []struct {
		name string
		path *string
	}{
		{"noto-sans-sc-400.columns.zst", flag.String("regular", "", "Noto Sans SC 400, TrueType")},
		{"noto-sans-sc-700.columns.zst", flag.String("bold", "", "Noto Sans SC 700, TrueType")},
		{"hanaminb.columns.zst", flag.String("rare", "", "HanaMinB, TrueType")},
	}
	out := flag.String("out", ".", "folder to write to")
	flag.Parse()
	for _, s := range sources {
		if *s.path == "" {
			continue
		}
		font, err := pack(*s.path, filepath.Join(*out, s.name))
		if err == nil {
			err = note(filepath.Join(*out, "sums.txt"), strings.TrimSuffix(s.name, ".columns.zst")+".ttf", sha256.Sum256(font))
		}
		if err != nil {
			log.Fatalf("pack %s: %v", s.name, err)
		}
	}
}

// note puts a font's sum into the file of sums, in the place of its last one.
func note(file, name string, sum [32]byte) error {
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if !strings.HasSuffix(line, " "+name+"\n") {
			lines = append(lines, line)
		}
	}
	lines = append(lines, fmt.Sprintf("%x  %s\n", sum, name))
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[64:], b[64:]) })
	return os.WriteFile(file, []byte(strings.Join(lines, "")), 0o644)
}

func pack(from, to string) (font []byte, err error) {
	if font, err = os.ReadFile(from); err != nil {
		return nil, err
	}
	if font, err = strip(font); err != nil {
		return nil, err
	}
	parts, err := columns.Split(font)
	if err != nil {
		return nil, err
	}
	packed := binary.LittleEndian.AppendUint32(nil, uint32(len(font)))
	for _, part := range parts {
		frame, err := compress(part)
		if err != nil {
			return nil, err
		}
		packed = append(packed, frame...)
	}
	fmt.Printf("%s: %d bytes, unpacked %d\n", filepath.Base(to), len(packed), len(font))
	return font, os.WriteFile(to, packed, 0o644)
}

// compress takes the zstd program, whose highest level the library does not have:
// a tenth less.
func compress(data []byte) ([]byte, error) {
	cmd := exec.Command("zstd", "--ultra", "-22", "--long=26", "--no-check", "-q", "-c")
	cmd.Stdin = bytes.NewReader(data)
	cmd.Stderr = os.Stderr
	return cmd.Output()
}

// wanted are the tables that package fonts reads, and name, which holds the
// font's own copyright notice.
var wanted = []string{"cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name"}

// strip copies a TrueType file with the wanted tables only.
func strip(font []byte) ([]byte, error) {
	if len(font) < 12 || binary.BigEndian.Uint32(font) != 0x00010000 {
		return nil, errors.New("not a single TrueType font")
	}
	n := int(binary.BigEndian.Uint16(font[4:]))
	directory := font[12:]
	type table struct {
		record []byte
		data   []byte
	}
	var tables []table
	for i := range n {
		r := directory[16*i : 16*i+16]
		if !slices.Contains(wanted, string(r[:4])) {
			continue
		}
		offset, length := binary.BigEndian.Uint32(r[8:]), binary.BigEndian.Uint32(r[12:])
		tables = append(tables, table{slices.Clone(r), font[offset : offset+length]})
	}
	if len(tables) != len(wanted) {
		return nil, fmt.Errorf("%d of the %d wanted tables are there", len(tables), len(wanted))
	}
	// The search hints of the header are left zero: nobody reads them here.
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	out = binary.BigEndian.AppendUint16(out, uint16(len(tables)))
	out = append(out, make([]byte, 6)...)
	offset := 12 + 16*len(tables)
	for _, t := range tables {
		binary.BigEndian.PutUint32(t.record[8:], uint32(offset))
		out = append(out, t.record...)
		offset += (len(t.data) + 3) &^ 3
	}
	for _, t := range tables {
		out = append(out, t.data...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	return out, nil
}
