package canary

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"miandan/agent/internal/worked"
)

func TestPeopleAreUniqueAndTheSameAgain(t *testing.T) {
	people := People(7, 2000)
	if again := People(7, 2000); !slices.Equal(people, again) {
		t.Error("the same seed makes other people")
	}
	if other := People(8, 1); other[0].Name == people[0].Name {
		t.Error("another seed makes the same people")
	}
	given := map[string]int{}
	for i, p := range people {
		if p.Index != i {
			t.Fatalf("person %d says that it is %d", i, p.Index)
		}
		if !strings.HasPrefix(p.Name, "演示") && !strings.HasPrefix(p.Name, "Yanshi ") || !strings.HasPrefix(p.Mobile, "1380000") || len(p.Mobile) != 11 {
			t.Errorf("person %d is not plainly invented", i)
		}
		if n := utf8.RuneCountInString(p.family); n < 3 {
			t.Errorf("person %d has %d characters that are hers alone", i, n)
		}
		for _, text := range []string{p.Name, p.family, p.Mobile, p.Landline, p.Virtual[:11], p.street, p.room, p.remark} {
			if text == p.Name && text == p.family {
				continue
			}
			if j, ok := given[text]; ok {
				t.Errorf("persons %d and %d have something in common", j, i)
			}
			given[text] = i
		}
	}
}

// TestNobodyIsFoundWhereNobodyIs has masks, near misses, and bytes of many
// kinds that nobody is in.
func TestNobodyIsFoundWhereNobodyIs(t *testing.T) {
	people := People(1, 1000)
	s := New(people, KeyText{"token", "fffffffffffffffffffffffffffff001"})
	var b strings.Builder
	for _, p := range people {
		name := []rune(p.Name)
		address := []rune(p.Address)
		next := p.Mobile[:10] + string('0'+(p.Mobile[10]-'0'+1)%10) // may be somebody else's
		if slices.ContainsFunc(people, func(o Person) bool { return o.Mobile == next }) {
			next = ""
		}
		fmt.Fprintf(&b, "name=%c•• phone=%s••••%s tel=••••%s virtual=%s••••%s address=浙江省杭州市西湖区演示 short=%s cut=%s room=%s other=%s longer=%s9 spread=%s|%s\n",
			name[0], p.Mobile[:3], p.Mobile[7:], p.Landline[len(p.Landline)-4:], p.Virtual[:3], p.Virtual[7:11],
			string(name[:4]), p.Mobile[:10], p.room[:9], next, p.Landline[5:], p.Mobile[:5], p.Mobile[5:])
		fmt.Fprintf(&b, "half=%s apart=%s号 date=2026-11-29 00:12:27.%s order=31204587%s\n", string(address[:4]), string(address[2:5]), p.Mobile[5:], p.Mobile[7:])
	}
	random := make([]byte, 4<<20)
	chacha := rand.NewChaCha8([32]byte{1})
	chacha.Read(random)
	var sums strings.Builder
	for i := range 100_000 {
		sum := 0.0
		for j := range i % 9 {
			sum += float64(i*j%90_000) / 1000
		}
		fmt.Fprintf(&sums, "%v\n%v\n%v\n", sum, sum*138, sum*17)
	}
	for name, text := range map[string][]byte{
		"masks": []byte(b.String()), "sums of floating point": []byte(sums.String()), "random": random, "zeros": make([]byte, 1<<20),
		"base64": []byte(encode64(random[:1<<18])), "hex": fmt.Appendf(nil, "%x", random[:1<<18]), "decimal": fmt.Append(nil, random[:1<<18]),
	} {
		hits, err := s.Bytes(name, text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, h := range hits[:min(3, len(hits))] {
			t.Errorf("found where nobody is: %v", h)
		}
	}
}

func TestAReportNamesNobody(t *testing.T) {
	people := People(3, 4)
	s := New(people, KeyText{"access token", "0123456789abcdef0123"})
	text := "0123456789abcdef0123"
	for _, p := range people {
		text += fmt.Sprint(p.Name, " ", p.Mobile, " ", p.Landline, " ", p.Virtual, " ", p.Address, " ", p.Remark, "\n")
	}
	hits, err := s.Bytes("everything", []byte(text))
	if err != nil || len(hits) < 4*7+1 {
		t.Fatalf("%d hits, %v", len(hits), err)
	}
	for _, h := range hits {
		again, err := s.Bytes("report", []byte(h.String()))
		if err != nil || len(again) > 0 {
			t.Errorf("the report says who it is about: %v", again)
		}
	}
	if got, want := hits[0].String(), "everything at byte 0 (UTF-8): secret access token"; got != want {
		t.Errorf("report = %q, want %q", got, want)
	}
}

func TestATree(t *testing.T) {
	people := People(5, 10)
	s := New(people)
	root := t.TempDir()
	write := func(path, text string) {
		t.Helper()
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a/b/deep", "\x00\x01"+people[0].Name)
	write("a/clean", "nobody")
	write("left/out", people[1].Name)
	write("c/label "+people[2].Mobile+".png", "")
	link, found := filepath.Join(root, "link"), "[0 2 3]"
	if err := os.Symlink("/nowhere/"+people[3].room, link); err != nil {
		t.Fatal(err)
	}
	if to, err := os.Readlink(link); err != nil || !strings.Contains(to, people[3].room) {
		t.Logf("a link to nowhere is none here: %q, %v", to, err)
		found = "[0 2]"
	}
	hits, size, err := s.Tree(root, func(path string) bool { return path == "left" })
	if err != nil {
		t.Fatal(err)
	}
	if size != int64(len("\x00\x01"+people[0].Name+"nobody")) {
		t.Errorf("%d bytes were searched", size)
	}
	var who []int
	for _, h := range hits {
		who = append(who, h.Person)
		if strings.Contains(h.String(), people[2].Mobile) {
			t.Error("the report names a file that names a person")
		}
	}
	if fmt.Sprint(who) != found {
		t.Errorf("found persons %v, want %s: %v", who, found, hits)
	}
}

func TestTooMuchIsSaid(t *testing.T) {
	s := New(People(1, 1))
	s.Most = 1 << 20
	if _, err := s.Bytes("bomb", zipped(make([]byte, 8<<20))); err == nil {
		t.Error("an archive that was not searched to its end counts as clean")
	}
}

// TestSpeed keeps the search from becoming too slow for what it is for.
func TestSpeed(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	s := New(People(1, 1000))
	line := []byte(`time=2026-11-29T00:12:27.123+08:00 level=DEBUG msg="label sent" order=312045870013 printer=bench-1 bytes=12345 took=31.2ms body="{\"code\":\"0\",\"a\":[1,2,3]}"` + "\n")
	random := make([]byte, 8<<20)
	rand.NewChaCha8([32]byte{2}).Read(random)
	for name, b := range map[string][]byte{"log": bytes.Repeat(line, 8<<20/len(line)), "database": random} {
		began, before := time.Now(), worked.Here()
		if _, err := s.Bytes(name, b); err != nil {
			t.Fatal(err)
		}
		took := worked.Here() - before
		if took <= 0 {
			took = time.Since(began)
		}
		t.Logf("%s: %.0f MB/s", name, float64(len(b))/1e6/took.Seconds())
		if took > 20*time.Second {
			t.Errorf("8 MiB of %s took %v", name, took)
		}
	}
}
