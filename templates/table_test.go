package templates_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"miandan/templates"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

func goods(n int) []waybill.Item {
	var items []waybill.Item
	for i := range n {
		items = append(items, waybill.Item{Name: fmt.Sprintf("货%d", i+1), SKU: "A", Quantity: i + 1})
	}
	return items
}

func TestTables(t *testing.T) {
	const (
		columns = `columns: [{head: 序, text: "{item.index}", w: 6}, {head: 商品, text: "{item.name}"}, {head: 件, text: "{item.quantity}", w: 8, align: right}]`
		more    = `more: "另有 {rest.count} 种 {rest.quantity} 件"`
	)
	for _, c := range []struct {
		name, element string
		items         int
		want          string
	}{
		{"two rows", `{table: items, size: 3, at: {x: 1, y: 1, w: 60, h: 40}, ` + more + `, ` + columns + `}`, 2,
			"序 商品 件 1 货1 1 2 货2 2"},
		{"no goods, no heading", `{table: items, size: 3, at: {x: 1, y: 1, w: 60, h: 40}, ` + more + `, ` + columns + `}`, 0, ""},
		{"no headings", `{table: items, size: 3, at: {x: 1, y: 1, w: 60, h: 40}, ` + more + `, columns: [{text: "{item.name} ×{item.quantity}"}]}`, 2,
			"货1 ×1 货2 ×2"},
		{"all rows at a smaller size", `{table: items, size: 4, floor: 2, at: {x: 1, y: 1, w: 60, h: 16}, ` + more + `, ` + columns + `}`, 4,
			"序 商品 件 1 货1 1 2 货2 2 3 货3 3 4 货4 4"},
		{"a summary", `{table: items, size: 3, at: {x: 1, y: 1, w: 60, h: 16}, ` + more + `, ` + columns + `}`, 9,
			"另有 7 种 42 件 序 商品 件 1 货1 1 2 货2 2"},
		{"nothing but a summary", `{table: items, size: 3, at: {x: 1, y: 1, w: 60, h: 4}, ` + more + `, columns: [{text: "{item.name}"}]}`, 3,
			"另有 3 种 6 件"},
		{"a name that is cut as the layout says", `{table: items, size: 3, at: {x: 1, y: 1, w: 60, h: 40}, ` + more + `, columns: [{text: "货物{item.name}货物", w: 12, more: …}, {text: "{item.sku}", w: 9}]}`, 1,
			"货物… A"},
		{"cells of two lines", `{table: items, size: 3, at: {x: 1, y: 1, w: 60, h: 40}, ` + more + `, columns: [{text: "货物货物{item.sku}", w: 10, lines: 2}, {text: "{item.quantity}", w: 9}]}`, 2,
			"货物货物A 1 货物货物A 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := sample(t, "wujie")
			l.Items = goods(c.items)
			got, err := printed(t, c.element, l)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.ReplaceAll(got, "\n", " "); got != c.want {
				t.Errorf("the label says %q, want %q", got, c.want)
			}
		})
	}
}

func TestTablesRefuse(t *testing.T) {
	for _, c := range []struct{ name, element, field, detail string }{
		{"rows without room", `{table: items, overflow: refuse, size: 3, at: {x: 1, y: 1, w: 60, h: 9}, columns: [{text: "{item.name}"}]}`, "item.name", "not all goods have a row"},
		{"a name too long for its column", `{table: items, overflow: refuse, size: 3, at: {x: 1, y: 1, w: 60, h: 40}, columns: [{text: "{item.name}", w: 3}]}`, "item.name", "1 of 2 characters fit at 3.0 mm"},
		{"a table lower than a row", `{table: items, overflow: flow, size: 3, at: {x: 1, y: 1, w: 60, h: 2}, columns: [{text: "{item.name}"}]}`, "item.name", "not one row fits"},
		{"a table lower than its heading", `{table: items, overflow: flow, size: 3, at: {x: 1, y: 1, w: 60, h: 2}, columns: [{head: 名, text: "{item.name}"}]}`, "", "the table is lower than its heading"},
		{"no room for the summary", `{table: items, size: 3, more: "另有很多很多很多很多很多很多很多很多很多", at: {x: 1, y: 1, w: 20, h: 5}, columns: [{text: "{item.name}"}]}`, "", "6 of 20 characters fit at 3.0 mm"},
	} {
		l := sample(t, "wujie")
		l.Items = goods(5)
		_, err := printed(t, c.element, l)
		var e *templates.ComposeError
		if !errors.As(err, &e) || e.Reason != templates.TooLong || e.Field != c.field || e.Detail != c.detail {
			t.Errorf("%s: %v, want field %q and %q", c.name, err, c.field, c.detail)
		}
	}
}

// TestPages prints a packing slip of more goods than a page holds.
func TestPages(t *testing.T) {
	slip := layout(t, "packing-slip-76x130")
	l := sample(t, "packing-slip")
	l.Items = goods(70)
	pages, err := slip.Pages(l, scene.DPI203)
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) != 5 {
		t.Errorf("70 lines of goods take %d pages, want 5", len(pages))
	}
	next := 1
	for i, p := range pages {
		var all lines
		if err := p.Draw(&all); err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("第 %d / %d 页\n", i+1, len(pages)); !strings.Contains(all.String(), want) {
			t.Errorf("page %d does not say %q", i+1, want)
		}
		for strings.Contains(all.String(), fmt.Sprintf("\n%d\n货%[1]d\n", next)) {
			next++
		}
	}
	if next != 71 {
		t.Errorf("the pages have the goods up to %d without a gap, want all 70", next-1)
	}
	var e *templates.ComposeError
	if _, err := slip.Compose(l, scene.DPI203); !errors.As(err, &e) || e.Reason != templates.TooLong {
		t.Errorf("Compose = %v, want %s: it has one page to give", err, templates.TooLong)
	}
	l.Items = goods(2000)
	if _, err := slip.Pages(l, scene.DPI203); !errors.As(err, &e) || e.Reason != templates.TooLong {
		t.Errorf("Pages of 2000 lines = %v, want %s", err, templates.TooLong)
	}
}
