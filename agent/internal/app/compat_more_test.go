package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"miandan/agent/internal/app"
	"miandan/agent/internal/carrier/component/cainiaosim"
	"miandan/agent/internal/compat/port"
	"miandan/agent/internal/config"
	"miandan/agent/internal/notice"
)

// plainTask is a task of one label that its page has drawn up.
func plainTask(task, number string) string {
	return fmt.Sprintf(`{"cmd":"print","requestID":"R-%s","version":"1.0","task":{"taskID":%q,"printer":"bench-1","documents":[{"documentID":%q,"contents":[{"data":{"n":%q},"templateURL":"<page width=\"76\" height=\"130\"><layout left=\"3\" top=\"3\" width=\"70\" height=\"20\"><barcode type=\"code128\"><![CDATA[<%%=_data.n%%>]]></barcode></layout></page>"}]}]}}`, task, task, number, number)
}

// hears reads frames until one has a text, and returns all.
func hears(t *testing.T, c *websocket.Conn, text string) (all string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for !strings.Contains(all, text) {
		_, got, err := c.Read(ctx)
		if err != nil {
			t.Fatalf("heard %s, then %v; want %s", all, err, text)
		}
		all += string(got) + "\n"
	}
	return all
}

func says(t *testing.T, c *websocket.Conn, text string) {
	t.Helper()
	if err := c.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// TestSealedLabelsGoOnToTheComponent: byte for byte, to the vendor's own component, and
// the page hears of it as of every other.
func TestSealedLabelsGoOnToTheComponent(t *testing.T) {
	vendor := component(t, cainiaosim.CainiaoOld, 5*time.Second)
	port := freePort(t)
	s := open(t, 1, func(settings string) string {
		return settings + fmt.Sprintf("\n[[printer]]\nname = \"cainiao\"\nurl = %q\nlanguage = \"sealed\"\npaper = \"76x130\"\n\n[compat.cainiao]\nenabled = true\nport = %d\n", vendor.url, port)
	})
	s.decide(t, erpPage, "always")
	ws, err := dialCompat(t, port, from(erpPage))
	if err != nil {
		t.Fatal(err)
	}
	const number = "TT0000000041"
	content := platformKey.Seal(vendor.style, number)
	says(t, ws, fmt.Sprintf(`{"cmd":"print","requestID":"R1","version":"1.0","task":{"taskID":"S1","printer":"bench-1","documents":[{"documentID":%q,"contents":[%s]}]}}`, number, content))
	if all := hears(t, ws, `"taskStatus":"printed"`); !strings.Contains(all, `"printer":"cainiao"`) {
		t.Errorf("heard %s", all)
	}
	if n := vendor.out(number); n != 1 {
		t.Errorf("the label came out %d times, want once", n)
	}
	var secret struct{ EncryptedData string }
	if json.Unmarshal(content, &secret) != nil || secret.EncryptedData == "" {
		t.Fatal("no secret")
	}
	says(t, ws, `{"cmd":"getDocumentStatus","requestID":"R2","version":"1.0","documentIDs":["`+number+`"]}`)
	if all := hears(t, ws, "R2"); strings.Contains(all, secret.EncryptedData) || !strings.Contains(all, `"msg":"","status":"success"`) {
		t.Errorf("heard %s", all)
	}
}

// TestATaskIsKnownAfterARestart: the page sends it once more to the next run, and nothing
// prints.
func TestATaskIsKnownAfterARestart(t *testing.T) {
	s, port := openCompat(t, "cainiao", "")
	s.decide(t, erpPage, "always")
	const number = "TT0000000051"
	for range 2 {
		ws, err := dialCompat(t, port, from(erpPage))
		if err != nil {
			t.Fatal(err)
		}
		says(t, ws, plainTask("A1", number))
		hears(t, ws, `"taskStatus":"printed"`)
		s.stop()
		s.start(t)
	}
	if n := s.came(number); n != 1 {
		t.Errorf("the label came out %d times, want once", n)
	}
}

// TestAPageThatIsTurnedAwayHearsNoMore: what was decided holds on lines that are open.
func TestAPageThatIsTurnedAwayHearsNoMore(t *testing.T) {
	s, port := openCompat(t, "cainiao", "")
	s.decide(t, erpPage, "always")
	ws, err := dialCompat(t, port, from(erpPage))
	if err != nil {
		t.Fatal(err)
	}
	says(t, ws, `{"cmd":"getAgentInfo","requestID":"R1","version":"1.0"}`)
	hears(t, ws, "R1")
	before := s.byPages(t)
	s.decide(t, erpPage, "block")
	says(t, ws, plainTask("B1", "TT0000000061"))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, got, err := ws.Read(ctx); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("hears %s, %v", got, err)
	}
	if after := s.byPages(t); after != before || s.came("TT0000000061") != 0 {
		t.Error("its label was taken")
	}
}

// TestNothingListensBeyondTheLoopback with every protocol switched on.
func TestNothingListensBeyondTheLoopback(t *testing.T) {
	one, two := freePort(t), freePort(t)
	open(t, 1, func(settings string) string {
		return settings + fmt.Sprintf("\n[compat.cainiao]\nenabled = true\nport = %d\n[compat.jd]\nenabled = true\nport = %d\n", one, two)
	})
	for _, p := range []int{one, two} {
		if _, ok := port.Find(p); !ok {
			if beyond, err := port.Beyond(); errors.Is(err, errors.ErrUnsupported) {
				t.Skip("the system does not tell who listens", beyond)
			}
			t.Errorf("port %d is not open", p)
		}
	}
	if beyond, err := port.Beyond(); err != nil || len(beyond) != 0 {
		t.Errorf("beyond the loopback: %v, %v", beyond, err)
	}
}

// TestTheDoctorSaysWhoHasAPort.
func TestTheDoctorSaysWhoHasAPort(t *testing.T) {
	number := freePort(t)
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", number))
	if err != nil {
		t.Fatal(err)
	}
	c := config.Default()
	c.Compat.Cainiao.Enabled, c.Compat.Cainiao.Port = true, number
	h, ok := port.Find(c.Compat.Cainiao.Port)
	if !ok {
		t.Skip("the system does not tell who listens")
	}
	checks := app.CheckPorts(c, 0)
	if len(checks) != 1 || notice.CodeOf(checks[0].Err) != "compat-port-taken" || !strings.Contains(app.Sentence(checks[0].Err, notice.English), h.String()) {
		t.Errorf("taken: %+v", checks)
	}
	if checks := app.CheckPorts(c, h.PID); checks[0].Err != nil && h.PID > 0 { // Wine does not tell whose it is
		t.Errorf("our own: %v", checks[0].Err)
	}
	l.Close()
	if checks := app.CheckPorts(c, 0); checks[0].Err != nil {
		t.Errorf("free: %v", checks[0].Err)
	}
}
