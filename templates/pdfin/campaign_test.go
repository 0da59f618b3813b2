package pdfin_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"image"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"miandan/templates/pdfin"
	"miandan/templates/scene"
)

var (
	campaign     = flag.Int("campaign", 48, "how many mutated documents to open, a third of them PDFs")
	campaignSeed = flag.Uint64("campaign-seed", 1, "which; 0 is a new one")
)

// TestCampaign opens documents that were mutated at random: the parent lives,
// its memory stays where it was, and each gives dots or an error with a name,
// in time.
func TestCampaign(t *testing.T) {
	seed := *campaignSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("seed %d", seed)
	r := &pdfin.Reader{Cache: shared.Cache, Limits: pdfin.Limits{Time: 5 * time.Second, Memory: 96 << 20}}
	pdfs, inside, pictures := seeds(t)
	if _, err := draw(t, shared, pdfs[0], paper(76, 130), pdfin.How{}); err != nil {
		t.Fatal(err)
	}
	before := parentMemory()

	var mu sync.Mutex
	counts := map[string]int{}
	var slowest time.Duration
	numbers := make(chan int)
	var work sync.WaitGroup
	for range 2 {
		work.Go(func() {
			for n := range numbers {
				rnd := rand.New(rand.NewPCG(seed, uint64(n)))
				from := pictures
				if n%3 == 0 {
					from = pdfs
				}
				file := mutated(rnd, from[rnd.IntN(len(from))], from)
				if n%6 == 0 { // sound outside, so that what is inside is read
					objects := slices.Clone(inside[rnd.IntN(len(inside))])
					at := rnd.IntN(len(objects))
					objects[at] = string(mutated(rnd, []byte(objects[at]), pdfs))
					file = document(objects...)
				}
				how := pdfin.How{Way: pdfin.Way(rnd.IntN(2)), Turn: pdfin.Turn(rnd.IntN(4))}
				began := time.Now()
				m, err := draw(t, r, file, paper(76, 130), how)
				took := time.Since(began)
				name := "dots"
				var p pdfin.Problem
				switch {
				case err == nil:
					if m.Width != 608 || m.Height != 1040 || len(m.Bits) != 76*1040 {
						t.Errorf("number %d: %d×%d dots", n, m.Width, m.Height)
					}
				case errors.Is(err, pdfin.WrongSize):
					name = pdfin.WrongSize.Error()
				case errors.As(err, &p) && p != pdfin.Unstarted:
					name = p.Error()
				default:
					t.Errorf("number %d: an error without a name: %v", n, err)
				}
				if took > 2*5*time.Second+20*time.Second { // both limits, and a start on a busy computer
					t.Errorf("number %d took %v", n, took)
				}
				mu.Lock()
				counts[name]++
				slowest = max(slowest, took)
				mu.Unlock()
			}
		})
	}
	began := time.Now()
	for n := range *campaign {
		numbers <- n
	}
	close(numbers)
	work.Wait()

	for _, name := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%6d %s", counts[name], name)
	}
	runtime.GC()
	var heap runtime.MemStats
	runtime.ReadMemStats(&heap)
	t.Logf("%d documents in %v, the slowest %v; parent at most %d MB before and %d MB after, heap now %d MB; largest child %d MB",
		*campaign, time.Since(began).Round(time.Second), slowest.Round(time.Millisecond), before>>20, parentMemory()>>20, heap.HeapAlloc>>20, childMemory()>>20)
	if heap.HeapAlloc > 128<<20 {
		t.Errorf("the parent keeps %d MB", heap.HeapAlloc>>20)
	}
	if most := int64(96+192) << 20; childMemory() > most && !compiledNow {
		t.Errorf("a child had %d MB, and may have %d MB", childMemory()>>20, most>>20)
	}
	if _, err := draw(t, shared, pdfs[0], paper(76, 130), pdfin.How{}); err != nil {
		t.Errorf("after all that: %v", err)
	}
}

