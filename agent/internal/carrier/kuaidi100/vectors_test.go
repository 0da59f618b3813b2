package kuaidi100

import "testing"

// The vectors of the interface, of the query interface and of its callbacks,
// which all sign in one way.
func TestSign(t *testing.T) {
	const key, secret, at = "FakeKey01", "fakeSecret0001", "1795392000000"
	for _, test := range []struct {
		name  string
		parts []string
		want  string
	}{
		{"order", []string{`{"printType":"NON","kuaidicom":"zhongtong","orderId":"T20261123001","reorder":false,"recMan":{"name":"测试","mobile":"13800001234"}}`, at, key, secret},
			"811D00037D52EC307ED6EDF07FDD21B7"},
		{"query", []string{`{"com":"zhongtong","num":"73100000000001"}`, key, "FAKECUSTOMER"}, "ED9348718D96A6CC6D50189ED535397D"},
		{"callback", []string{`{"taskId":"T1"}`, "fakeSalt"}, "4ECEC6CB70D67CAD93DB80BAD30D6573"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := sign(test.parts...); got != test.want {
				t.Errorf("sign = %s, want %s", got, test.want)
			}
		})
	}
}
