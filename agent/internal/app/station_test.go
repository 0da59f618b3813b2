package app

import (
	"os"
	"testing"

	"miandan/agent/internal/api"
	"miandan/agent/internal/config"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

func TestAStationHasAName(t *testing.T) {
	s := station{&App{config: &config.Config{Station: "打包台 3"}}}
	if got := s.called(); got != "打包台 3" {
		t.Errorf("named in the settings, it is called %q", got)
	}
	s.config.Station = ""
	if want, err := os.Hostname(); err != nil || s.called() != want {
		t.Errorf("without a name it is called %q, want %q (%v)", s.called(), want, err)
	}
}

// What the doctor looks at has a Chinese name on a Chinese page, but for what people
// have named themselves.
func TestTheDoctorSpeaksChinese(t *testing.T) {
	for what, want := range map[string]string{
		"policy": "策略", "settings": "设置", "database key": "数据库密钥", "fleet": "多站", "fleet clock": "多站时钟", "fleet lot": "离线批次",
		"port of cainiao": "端口：cainiao", "printer bench-1": "打印机 bench-1", "wujie/ZTO labels": "wujie/ZTO 面单", "account.sf.checkword": "account.sf.checkword",
	} {
		if got := thing(what, notice.Chinese); got != want {
			t.Errorf("%s is called %q, want %q", what, got, want)
		}
	}
}

func TestAChangedOrderWaitsForAPerson(t *testing.T) {
	for _, test := range []struct {
		order ledger.OrderState
		label ledger.LabelState
		want  api.State
	}{
		{ledger.Changed, ledger.Superseded, api.NumberUnknown},
		{ledger.Accepted, ledger.Superseded, api.Cancelled}, // the label of the number before
		{ledger.Cancelled, ledger.Dropped, api.Cancelled},
		{ledger.Changed, ledger.Confirmed, api.Done},
	} {
		if got, _ := seen(ledger.Row{OrderState: test.order, Label: test.label}); got != test.want {
			t.Errorf("order %s with label %s shows as %s, want %s", test.order, test.label, got, test.want)
		}
	}
}
