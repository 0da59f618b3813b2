package templates

import (
	"errors"
	"flag"
	"io/fs"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"miandan/templates/scene"
	"miandan/templates/waybill"
)

var (
	hostileLayouts = flag.Int("hostile", 100, "how many mutated layouts to read and compose (10000 take a minute)")
	hostileSeed    = flag.Uint64("hostileseed", 1, "which; 0 is a new one")
)

// What one hostile layout may cost, read and composed. A built-in one costs a
// few ms and less than 2 MB.
const (
	hostileTime   = 30 * time.Second // of a busy computer
	hostileMemory = 128 << 20        // allocated altogether
)

// TestMutatedLayouts mutates layouts that people might have written, and holds
// each to a page or an error with a name, in time and in memory.
func TestMutatedLayouts(t *testing.T) {
	seed := *hostileSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("replay with: go test ./templates -run TestMutatedLayouts -hostile %d -hostileseed %d", *hostileLayouts, seed)
	seeds := layoutSources(t)
	counts := map[string]int{}
	var slowest time.Duration
	var largest uint64
	for n := range *hostileLayouts {
		r := rand.New(rand.NewPCG(seed, uint64(n)))
		files := mutatedFolder(r, seeds)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		name, err := readAndCompose(files, hostileLabel(r))
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Errorf("number %d: an error without a name: %v", n, err)
		}
		counts[name]++
		used := after.TotalAlloc - before.TotalAlloc
		slowest, largest = max(slowest, took), max(largest, used)
		if took > hostileTime || used > hostileMemory {
			t.Errorf("number %d took %v and %d MB", n, took, used>>20)
		}
	}
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return counts[b] - counts[a] })
	for _, name := range names {
		t.Logf("%6d %s", counts[name], name)
	}
	t.Logf("the slowest took %v, the largest %d MB", slowest.Round(time.Millisecond), largest>>20)
	if len(names) < min(15, *hostileLayouts/10) {
		t.Errorf("only %d kinds of end: the mutations prove nothing", len(names))
	}
}

// readAndCompose returns how it ended, by the error's own code.
func readAndCompose(dir fstest.MapFS, label waybill.Label) (string, error) {
	l, err := ParseIn(dir, "mine.yaml", dir["mine.yaml"].Data)
	var wrong *LayoutError
	var refused *ComposeError
	switch {
	case errors.As(err, &wrong):
		if len(wrong.Error()) > 8000 {
			return "", errors.New("the sentence is longer than a screen")
		}
		return "layout: " + string(wrong.Problem), nil
	case err != nil:
		return "", err
	}
	pages, err := l.Pages(label, scene.DPI203)
	switch {
	case errors.As(err, &refused):
		return "label: " + string(refused.Reason), nil
	case err != nil:
		return "", err
	case len(pages) == 0:
		return "", errors.New("no page and no error")
	}
	return "composed", nil
}

// layoutSources are the built-in layouts, their blocks, and the broken ones.
func layoutSources(t *testing.T) []string {
	t.Helper()
	var all []string
	err := fs.WalkDir(builtin, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		b, err := fs.ReadFile(builtin, path)
		all = append(all, string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range broken {
		all = append(all, b.src)
	}
	return all
}

// hostileWords stand where a number, a word or a list was.
var hostileWords = []string{
	"-1", "0", "1e308", "-1e308", ".inf", ".nan", "99999999999999999999", "0x7fffffffffffffff", "1e-300", "600", "0.0001",
	"*a", "&a", "&a [*a, *a]", "<<: *a", "!!binary aaaa", "!!python/object", "---", "...", "? ", "null", "~", "true",
	"{{", "}}", "{", "}", "[", "]", "[[[[[[[[[[", "{a: {a: {a: {a: {a: {a: {a: {a: 1}}}}}}}}", "\"", "'", "|", ">", "\t", "\r", "\x00", "\xff\xfe", "\ufeff",
	"{receiver.name|mask|mask}", "{item.name}", "{nothing}", "{number|date}", "{receiver.address}", "\u202e演示\u200b", "%s%!d(", "../../etc/passwd", "merchant", "fragile",
	"include: merchant", "table: items", "overflow: flow", "lines: 60", "size: 600", "zoom: 3", "module: 4", "when: copy", "page: {w: 600, h: 600}",
}

// mutatedFolder is a layout with a block beside it, changed in a few places.
func mutatedFolder(r *rand.Rand, from []string) fstest.MapFS {
	src := from[r.IntN(len(from))]
	for range 1 + r.IntN(3) {
		src = mutate(r, src, from)
	}
	block := from[r.IntN(len(from))]
	if r.IntN(2) == 0 {
		block = mutate(r, block, from)
	}
	return fstest.MapFS{"mine.yaml": {Data: []byte(src)}, "blocks/merchant.yaml": {Data: []byte(block)}}
}

func mutate(r *rand.Rand, src string, from []string) string {
	word := hostileWords[r.IntN(len(hostileWords))]
	lines := strings.Split(src, "\n")
	at := r.IntN(len(lines))
	switch r.IntN(20) {
	default: // another word in place of one, which most often leaves it YAML
		words := strings.FieldsFunc(lines[at], func(c rune) bool { return strings.ContainsRune(" ,{}[]:\"", c) })
		if len(words) > 0 {
			lines[at] = strings.Replace(lines[at], words[r.IntN(len(words))], word, 1)
		}
	case 1: // a word between two bytes
		if src == "" {
			return word
		}
		i := r.IntN(len(src))
		return src[:i] + word + src[i:]
	case 2: // a line of another file
		other := strings.Split(from[r.IntN(len(from))], "\n")
		lines = slices.Insert(lines, at, other[r.IntN(len(other))])
	case 3: // a line very often
		times := 1 << r.IntN(12)
		return strings.Join(lines[:at], "\n") + strings.Repeat("\n"+lines[at], min(times, 1<<18/(len(lines[at])+1))) + "\n" + strings.Join(lines[at:], "\n")
	case 4: // a line less
		lines = slices.Delete(lines, at, at+1)
	case 5: // the end missing
		return src[:r.IntN(len(src)+1)]
	case 6: // a flipped byte
		b := []byte(src)
		if len(b) > 0 {
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		}
		return string(b)
	case 7: // a word without end
		lines[at] += strings.Repeat(word, 1<<r.IntN(13))
	}
	return strings.Join(lines, "\n")
}

// hostileLabel is a sample, some of whose texts are longer than they come.
func hostileLabel(r *rand.Rand) waybill.Label {
	l, _, err := Sample("wujie")
	if err != nil {
		panic(err)
	}
	if r.IntN(2) == 0 {
		l.Remark = strings.Repeat("演示", r.IntN(3000))
		l.Shop = strings.Repeat("\U0002CEB0", r.IntN(200))
		for range r.IntN(300) {
			l.Items = append(l.Items, waybill.Item{Name: strings.Repeat("货", r.IntN(100)), Quantity: r.IntN(1 << 30)})
		}
	}
	return l
}
