package sf_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/sf"
	"miandan/agent/internal/carrier/sf/sfsim"
	"miandan/agent/internal/order"
	"miandan/agent/internal/secret"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// account is that of the practice station at a gateway, with some settings
// changed.
func account(base string, settings map[string]string) carrier.Account {
	values, secrets := sfsim.Settings()
	for name, v := range settings {
		values[name] = v
	}
	a := carrier.Account{
		Name: "sf", Gateway: base + "/std/service", Prefix: "M1", Shop: "演示旗舰店", Weight: 1, Values: values, Secrets: map[string]secret.Token{},
		Sender: waybill.Party{Name: pii.NewName("演示仓"), Phone: pii.NewPhone("021-80000001"),
			Address: pii.NewAddress(pii.Region{Province: "上海", City: "上海市", District: "闵行区"}, "演示路1号")},
		Now: func() time.Time { return now },
	}
	for name, v := range secrets {
		a.Secrets[name] = secret.New(v)
	}
	return a
}

func issuerOf(t *testing.T, a carrier.Account) *sf.Issuer {
	t.Helper()
	i, err := sf.Kind().New(a)
	if err != nil {
		t.Fatal(err)
	}
	return i.(*sf.Issuer)
}

// station is an issuer and its carrier.
func station(t *testing.T, c sfsim.Config, settings map[string]string) (*sf.Issuer, *sfsim.Gateway) {
	t.Helper()
	sim := sfsim.New(c)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return issuerOf(t, account(server.URL, settings)), sim
}

func demoOrder() order.Order { return carriertest.Order("249786309732") }

const reference = "M1249786309732"
