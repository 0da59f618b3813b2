package fonts

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"unsafe"

	"github.com/klauspost/compress/zstd"

	"miandan/templates/fonts/columns"
)

// packed is a font as the program carries it.
type packed struct {
	name string // of the file that it is unpacked to
	data string
}

var (
	//go:embed noto-sans-sc-400.columns.zst
	regularData string
	//go:embed noto-sans-sc-700.columns.zst
	boldData string
	//go:embed hanaminb.columns.zst
	rareData string
	// sums are the unpacked fonts' SHA-256 sums, as sha256sum writes them.
	//go:embed sums.txt
	sums string

	regular = packed{"noto-sans-sc-400.ttf", regularData}
	bold    = packed{"noto-sans-sc-700.ttf", boldData}
	rare    = packed{"hanaminb.ttf", rareData}
)

// load opens the faces, from a folder unless that is "".
func load(folder string) (*Set, error) {
	s := &Set{rare: sync.OnceValues(func() (*Font, error) { return rare.open(folder) })}
	var wait sync.WaitGroup
	var regularErr, boldErr error
	wait.Go(func() { s.regular, regularErr = regular.open(folder) })
	wait.Go(func() { s.bold, boldErr = bold.open(folder) })
	wait.Wait()
	if regularErr != nil {
		return nil, regularErr
	}
	return s, boldErr
}

func (p packed) open(folder string) (*Font, error) {
	var file io.ReaderAt
	var size int64
	if k, err := p.kept(folder); err == nil {
		file, size = k, k.size
	} else { // whatever is wrong there, the program has the font
		data, err := p.inflate()
		if err != nil {
			return nil, err
		}
		file, size = bytes.NewReader(data), int64(len(data))
	}
	f, err := parse(file, size)
	if err != nil {
		return nil, fmt.Errorf("read font %s: %w", p.name, err)
	}
	return f, nil
}

// bytes is what is packed, which nobody may write to.
func (p packed) bytes() []byte { return unsafe.Slice(unsafe.StringData(p.data), len(p.data)) }

func (p packed) inflate() ([]byte, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("unpack font %s: %w", p.name, err)
	}
	defer dec.Close()
	// The columns are a little less than the font that their first one is as long as.
	apart, err := dec.DecodeAll(p.bytes()[sizeBytes:], make([]byte, 0, 2*p.size()))
	if err != nil {
		return nil, fmt.Errorf("unpack font %s: %w", p.name, err)
	}
	data, err := columns.Join(apart)
	if err != nil {
		return nil, fmt.Errorf("put font %s together: %w", p.name, err)
	}
	return data, nil
}

// sizeBytes are those before what is packed: how long the font is.
const sizeBytes = 4

// size is how long it is unpacked.
func (p packed) size() int64 { return int64(binary.LittleEndian.Uint32(p.bytes())) }

var errNoSum = errors.New("its sum is not said")

// sum is the SHA-256 sum of it unpacked.
func (p packed) sum() (sum [32]byte, err error) {
	for line := range bytes.Lines([]byte(sums)) {
		fields := bytes.Fields(line)
		if len(fields) == 2 && string(fields[1]) == p.name {
			if n, err := hex.Decode(sum[:], fields[0]); err != nil || n != len(sum) {
				break
			}
			return sum, nil
		}
	}
	return sum, fmt.Errorf("font %s: %w", p.name, errNoSum)
}
