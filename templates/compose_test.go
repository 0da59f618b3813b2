package templates_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"miandan/templates"
	"miandan/templates/pii"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// lines collects what stands on a page, one run of glyphs after the other.
type lines struct{ strings.Builder }

func (*lines) Fill(scene.Fill) error       { return nil }
func (*lines) Picture(scene.Picture) error { return nil }
func (l *lines) Modules(m scene.Modules) error {
	l.WriteString("[" + m.Text + "]\n")
	return nil
}
func (l *lines) Glyphs(g scene.Glyphs) error {
	for _, glyph := range g.Run {
		l.WriteRune(glyph.Rune)
	}
	l.WriteString("\n")
	return nil
}

// printed composes a label in a layout of one element and returns what stands
// on it.
func printed(t *testing.T, element string, l waybill.Label) (string, error) {
	t.Helper()
	src := "page: {w: 76, h: 130}\nelements:\n- " + element + "\n" +
		"- {text: \"重印 {copy}\", when: copy, at: {x: 1, y: 120, w: 20, h: 5}, size: 3}\n"
	layout, err := templates.Parse("one.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	p, err := layout.Compose(l, scene.DPI203)
	if err != nil {
		return "", err
	}
	var all lines
	if err := p.Draw(&all); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(all.String(), "\n"), nil
}

const at = "at: {x: 1, y: 1, w: 74, h: 20}, size: 3"

func TestWhatIsPrinted(t *testing.T) {
	hide := func(l *waybill.Label) { l.HideName, l.HidePhone = true, true }
	phone := func(s string) func(*waybill.Label) {
		return func(l *waybill.Label) { l.Receiver.Phone = pii.NewPhone(s) }
	}
	both := func(fs ...func(*waybill.Label)) func(*waybill.Label) {
		return func(l *waybill.Label) {
			for _, f := range fs {
				f(l)
			}
		}
	}
	name := func(s string) func(*waybill.Label) {
		return func(l *waybill.Label) { l.Receiver.Name = pii.NewName(s) }
	}
	goods := func(names ...string) func(*waybill.Label) {
		return func(l *waybill.Label) {
			l.Items = nil
			for i, n := range names {
				l.Items = append(l.Items, waybill.Item{Name: n, SKU: "A", Quantity: i + 1})
			}
		}
	}
	const items = `{items: "{item.name} ×{item.quantity}", more: "…等{items.quantity}件", join: "；", at: {x: 1, y: 1, w: 38, h: 4}, size: 3}`
	for _, c := range []struct {
		name, element string
		change        func(*waybill.Label)
		want          string
	}{
		{"a phone as the waybill gives it", `{text: "{receiver.phone}", ` + at + `}`, nil, "13800000003"},
		{"a virtual number", `{text: "{receiver.phone}", ` + at + `}`, phone("17000000000-4740"), "17000000000 转 4740"},
		{"a landline with its area code", `{text: "{receiver.phone}", ` + at + `}`, phone("020-80000001"), "020-80000001"},
		{"a hidden phone", `{text: "{receiver.phone}", ` + at + `}`, hide, "•••••••0003"},
		{"a hidden virtual number", `{text: "{receiver.phone}", ` + at + `}`, both(hide, phone("17000000000-4740")), "•••••••0000"},
		{"a hidden landline", `{text: "{receiver.phone}", ` + at + `}`, both(hide, phone("020-80000001")), "•••••••0001"},
		{"a hidden name", `{text: "{receiver.name}", ` + at + `}`, both(hide, name("张三丰")), "张••"},
		{"a hidden name of two surnames", `{text: "{receiver.name}", ` + at + `}`, both(hide, name("欧阳三丰")), "欧•••"},
		{"a hidden name of one character", `{text: "{receiver.name}", ` + at + `}`, both(hide, name("张")), "•"},
		{"a hidden firm", `{text: "{receiver.name}", ` + at + `}`, both(hide, name("演示贸易有限公司")), "演•••"},
		{"the sender is never hidden", `{text: "{sender.name} {sender.phone}", ` + at + `}`, hide, "演示仓 021-80000001"},
		{"an address in privacy mode", `{text: "{receiver.address}", ` + at + `}`, hide, "广东广州市海珠区赤岗街道演示路1号••••"},
		{"an address, when only the name is to be hidden", `{text: "{receiver.address}", ` + at + `}`, both(hide, func(l *waybill.Label) { l.HidePhone = false }), "广东广州市海珠区赤岗街道演示路1号2幢301室"},
		{"masked because the layout says so", `{text: "{receiver.name|mask} {receiver.phone|mask}", ` + at + `}`, name("张三"), "张• •••••••0003"},
		{"an address masked by the layout", `{text: "{receiver.address|mask}", ` + at + `}`, nil, "广东广州市海珠区赤岗街道演示路1号••••"},
		{"a number in groups", `{text: "{number|group4}", ` + at + `}`, nil, "YT 0000 0000 00001"},
		{"a date and a time", `{text: "{printed_at|date} {printed_at|time}", ` + at + `}`, nil, "2026-11-25 09:30:00"},
		{"capitals", `{text: "{carrier|upper}", ` + at + `}`, func(l *waybill.Label) { l.Carrier = "yto" }, "YTO"},
		{"braces", `{text: "{{{carrier}}}", ` + at + `}`, nil, "{YTO}"},
		{"words around nothing", `{text: "备注：{remark}", ` + at + `}`, func(l *waybill.Label) { l.Remark = "" }, ""},
		{"line breaks from a form", `{text: "{remark}", ` + at + `}`, func(l *waybill.Label) { l.Remark = " a\r\n\tb\u200b " }, "a b"},
		{"no glyph, but a stand-in", `{text: "{remark}", missing: 〓, ` + at + `}`, func(l *waybill.Label) { l.Remark = "好\U0001F600的" }, "好〓的"},
		{"broken UTF-8, but a stand-in", `{text: "{remark}", missing: 〓, ` + at + `}`, func(l *waybill.Label) { l.Remark = "好\xf0\x8d的" }, "好〓的"},
		{"cut where the layout says how", `{text: "{remark}", more: …, at: {x: 1, y: 1, w: 10, h: 4}, size: 3}`, func(l *waybill.Label) { l.Remark = "一二三四五" }, "一二…"},
		{"when a field speaks", `{text: a, when: remark, ` + at + `}`, nil, "a"},
		{"when it does not", `{text: a, when: not remark, ` + at + `}`, nil, ""},
		{"when it is", `{text: a, when: carrier == "YTO", ` + at + `}`, nil, "a"},
		{"when it is not", `{text: a, when: carrier != YTO, ` + at + `}`, nil, ""},
		{"when it is more", `{text: a, when: parcel.count > 1, ` + at + `}`, nil, ""},
		{"when an empty number is less", `{text: a, when: copy <= 0, ` + at + `}`, nil, "a"},
		{"cash on delivery", `{text: "代收 ¥{collect}", when: collect > 50, ` + at + `}`, func(l *waybill.Label) { l.Collect = 5900 }, "代收 ¥59.00"},
		{"no cash on delivery", `{text: "代收 ¥{collect}", ` + at + `}`, nil, ""},
		{"a signed receipt", `{text: "{sign_return}", ` + at + `}`, func(l *waybill.Label) { l.SignReturn = true }, "签单返还"},
		{"a parcel's own number", `{text: "{number} {parcel.number}", ` + at + `}`, func(l *waybill.Label) { l.Parcels = []waybill.Parcel{{Number: "YT2"}} }, "YT0000000000001 YT2"},
		{"a reprint", `{frame: 1, at: {x: 1, y: 1, w: 9, h: 9}}`, func(l *waybill.Label) { l.Copy = 2 }, "重印 2"},
		{"a barcode", `{barcode: "{number}", at: {x: 1, y: 1, w: 74, h: 20}}`, nil, "[YT0000000000001]"},
		{"a barcode across the feed", `{barcode: "{number}", vertical: true, at: {x: 1, y: 1, w: 20, h: 74}}`, nil, "[YT0000000000001]"},
		{"a QR code", `{qr: "{number} {routing.hub}", at: {x: 1, y: 1, w: 30, h: 30}}`, nil, "[YT0000000000001 广州集包]"},
		{"all the goods", items, goods("甲", "乙"), "甲 ×1；乙 ×2"},
		{"goods that do not all fit", items, goods("甲", "乙", "丙", "丁", "戊"), "甲 ×1；乙 ×2…等15件"},
		{"no goods", items, goods(), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := sample(t, "wujie")
			if c.change != nil {
				c.change(&l)
			}
			got, err := printed(t, c.element, l)
			if err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("the label says %q, want %q", got, c.want)
			}
		})
	}
}

