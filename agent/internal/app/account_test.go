package app_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/jos/oauth"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
)

var simulated = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

func TestTheAuthorisationIsRenewed(t *testing.T) {
	s := open(t, 1, nil)
	s.until(t, "the first label is out", all(ledger.Confirmed))
	s.stop()

	keys, err := seal.OpenKeystore(s.world.Data)
	if err != nil {
		t.Fatal(err)
	}
	old := oauth.Token{Access: secret.New(jdsim.DefaultAccessToken), Refresh: secret.New(jdsim.DefaultRefreshToken), Got: time.Now(), Expires: time.Now().Add(365 * 24 * time.Hour)}
	if err := seal.SetSecret(keys, secret.JDAccessToken, old.Pack()); err != nil {
		t.Fatal(err)
	}
	s.start(t)
	s.world.Gateway.ExpireToken() // before its time, as a changed password does
	o := jdsim.Demo(2, time.Now())[1]
	o.Modified = time.Now()
	s.world.Gateway.AddOrder(o)
	s.until(t, "the second label is out", func(rows []ledger.Row) bool { return len(rows) == 2 && all(ledger.Confirmed)(rows) })
	kept, err := seal.Secret(keys, secret.JDAccessToken)
	if err != nil {
		t.Fatal(err)
	}
	now, err := oauth.Unpack(kept)
	if err != nil || now.Access.Equal(old.Access) || now.Refresh.Empty() {
		t.Errorf("the key store holds the old authorisation: %v", err)
	}
	if s.heard("jd-token-expired") {
		t.Error("people were told of a token that renews itself")
	}
}

// JD Express by JD Logistics' own platform: another gateway, another signature,
// another form of order, and the same label.
func TestJDExpressByItsOwnPlatform(t *testing.T) {
	for name, change := range map[string]string{
		"as it comes":      "",
		"number fetched":   "\n[express.ecap]\nreserve = true\nprecheck = true\n",
		"with JD's tokens": "",
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, 1, func(c string) string {
				gateway := simulated.FindString(c)
				c = strings.Replace(c, "[express]\n", "[express]\nby = \"lop\"\n", 1)
				jdl := "\n[jdl]\ngateway = \"" + gateway + "\"\napp_key = \"" + jdsim.DefaultLOPAppKey + "\"\nalgorithm = \"HMacSHA256\"\n"
				if name == "with JD's tokens" {
					jdl += "jos_auth = true\n"
				}
				return c + jdl + change
			})
			rows := s.until(t, "the label is out", all(ledger.Confirmed))
			if rows[0].Carrier != "JD" || s.world.Gateway.Calls("/ecap/v1/orders/create") != 1 || s.world.Gateway.Calls("jingdong.ldop.waybill.receive") != 0 {
				t.Errorf("%s %s, %d orders at JD Logistics", rows[0].Carrier, rows[0].Number, s.world.Gateway.Calls("/ecap/v1/orders/create"))
			}
		})
	}
}

// A shop that may open no receiver still ships: JD is told of the receiver by the
// oaid and makes the label itself.
func TestASealedLabelOfAReceiverThatStaysClosed(t *testing.T) {
	s := openWay(t, practice.Sealed, 0, func(c string) string { return c + "\n[jd.oaid]\noff = true\n" })
	var masked jdsim.Order
	for _, o := range jdsim.Demo(practice.Orders, time.Now()) {
		if o.Mode == jdsim.MaskedOAID {
			masked = o
		}
	}
	masked.Modified = time.Now()
	s.world.Gateway.AddOrder(masked)
	s.until(t, "the component has printed it", all(ledger.Presumed))
	if papers := s.world.Paper.Papers(); len(papers) != 1 || papers[0].Document.Receiver.Phone != masked.Receiver.Mobile {
		t.Errorf("%d labels came out of the component", len(papers))
	}
	if n := s.world.Gateway.Calls("jingdong.jos.order.oaid.decrypt"); n != 0 {
		t.Errorf("the receiver was opened %d times", n)
	}
}
