package yto

import (
	"testing"

	"miandan/agent/internal/secret"
)

// TestVectors signs what the reference has signed.
func TestVectors(t *testing.T) {
	for _, test := range []struct{ api, param, want string }{
		{"privacy_create_adapter", `{"logisticsNo":"T20261123001","recipientName":"测试","recipientMobile":"13800001234"}`, "5B1Ma6mPZ6nR0sJVLTk/aw=="},
		{"waybill_print_adapter", `{"waybillNo":"YT0000000000001"}`, "m702kGl51CjkhsaNVB+ISw=="},
		{"korder_cancel_adapter", `{"logisticsNo":"T20261123001","cancelDesc":"test"}`, "mLI3oypRNyM8bOE9QBf79Q=="},
	} {
		if got := sign(test.param, test.api, secret.New("fakeYtoSecret")); got != test.want {
			t.Errorf("%s: %s, want %s", test.api, got, test.want)
		}
	}
}
