package outbound

import "testing"

func TestCode(t *testing.T) {
	for code, want := range map[string]string{
		"": "", "0": "0", "-1": "-1", "66": "66", "999999": "999999", "99999999": "99999999", "BIZ-17": "BIZ-17",
		"021800001": Mask, "13800001234": Mask, "-13800001234": "-" + Mask, "13800001234 x": Mask + " x", "-": "-", "演示张三": Mask, "isv.无效": Mask,
	} {
		if got := Code(code); got != want {
			t.Errorf("Code(%q) = %q, want %q", code, got, want)
		}
	}
}
