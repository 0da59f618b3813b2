package virtual

import (
	"runtime"
	"testing"
	"time"
)

// feed gives bytes to a printer without a port and waits until it has read them.
func feed(t testing.TB, cfg Config, data []byte) *Printer {
	t.Helper()
	p, err := assemble(cfg)
	if err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	l := &line{watch: p.newWatcher()}
	p.lines = append(p.lines, l)
	for _, b := range data {
		if l.watch == nil || !l.watch.arrived(l, b) {
			l.bytes = append(l.bytes, b)
		}
	}
	l.down = true
	p.change.Broadcast()
	p.mu.Unlock()
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Microsecond) {
		p.mu.Lock()
		// A host can leave the printer paused, waiting or in the middle of a batch.
		p.put(stops|LabelWaiting, false)
		p.change.Broadcast()
		if len(p.pages) > 0 && p.pages[0].left > 3 {
			p.pages[0].left = 3
		}
		done := len(p.lines) == 0 && len(p.pages) == 0 && !p.held
		p.mu.Unlock()
		if done {
			return p
		}
		if time.Now().After(end) {
			t.Fatal("the printer does not come to an end")
		}
	}
}

// fuzz holds an interpreter to what must be true of any bytes: no panic, no more
// dots than a label can have, garbage that is bounded, and an end.
func fuzz(f *testing.F, language Language, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s), uint16(0))
	}
	f.Fuzz(func(t *testing.T, data []byte, quirks uint16) {
		has := func(i int) bool { return quirks>>i&1 == 1 }
		cfg := Config{Language: language, Head: 64, Quirks: Quirks{
			Subset: has(0), ZlibBitmap: has(1), Locked: has(2), Responds: has(3), LongGF: has(4),
			NoZ64: has(5), NoHQES: has(6), NoSGD: has(7), Coy: has(8), Eager: has(9), Nests: has(11),
		}, Joins: has(10)}
		p := feed(t, cfg, data)
		defer p.Close()
		for _, pr := range p.Prints() {
			if pr.Width > cfg.Head || pr.Height > max(maxRows, maxStrip) || len(pr.Garbage) > 2*maxGarbage {
				t.Errorf("a print of %d×%d dots with %d bytes of garbage", pr.Width, pr.Height, len(pr.Garbage))
			}
		}
	})
}

func FuzzESCPOS(f *testing.F) {
	fuzz(f, ESCPOS, "\x1B@\x1Dv0\x00\x02\x00\x04\x00\xFF\xFF\x80\x01\x80\x01\xFF\xFF\x1DVB\x00\x1D(H\x06\x00000001", "\x10\x04\x01\x1Da\x0E\x1Dr\x01\x1DI\x41", "hello\n\x1Bd\x03\x1C(L\x02\x00\x22\x40")
}

func FuzzTSPL(f *testing.F) {
	fuzz(f, TSPL,
		"SIZE 8 mm,1 mm\r\nGAP 2 mm,0\r\nCLS\r\nBITMAP 0,0,2,4,0,\x00\x00\x7F\xFE\x7F\xFE\x00\x00\r\nPRINT 1,1\r\n",
		"BITMAP -3,2,8388608,8388608,3,100,\x78\x9C\r\nBOX 0,0,30000,30000,5\r\nREVERSE -9,-9,32000,32000\r\n",
		"SIZE 100 mm,4000 mm\r\nSET PEEL ON\r\nPRINT 999999999,999999999\r\nDOWNLOAD \"A\",10,BM12345678\r\nPUTBMP 0,0,\"A\"\r\n",
		"\x1B!?\x1B!S\x1B!.\x1B!R~!T\r\n~!E\r\nOUT \"a\"\r\nFEED 9999\r\nDIRECTION 1,1\r\nSHIFT 3,4\r\n",
	)
}

func FuzzZPL(f *testing.F) {
	fuzz(f, ZPL,
		"^XA^PW16^LL4^FO0,0^GFA,8,8,2,FFFF80018001FFFF^FS^PQ1,0,1,Y^XZ",
		"^XA^LL32000^FO0,0^GFA,99999,99999,1,z!:,zF::^FS^GFB,5,5,1,~JA^^^FS^XZ~HS~HQES~JA~JR",
		"^XA^GFA,8,8,2,:Z64:eNr7z/AfDAET9AP9:3CE6^FS^GFA,8,8,2,:B64:/wD/AP8A/wA=:AAB3^FS^XZ",
		"~DGR:A.GRF,8388608,8388608,!~DGB.GRF,4,2,FF,^XA^POI^FO3,3^XGA.GRF,10,10^FS^MMP^PQ9,1^XZ",
		"! U1 getvar \"odometer.total_label_count\"\r\n! U1 setvar \"alerts.add\" \"PQ JOB COMPLETED,USB,Y,N,,0,N,\"\r\n",
	)
}

func FuzzCPCL(f *testing.F) {
	fuzz(f, CPCL,
		"! 0 200 200 4 1\r\nPAGE-WIDTH 16\r\nCG 2 4 0 0 \xFF\xFF\x80\x01\x80\x01\xFF\xFF\r\nFORM\r\nPRINT\r\n\x1Bh\x1Bi\x1Bv",
		"! 32000 200 200 32000 1024\r\nEG 2 2 0 0 ffffFFFF\r\nVEG 1 2 0 30 F040\r\nLINE 0 0 32000 0 32000\r\nBOX 0 0 3 3 9\r\nPRINT\r\n",
		"text\nmore\x1Bh! 0 200 200 5 2\nABORT\n;mark\n",
	)
}

// What a few bytes announce takes no memory before it comes.
func TestMemoryIsBounded(t *testing.T) {
	for language, data := range map[Language]string{
		ESCPOS: "\x1Dv0\x00\xFF\xFF\xFF\xFF",
		TSPL:   "SIZE 4000 mm,3999 mm\r\nCLS\r\nBITMAP 0,0,8388608,8388608,0,",
		ZPL:    "^XA^PW32000^LL32000^FO0,0^GFB,99999,99999,1,",
		CPCL:   "! 0 200 200 32000 1\r\nPW 32000\r\nCG 400 20000 0 0 ",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		p := feed(t, Config{Language: language}, []byte(data))
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
			t.Errorf("%s: %d bytes of memory for %d received", language, used, len(data))
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}