func TestWhatCannotBePrintedIsNamedByItsField(t *testing.T) {
	for _, c := range []struct {
		name   string
		spoil  func(*waybill.Label)
		field  string
		reason templates.Reason
	}{
		{"address too long", func(l *waybill.Label) {
			l.Receiver.Address = pii.NewAddress(pii.Region{}, strings.Repeat("很长的地址", 200))
		}, "receiver.address", templates.TooLong},
		{"no glyph", func(l *waybill.Label) { l.Receiver.Name = pii.NewName("张\U0001F600") }, "receiver.name", templates.NoGlyph},
		{"broken UTF-8", func(l *waybill.Label) { l.Receiver.Name = pii.NewName("张\xff") }, "receiver.name", templates.NoGlyph},
		{"masked phone", func(l *waybill.Label) { l.Receiver.Phone = pii.NewPhone("138****5678") }, "receiver.phone", templates.Masked},
		{"masked name", func(l *waybill.Label) { l.Receiver.Name = pii.NewName("张**") }, "receiver.name", templates.Masked},
		{"sealed phone", func(l *waybill.Label) { l.Receiver.Phone, l.PhoneKind = pii.Phone{}, waybill.PhoneSealed }, "receiver.phone", templates.Sealed},
		{"no receiver", func(l *waybill.Label) { l.Receiver.Name = pii.NewName("") }, "receiver.name", templates.Missing},
		{"a receiver without ink", func(l *waybill.Label) { l.Receiver.Name = pii.NewName("\u202e\u200b") }, "receiver.name", templates.Missing},
		{"no address", func(l *waybill.Label) { l.Receiver.Address = pii.Address{} }, "receiver.address", templates.Missing},
		{"no number", func(l *waybill.Label) { l.Parcels = []waybill.Parcel{{Index: 1, Count: 1}} }, "parcel.barcode", templates.Missing},
		{"barcode too wide", func(l *waybill.Label) {
			l.Parcels = []waybill.Parcel{{Barcode: strings.Repeat("W", 60), Index: 1, Count: 1}}
		}, "parcel.barcode", templates.CodeTooWide},
		{"barcode in Chinese", func(l *waybill.Label) {
			l.Parcels = []waybill.Parcel{{Barcode: "运单", Index: 1, Count: 1}}
		}, "parcel.barcode", templates.NotEncoded},
		{"no such parcel", func(l *waybill.Label) { l.Parcel = 1 }, "", templates.NoParcel},
		{"a parcel before the first", func(l *waybill.Label) { l.Parcel = -1 }, "", templates.NoParcel},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := sample(t, "wujie")
			c.spoil(&l)
			_, err := layout(t, "wujie-76x130").Compose(l, scene.DPI203)
			var e *templates.ComposeError
			if !errors.As(err, &e) {
				t.Fatalf("Compose = %v, want a *ComposeError", err)
			}
			if e.Template != "wujie-76x130" || e.Field != c.field || e.Reason != c.reason {
				t.Errorf("Compose = %v, want field %q and reason %s", err, c.field, c.reason)
			}
			for _, private := range []string{"张", "很长", "138", "WWWW", "运单"} {
				if strings.Contains(err.Error(), private) {
					t.Errorf("the error quotes the field: %v", err)
				}
			}
		})
	}
}

