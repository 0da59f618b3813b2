package carrier_test

import (
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/templates/pii"
)

func TestStreet(t *testing.T) {
	for _, test := range []struct {
		name   string
		region pii.Region
		detail string
		want   string
	}{
		{"a region and a street", pii.Region{Province: "广东", City: "广州市", District: "海珠区"}, "演示路2号", "演示路2号"},
		{"the town stays", pii.Region{Province: "广东", City: "广州市", District: "海珠区", Town: "赤岗街道"}, "演示路2号", "赤岗街道演示路2号"},
		{"a municipality", pii.Region{Province: "北京", City: "北京市", District: "朝阳区"}, "演示路2号", "演示路2号"},
		{"a city without districts", pii.Region{Province: "广东", City: "东莞市"}, "演示路2号", "演示路2号"},
		{"a whole address", pii.Region{Province: "广东", City: "广州市", District: "海珠区"}, "广东广州市海珠区演示路2号", "演示路2号"},
		{"a whole address, written otherwise", pii.Region{Province: "广东", City: "广州市", District: "海珠区"}, "广东省广州市海珠区演示路2号", "广东省广州市海珠区演示路2号"},
		{"no region", pii.Region{}, "演示路2号", "演示路2号"},
		{"no street", pii.Region{Province: "广东", City: "广州市", District: "海珠区"}, "", "广东广州市海珠区"},
	} {
		if got := carrier.Street(pii.NewAddress(test.region, test.detail)); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
