package templates_test

import (
	"testing"

	"miandan/printer/bitmap"
	"miandan/templates"
	"miandan/templates/pii"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// TestAScreenShowsNobody draws every built-in layout for two people whom the rules
// of the trade show alike: on a screen not a dot may differ, whatever the carrier
// lets the paper show, and on paper some must.
func TestAScreenShowsNobody(t *testing.T) {
	library, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	region := pii.Region{Province: "广东省", City: "深圳市", District: "南山区"}
	first := waybill.Party{
		Name: pii.NewName("演示张三"), Phone: pii.NewPhone("13800001234"),
		Address: pii.NewAddress(withTown(region, "演示街道"), "演示路1号2幢301室"),
	}
	second := waybill.Party{
		Name: pii.NewName("演四"), Phone: pii.NewPhone("13899991234"),
		Address: pii.NewAddress(withTown(region, "样例街道"), "样例大道二百号"),
	}
	draw := func(name string, l waybill.Label, g scene.Grid) []*bitmap.Image {
		t.Helper()
		layout, err := library.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		pages, err := layout.Pages(l, g)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var all []*bitmap.Image
		for _, p := range pages {
			m, err := raster.Render(p)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, m)
		}
		return all
	}
	same := func(a, b []*bitmap.Image) bool {
		for i := range a {
			if len(a) != len(b) || !a[i].Equal(b[i]) {
				return false
			}
		}
		return len(a) > 0
	}
	differ := 0
	for _, name := range library.Names() {
		sample, _, err := templates.Sample(name)
		if err != nil {
			t.Fatal(err)
		}
		labels := func(hide, screen bool) (a, b waybill.Label) {
			for i, to := range []struct {
				*waybill.Label
				who          waybill.Party
				words, goods string
			}{{&a, first, "给张三", "刻字杯 演示张三"}, {&b, second, "给演四的生日礼物", "刻字杯 演四"}} {
				*to.Label = sample
				to.Receiver, to.Sender, to.Screen = to.who, to.who, screen
				to.HideName, to.HidePhone = hide, hide
				to.Remark, to.Items = to.words, []waybill.Item{{SKU: "CUP-1", Name: to.goods, Quantity: 1}, {Name: to.goods, Quantity: 2}}
				to.Routing.QR = []string{"13800001234", "13899991234"}[i]
			}
			return a, b
		}
		for _, hide := range []bool{false, true} {
			a, b := labels(hide, true)
			if !same(draw(name, a, scene.DPI203), draw(name, b, scene.DPI203)) {
				t.Errorf("%s, hidden on paper %v: two people look different on a screen", name, hide)
			}
		}
		a, b := labels(false, false)
		if !same(draw(name, a, scene.DPI203), draw(name, b, scene.DPI203)) {
			differ++
		}
	}
	if differ < 30 { // a separator names nobody
		t.Errorf("on paper two people look different in %d layouts only: the test sees nothing", differ)
	}
}

func withTown(r pii.Region, town string) pii.Region {
	r.Town = town
	return r
}

// TestAScreenShowsTheMask looks at which mask it is.
func TestAScreenShowsTheMask(t *testing.T) {
	layout := parsed(t, `
title: t
page: {w: 76, h: 60}
elements:
- {text: "重印 {copy}", when: copy, at: {x: 50, y: 52, w: 20, h: 4}, size: 3}
- {text: "{receiver.name}", at: {x: 2, y: 2, right: 2, h: 8}, size: 4}
- {text: "{receiver.phone}", at: {x: 2, y: 12, right: 2, h: 8}, size: 4}
- {text: "{receiver.address}", at: {x: 2, y: 22, right: 2, h: 8}, size: 4}
- {text: "{receiver.phone|mask}", at: {x: 2, y: 32, right: 2, h: 8}, size: 4}
- {text: "{receiver.town}", at: {x: 2, y: 42, right: 2, h: 8}, size: 4}
`)
	plain := parsed(t, `
title: t
page: {w: 76, h: 60}
elements:
- {text: "重印 {copy}", when: copy, at: {x: 50, y: 52, w: 20, h: 4}, size: 3}
- {text: "演••", at: {x: 2, y: 2, right: 2, h: 8}, size: 4}
- {text: "138••••1234", at: {x: 2, y: 12, right: 2, h: 8}, size: 4}
- {text: "广东省深圳市南山区••••", at: {x: 2, y: 22, right: 2, h: 8}, size: 4}
- {text: "138••••1234", at: {x: 2, y: 32, right: 2, h: 8}, size: 4}
`)
	l := waybill.Label{Waybill: waybill.Waybill{
		PhoneKind: waybill.PhoneReal, HideName: true, HidePhone: true, Parcels: []waybill.Parcel{{Index: 1, Count: 1}},
		Receiver: waybill.Party{
			Name: pii.NewName("演示张三"), Phone: pii.NewPhone("13800001234"),
			Address: pii.NewAddress(pii.Region{Province: "广东省", City: "深圳市", District: "南山区", Town: "演示街道"}, "演示路1号"),
		},
	}, Screen: true}
	var drawn [2]*bitmap.Image
	for i, one := range []*templates.Template{layout, plain} {
		p, err := one.Compose(l, scene.DPI203)
		if err != nil {
			t.Fatal(err)
		}
		if drawn[i], err = raster.Render(p); err != nil {
			t.Fatal(err)
		}
	}
	if !drawn[0].Equal(drawn[1]) {
		t.Error("a person on a screen is not shown as 演••, 138••••1234 and a district")
	}
}

func parsed(t *testing.T, text string) *templates.Template {
	t.Helper()
	layout, err := templates.Parse("screen.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return layout
}