// seeds are sound documents, whatever a PDF may have in it, some as their objects.
func seeds(t *testing.T) (pdfs [][]byte, inside [][]string, pictures [][]byte) {
	_, m, own := sample(t, "jd-express.json", "jd-express-76x130", scene.DPI203)
	plain := onePageOf(box(76, 130), "", bars(t, "JDVC00000000001-1-1-", 10, 20, 20, 0.25)+"q 1 0 0 1 20 20 cm 0.5 g 0 0 20 30 re f 0 0 m 9 9 30 3 8 7 c S Q")
	withPicture := onePageOf(box(76, 130), "/Resources << /XObject << /I 5 0 R >> /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>",
		"200 0 0 300 0 0 cm /I Do BT /F 0.1 Tf (13800001234) Tj ET",
		stream("/Type /XObject /Subtype /Image /Width 64 /Height 64 /BitsPerComponent 8 /ColorSpace /DeviceGray /Filter /FlateDecode", deflated("\x00\xff\x80\x40", 1024)))
	withJPEG := onePageOf(box(76, 130), "/Resources << /XObject << /I 5 0 R >> >>", "200 0 0 300 0 0 cm /I Do",
		stream("/Type /XObject /Subtype /Image /Width 64 /Height 64 /BitsPerComponent 8 /ColorSpace /DeviceGray /Filter /DCTDecode", string(jpegOf(t, image.NewGray(image.Rect(0, 0, 64, 64))))))
	withJBIG2 := onePageOf(box(76, 130), "/Resources << /XObject << /I 5 0 R >> >>", "200 0 0 300 0 0 cm /I Do",
		stream("/Type /XObject /Subtype /Image /Width 64 /Height 64 /BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /JBIG2Decode", jbig2(64, 64)))
	grey := image.NewGray(image.Rect(0, 0, 608, 1040))
	for y := range 1040 {
		for x := range 608 {
			if !m.Black(x, y) {
				grey.Pix[y*grey.Stride+x] = 0xFF
			}
		}
	}
	inside = [][]string{plain, withPicture, withJPEG, withJBIG2}
	pdfs = [][]byte{own, slow()}
	for _, objects := range inside {
		pdfs = append(pdfs, document(objects...))
	}
	return pdfs, inside, [][]byte{encoded(t, m), encoded(t, grey), jpegOf(t, grey), cmykJPEG(t), encoded(t, image.NewNRGBA64(image.Rect(0, 0, 76, 130)))}
}

// mutated changes a document as a bad line, a bad disk or a bad mind would.
func mutated(rnd *rand.Rand, from []byte, all [][]byte) []byte {
	b := bytes.Clone(from)
	for range 1 + rnd.IntN(8) {
		at := rnd.IntN(len(b))
		n := min(1+rnd.IntN(64), len(b)-at)
		switch rnd.IntN(9) {
		case 0, 1: // a bit
			b[at] ^= 1 << rnd.IntN(8)
		case 2: // a byte that is at a limit
			b[at] = []byte{0, 1, 0x7F, 0x80, 0xFF}[rnd.IntN(5)]
		case 3: // a piece goes
			b = append(b[:at], b[at+n:]...)
		case 4: // a piece comes twice
			b = slices.Insert(b, at, bytes.Clone(b[at:at+n])...)
		case 5: // a piece of another document
			other := all[rnd.IntN(len(all))]
			b = slices.Insert(b, at, other[rnd.IntN(len(other)):][:min(n, 1)]...)
		case 6: // a number becomes another
			if i := bytes.IndexAny(b[at:], "0123456789"); i >= 0 {
				b = slices.Replace(b, at+i, at+i+1, []byte(fmt.Sprint([]int64{0, -1, 65535, 1 << 31, 99999999999}[rnd.IntN(5)]))...)
			}
		case 7: // noise
			for i := range n {
				b[at+i] = byte(rnd.Uint32())
			}
		case 8: // the end is lost, seldom
			if rnd.IntN(4) == 0 {
				b = b[:at]
			}
		}
		if len(b) == 0 {
			return b
		}
	}
	return b
}
