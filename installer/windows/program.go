package windows

import (
	"bytes"
	"debug/pe"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
)

// AddResources gives a program that Go's linker made its icon, version and
// manifest, as one more section at the end of the file.
//
// A .syso file beside the source would do too, but it would lie in the tree for
// each build of it, and of everybody else, to find.
func AddResources(path string, a About) error {
	file, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	all, err := resources(a)
	if err != nil {
		return err
	}
	file, err = addSection(file, all)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, file, 0o755)
}

// Offsets in a file for 64 bits: of the optional header from the signature "PE",
// and of its fields from its own beginning, of winnt.h.
const (
	optionalAt     = 4 + 20
	initializedAt  = 8
	imageSizeAt    = 56
	checkSumAt     = 64
	directoriesAt  = 112
	resourceDir    = 2
	sectionHeader  = 40
	readOnlyData   = 0x40000040 // initialised, readable
	numberSections = 4 + 2      // from the signature
)

func addSection(file []byte, all []resource) ([]byte, error) {
	f, err := pe.NewFile(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	optional, ok := f.OptionalHeader.(*pe.OptionalHeader64)
	if !ok || len(f.Sections) == 0 {
		return nil, errors.New("no program for 64 bits")
	}
	if optional.DataDirectory[resourceDir].Size != 0 {
		return nil, errors.New("has resources already")
	}
	le := binary.LittleEndian
	head := int(le.Uint32(file[0x3c:]))
	table := head + optionalAt + int(f.SizeOfOptionalHeader) + len(f.Sections)*sectionHeader
	if table+sectionHeader > int(optional.SizeOfHeaders) {
		return nil, errors.New("no room for one more section")
	}
	last := f.Sections[len(f.Sections)-1]
	address := roundUp(last.VirtualAddress+last.VirtualSize, optional.SectionAlignment)
	data := tree(all, address)
	out := append(file, make([]byte, int(roundUp(uint32(len(file)), optional.FileAlignment))-len(file))...)
	at := uint32(len(out))
	size := roundUp(uint32(len(data)), optional.FileAlignment)
	out = append(out, data...)
	out = append(out, make([]byte, int(size)-len(data))...)

	var header bytes.Buffer
	put(&header, [8]byte{'.', 'r', 's', 'r', 'c'}, uint32(len(data)), address, size, at, [3]uint32{}, uint32(readOnlyData))
	copy(out[table:], header.Bytes())
	le.PutUint16(out[head+numberSections:], uint16(len(f.Sections)+1))
	o := out[head+optionalAt:]
	le.PutUint32(o[initializedAt:], optional.SizeOfInitializedData+size)
	le.PutUint32(o[imageSizeAt:], roundUp(address+uint32(len(data)), optional.SectionAlignment))
	le.PutUint32(o[directoriesAt+8*resourceDir:], address)
	le.PutUint32(o[directoriesAt+8*resourceDir+4:], uint32(len(data)))
	le.PutUint32(o[checkSumAt:], 0)
	le.PutUint32(o[checkSumAt:], checkSum(out))
	return out, nil
}

// tree writes the directory of resources: by kind, by number, by language. Every
// resource stands there in one language, the neutral one.
func tree(all []resource, address uint32) []byte {
	const directory, entry, leaf, below = 16, 8, 16, 1 << 31
	var kinds []uint16
	count := map[uint16]int{}
	for _, r := range all {
		if count[r.kind] == 0 {
			kinds = append(kinds, r.kind)
		}
		count[r.kind]++
	}
	numbersAt := directory + entry*len(kinds)
	languagesAt := numbersAt + directory*len(kinds) + entry*len(all)
	leavesAt := languagesAt + (directory+entry)*len(all)
	dataAt := int(roundUp(uint32(leavesAt+leaf*len(all)), 8))

	var b, data bytes.Buffer
	list := func(n int) { put(&b, [3]uint32{}, uint16(0), uint16(n)) }
	list(len(kinds))
	at := numbersAt
	for _, k := range kinds {
		put(&b, uint32(k), uint32(at|below))
		at += directory + entry*count[k]
	}
	for i := 0; i < len(all); {
		n := count[all[i].kind]
		list(n)
		for j := i; j < i+n; j++ {
			put(&b, uint32(all[j].id), uint32((languagesAt+(directory+entry)*j)|below))
		}
		i += n
	}
	for i := range all {
		list(1)
		put(&b, uint32(0), uint32(leavesAt+leaf*i))
	}
	for _, r := range all {
		pad(&data, 8)
		put(&b, address+uint32(dataAt+data.Len()), uint32(len(r.data)), [2]uint32{})
		data.Write(r.data)
	}
	pad(&b, 8)
	return append(b.Bytes(), data.Bytes()...)
}

// checkSum is the sum that a program's header holds: of its words with the carry
// added, and its length. The field itself must be zero.
func checkSum(file []byte) uint32 {
	var sum uint32
	for i := 0; i < len(file); i += 2 {
		word := uint32(file[i])
		if i+1 < len(file) {
			word |= uint32(file[i+1]) << 8
		}
		sum += word
		sum = sum&0xffff + sum>>16
	}
	return sum + uint32(len(file))
}

func roundUp(n, to uint32) uint32 { return (n + to - 1) / to * to }
