package pick

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

func of(id string, goods ...string) order.Order {
	o := order.Order{Key: order.Key{Source: "jd", ID: id}}
	for _, g := range goods {
		sku, n, _ := strings.Cut(g, "*")
		o.Items = append(o.Items, waybill.Item{SKU: sku, Quantity: max(len(n), 1)})
	}
	return o
}

func TestSort(t *testing.T) {
	places := Places{"CUP": "A-10", "PEN": "A-2", "MUG": "B-1", "TEA": "A-2"}
	urgent := of("urgent", "PEN")
	urgent.PaidAt = time.Unix(0, 0).Add(-time.Hour)
	orders := []order.Order{
		of("mixed B", "MUG", "ZIP2"), of("mixed A more", "CUP", "PEN***"), of("mixed A", "PEN", "CUP"), of("mug", "MUG"), of("cup", "CUP"), of("tea", "TEA"),
		of("pen2", "PEN", "PEN"), of("pen1", "PEN"), urgent, of("nowhere", "ZIP"), of("none"),
	}
	for i := range orders {
		if orders[i].PaidAt.IsZero() {
			orders[i].PaidAt = time.Unix(0, 0)
		}
	}
	// Goods of which no place is known are picked first.
	want := []string{"none", "nowhere", "urgent", "pen1", "pen2", "tea", "cup", "mug", "mixed B", "mixed A", "mixed A more"}
	places.Sort(orders)
	var got []string
	for _, o := range orders {
		got = append(got, o.ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("sorted\n%q, want\n%q", got, want)
	}
	if got := Shown(places.Goods(of("", "CUP", "PEN", "CUP**"))); got != "PEN × 1, CUP × 2" {
		t.Errorf("Shown = %q", got)
	}
	if got := places.Stop(of("", "CUP", "PEN")).String(); got != "A-2 +" {
		t.Errorf("the stop of mixed goods is %q", got)
	}
}

func TestNatural(t *testing.T) {
	for _, pair := range [][2]string{{"A-2", "A-10"}, {"A-2", "B-1"}, {"A-02", "A-3"}, {"", "A"}, {"A", "A1"}, {"9", "A"}, {"A9Z", "A10"}} {
		if natural(pair[0], pair[1]) >= 0 || natural(pair[1], pair[0]) <= 0 {
			t.Errorf("%q is not before %q", pair[0], pair[1])
		}
	}
	if natural("A-01", "A-1") != 0 {
		t.Error("A-01 is not A-1")
	}
}

func TestParse(t *testing.T) {
	chinese, err := simplifiedchinese.GB18030.NewEncoder().String("商品编码,库位\nCUP,甲区-3\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		text string
		want Places
		line int
	}{
		"plain":    {"CUP,A-1\nPEN, A-2\n", Places{"CUP": "A-1", "PEN": "A-2"}, 0},
		"titles":   {"\uFEFFsku,place\nCUP,A-1,more\nCUP,A-3\n", Places{"CUP": "A-3"}, 0},
		"GB 18030": {chinese, Places{"CUP": "甲区-3"}, 0},
		"short":    {"CUP,A-1\nPEN\n", nil, 2},
		"no SKU":   {"CUP,A-1\n\n,A-2\n", nil, 3},
		"quotes":   {"CUP,A-1\n\"PEN,A-2\n", nil, 2},
	} {
		got, err := Parse([]byte(test.text))
		var wrong *LineError
		if errors.As(err, &wrong); test.line > 0 {
			if wrong == nil || wrong.Line != test.line {
				t.Errorf("%s: %v, want line %d", name, err, test.line)
			}
			continue
		}
		if err != nil || len(got) != len(test.want) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, test.want)
		}
		for sku, place := range test.want {
			if got[sku] != place {
				t.Errorf("%s: %s lies at %q, want %q", name, sku, got[sku], place)
			}
		}
	}
	if p, err := Read(""); p != nil || err != nil {
		t.Errorf("no file gives %v, %v", p, err)
	}
}

// FuzzPlaces: whatever the file, it is places or a line that is wrong.
func FuzzPlaces(f *testing.F) {
	f.Add([]byte("sku,place\nCUP,A-1\n"))
	f.Add([]byte("\"CUP\",\"甲区\"\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Parse(b)
		for sku := range p {
			if sku == "" || err != nil {
				t.Errorf("%q with %v", p, err)
			}
		}
	})
}