func TestComposeRefusesGridsThatNoHeadHas(t *testing.T) {
	for _, g := range []scene.Grid{0, -8, 3.9, 49, 1e9, scene.Grid(math.NaN()), scene.Grid(math.Inf(1))} {
		_, err := layout(t, "wujie-76x130").Compose(sample(t, "wujie"), g)
		var e *templates.ComposeError
		if !errors.As(err, &e) || e.Reason != templates.BadGrid {
			t.Errorf("Compose on %v dots/mm = %v, want %s", float64(g), err, templates.BadGrid)
		}
	}
}

// TestComposeTakesAnEmptyWaybill is for callers that fill in too little.
func TestComposeTakesAnEmptyWaybill(t *testing.T) {
	for _, name := range []string{"wujie-76x130", "jd-express-76x130"} {
		for _, l := range []waybill.Label{{}, {Waybill: waybill.Waybill{Parcels: make([]waybill.Parcel, 1)}}} {
			var e *templates.ComposeError
			if _, err := layout(t, name).Compose(l, scene.DPI203); !errors.As(err, &e) {
				t.Errorf("%s: Compose = %v, want a *ComposeError", name, err)
			}
		}
	}
}

func FuzzPeople(f *testing.F) {
	f.Add("张三", "13800000001", "广东广州市演示路1号", "请放门口", "演示商品", 1)
	f.Add("李䶮\u202e", "17000000000-4740", "a\x00b\xff", "\U0001F600", "{number}", -5)
	l := layout(f, "jd-express-76x130")
	f.Fuzz(func(t *testing.T, name, phone, address, remark, goods string, quantity int) {
		label := sample(t, "jd-express")
		label.Receiver = waybill.Party{Name: pii.NewName(name), Phone: pii.NewPhone(phone), Address: pii.NewAddress(pii.Region{}, address)}
		label.Remark, label.Items = remark, []waybill.Item{{Name: goods, Quantity: quantity}, {Name: goods, Quantity: quantity}}
		p, err := l.Compose(label, scene.DPI203)
		if err != nil {
			var e *templates.ComposeError
			if !errors.As(err, &e) {
				t.Errorf("Compose: %v, want a *ComposeError", err)
			}
			return
		}
		m, err := raster.Render(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := raster.Check(p, m); err != nil {
			t.Error(err)
		}
	})
}
