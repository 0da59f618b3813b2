package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"miandan/templates"
	"miandan/templates/lint"
)

// good is a waybill that keeps every rule, in elements that the
// tests take away one by one.
const good = `title: 演示
page: {w: 76, h: 130}
elements:
- {text: "{routing.code}", at: {x: 3, y: 30, w: 70, h: 13}, size: 11, floor: 6}
- {text: "{routing.name} {routing.hub}", at: {x: 3, y: 43, w: 70, h: 7}, size: 5, floor: 2.2, lines: 2}
- {barcode: "{parcel.barcode}", at: {x: 2.5, y: 11, w: 71, h: 11}}
- {text: "{parcel.number|group4}", at: {x: 3, y: 22, w: 70, h: 5}, size: 4}
- {text: "{receiver.name} {receiver.phone}", at: {x: 3, y: 52, w: 70, h: 7}, size: 4, floor: 2.4}
- {text: "{receiver.address}", at: {x: 3, y: 59, w: 70, h: 16}, size: 4, floor: 2.4, lines: 5}
- {text: "{sender.name} {sender.phone}", at: {x: 3, y: 76, w: 40, h: 5}, size: 3, floor: 2}
- {marks: ["代收 ¥{collect}", "到付 ¥{freight}"], at: {x: 44, y: 76, w: 29, h: 6}, size: 3, floor: 2, lines: 2}
- {text: "{parcel.index}/{parcel.count}件", when: parcel.count > 1, at: {x: 3, y: 4, w: 20, h: 5}, size: 4}
- {text: 签收, at: {x: 3, y: 84, w: 15, h: 4}, size: 3}
- {barcode: "{number}", at: {x: 22, y: 84, w: 52, h: 8}, module: 0.3}
- {items: "{item.name} ×{item.quantity}", at: {x: 3, y: 95, w: 70, h: 12}, size: 3, floor: 2, lines: 4, more: …}
- {text: "订单 {order}", at: {x: 3, y: 110, w: 50, h: 4}, size: 2.6}
- {text: "重印 {copy}", when: copy, at: {x: 55, y: 110, w: 18, h: 4}, size: 2.6}
- {text: 已验视, at: {x: 55, y: 120, w: 18, h: 6}, size: 3.2, boxed: true}
`

// with adds an element, and change writes one thing for another in it.
func with(element string) string { return good + "- " + element + "\n" }

func change(t *testing.T, pairs ...string) string {
	t.Helper()
	src := good
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(src, pairs[i]) {
			t.Fatalf("there is no %q", pairs[i])
		}
		src = strings.ReplaceAll(src, pairs[i], pairs[i+1])
	}
	return src
}

// without takes the line away that holds the words.
func without(t *testing.T, words string) string {
	t.Helper()
	var kept []string
	for _, line := range strings.Split(good, "\n") {
		if !strings.Contains(line, words) {
			kept = append(kept, line)
		}
	}
	if len(kept) == strings.Count(good, "\n")+1 {
		t.Fatalf("there is no %q", words)
	}
	return strings.Join(kept, "\n")
}

const (
	small = "title: 小\npage: {w: 60, h: 40}\nelements:\n- {text: \"重印 {copy}\", when: copy, at: {x: 40, y: 34, w: 17, h: 4}, size: 3}\n- "
	// a two-part waybill, with nothing near the line at 110 but the goods' box
	page180 = "page: {w: 100, h: 180}"
)

// TestEveryRule breaks each rule and nothing that stands in the way of it.
func TestEveryRule(t *testing.T) {
	if got := numbers(check(t, good)); got != "" {
		t.Errorf("the good waybill breaks %s", got)
	}
	broken := map[int]string{
		103: with(`{qr: "{receiver.phone}", at: {x: 3, y: 114, w: 15, h: 15}}`),
		104: small + `{text: "{receiver.phone}", at: {x: 3, y: 3, w: 50, h: 5}, size: 3}`,
		201: change(t, "size: 11, floor: 6", "size: 5"),
		202: change(t, "size: 11, floor: 6", "size: 8, floor: 6"),
		203: change(t, "h: 7}, size: 4, floor: 2.4}", "h: 7}, size: 2}"),
		204: change(t, "h: 7}, size: 4, floor: 2.4}", "h: 7}, size: 2.8}"),
		205: change(t, "h: 16}, size: 4, floor: 2.4, lines: 5", "h: 5}, size: 2.5, floor: 1.5, lines: 5"),
		206: change(t, "size: 4, floor: 2.4, lines: 5", "size: 2.6, lines: 9"),
		207: change(t, "size: 5, floor: 2.2, lines: 2", "size: 1.8"),
		208: with(`{text: "{shop} 重印 {copy}", at: {x: 3, y: 114, w: 50, h: 4}, size: 3, floor: 2}`),
		209: with(`{text: 演示, at: {x: 3, y: 116, w: 50, h: 4}, size: 1.5}`),
		210: with(`{text: 演示, at: {x: 3, y: 116, w: 10, h: 4}, size: 1.8, reverse: true}`),
		211: without(t, "group4"),
		212: with(`{text: "{shop}", at: {x: 3, y: 116, w: 5, h: 4}, size: 3}`),
		213: change(t, "size: 4, floor: 2.4, lines: 5", "size: 4, floor: 3.8, lines: 3"),
		301: change(t, "w: 52, h: 8}, module", "w: 52, h: 5}, module"),
		302: change(t, "w: 71, h: 11}", "w: 71, h: 8}"),
		303: change(t, "w: 71, h: 11}", "w: 71, h: 11}, module: 0.25"),
		304: strings.ReplaceAll(without(t, "订单"), "x: 3, y: 95, w: 70", "x: 17, y: 95, w: 56") + "- {barcode: \"{number}\", at: {x: 8, y: 88, w: 8, h: 41.5}, vertical: true}\n",
		305: with(`{barcode: "{number}", when: number, at: {x: 3, y: 118, w: 50, h: 8}}` + "\n- " + `{text: 演示, when: number, at: {x: 3, y: 118, w: 6, h: 4}, size: 2.5}`),
		306: with(`{barcode: "{number}", when: number, at: {x: 3, y: 118, w: 50, h: 8}}` + "\n- " + `{text: 演, when: number, at: {x: 20, y: 118, w: 6, h: 8}, size: 2.5, reverse: true}`),
		307: strings.ReplaceAll(change(t, "barcode: \"{parcel.barcode}\"", "qr: \"{parcel.barcode}\""), "barcode: \"{number}\"", "qr: \"{number}\""),
		308: without(t, `barcode: "{number}"`),
		309: change(t, "y: 11, w: 71, h: 11}", "y: 115, w: 71, h: 11}", "x: 55, y: 120", "x: 3, y: 4"),
		310: change(t, "x: 22, y: 84, w: 52, h: 8", "x: 22, y: 23, w: 52, h: 6", "y: 22, w: 70, h: 5", "y: 5, w: 70, h: 5"),
		311: with(`{qr: "https://example.invalid/{number}/{order}", at: {x: 3, y: 114.5, w: 14, h: 14}}`),
		401: strings.ReplaceAll(without(t, "routing.code"), "{routing.name} {routing.hub}", "{routing.hub}"),
		402: without(t, "receiver.name"),
		403: without(t, "sender.name"),
		404: change(t, "{routing.name} {routing.hub}", "{routing.name}"),
		405: without(t, "item.name"),
		406: without(t, "{order}"),
		407: without(t, "已验视"),
		408: without(t, "签收"),
		409: without(t, "代收"),
		410: without(t, "parcel.index"),
		501: with(`{line: 0.5, at: {x: 0.5, y: 50, w: 20}}`),
		502: with(`{line: 0.5, at: {x: 1.25, y: 50, w: 20}}`),
		503: change(t, "page: {w: 76, h: 130}", page180) + "- {line: 0.5, at: {x: 3, y: 109.75, w: 60}}\n",
		504: change(t, "page: {w: 76, h: 130}", page180) + "- {line: 0.5, at: {x: 3, y: 111.5, w: 60}}\n",
		505: change(t, "page: {w: 76, h: 130}", "page: {w: 80, h: 140}"),
	}
	for _, r := range lint.Rules() {
		if r.Number == 101 || r.Number == 102 {
			continue // no layout can break them: see TestHidden
		}
		src, ok := broken[r.Number]
		if !ok {
			t.Errorf("no layout breaks rule %d", r.Number)
			continue
		}
		t.Run(fmt.Sprint(r.Number), func(t *testing.T) {
			t.Parallel()
			found := check(t, src)
			i := slices.IndexFunc(found, func(f lint.Finding) bool { return f.Rule == r.Number })
			if i < 0 {
				t.Fatalf("nothing found; the layout breaks %s", numbers(found))
			}
			f := found[i]
			for _, s := range []string{f.Text(false), f.Text(true)} {
				if strings.Contains(s, "%!") || !strings.HasPrefix(s, "my-layouts/mine.yaml:") {
					t.Error(s)
				}
			}
			if f.Severity != r.Severity || f.English == "" || f.Chinese == "" {
				t.Errorf("%+v", f)
			}
			t.Log(f.Text(false))
			t.Log(f.Text(true))
		})
	}
}

func TestFindingsSayWhere(t *testing.T) {
	found := check(t, with(`{line: 0.5, at: {x: 0.5, y: 50, w: 20}}`))
	want := fmt.Sprintf("my-layouts/mine.yaml:%d:4: error 501: ", strings.Count(good, "\n")+1)
	if len(found) == 0 || !strings.HasPrefix(found[0].Text(false), want) {
		t.Errorf("found %v first, want %s", found, want)
	}
	if !strings.Contains(found[0].Place.Excerpt, "line: 0.5") || lint.Errors(found) != 1 {
		t.Errorf("%+v", found[0])
	}
}

// TestTearIsOfWaybills: a slip is printed on the same paper and never torn.
func TestTearIsOfWaybills(t *testing.T) {
	slip := "page: {w: 100, h: 180}\nelements:\n- {text: \"重印 {copy}\", when: copy, at: {x: 4, y: 4, w: 20, h: 5}, size: 3}\n- {line: 0.5, at: {x: 3, y: 109.75, w: 60}}\n"
	if got := numbers(check(t, slip)); got != "" {
		t.Errorf("the slip breaks %s", got)
	}
}

func TestCasesArePrintable(t *testing.T) {
	library, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	l, err := library.Get("jd-express-76x130")
	if err != nil {
		t.Fatal(err)
	}
	sample, _, err := templates.Sample("jd-express")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range lint.Cases(sample) {
		if _, err := l.Compose(c.Label, 8); err != nil {
			t.Errorf("%s: %v", c.Key, err)
		}
	}
}
