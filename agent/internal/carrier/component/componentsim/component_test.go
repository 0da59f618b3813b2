package componentsim

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"miandan/agent/internal/jos/jdsim/sheet"
)

// address is a template's, as the reference writes it.
const address = "https://template-content.jd.com/template-oss?tempCode=jdkd76x130"

var (
	key      = sheet.NewKey("test")
	document = sheet.Document{
		Waybill: "JDVC00000000001", Package: "JDVC00000000001-1-1-", Index: 1, Total: 1, Carrier: "JD", Order: "312045870013",
		Sender:   sheet.Party{Name: "演示仓", Phone: "021-80000001", Address: "上海市演示路9号"},
		Receiver: sheet.Party{Name: "演示收件人", Phone: "13800001234", Address: "南京市演示路1号"},
	}
)

// station is a component and what came out of it.
type station struct {
	*Component
	*Tray
	url string
}

func start(t *testing.T, c Config) station {
	t.Helper()
	s := station{Tray: &Tray{}}
	c.Key = key
	if c.Paper == nil {
		c.Paper = s.Take
	}
	var err error
	if s.Component, err = New(c); err != nil {
		t.Fatal(err)
	}
	if s.url, err = s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// client is a page that talks to the component in frames written by hand.
type client struct {
	t  *testing.T
	ws *websocket.Conn
}

func (s station) dial(t *testing.T) client {
	t.Helper()
	ws, _, err := websocket.Dial(t.Context(), s.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	ws.SetReadLimit(largestFrame)
	t.Cleanup(func() { ws.CloseNow() })
	return client{t, ws}
}

// say sends a frame, in which BLOB stands for a sealed label and ADDRESS for its
// template.
func (c client) say(frame string) {
	c.t.Helper()
	// What is sealed is random: those letters may well stand in it.
	parts := strings.Split(strings.ReplaceAll(frame, "ADDRESS", address), "BLOB")
	frame = parts[0]
	for _, part := range parts[1:] {
		frame += seal(c.t, document) + part
	}
	if err := c.ws.Write(c.t.Context(), websocket.MessageText, []byte(frame)); err != nil {
		c.t.Fatal(err)
	}
}

// hear returns the next reply; none within the time is "".
func (c client) hear(within time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(c.t.Context(), within)
	defer cancel()
	_, b, err := c.ws.Read(ctx)
	return string(b), err
}

func (c client) ask(frame string) map[string]any {
	c.t.Helper()
	c.say(frame)
	reply, err := c.hear(time.Minute)
	if err != nil {
		c.t.Fatalf("no reply to %.200s: %v", frame, err)
	}
	return object(decode(c.t, reply).(map[string]any))
}

func seal(t *testing.T, d sheet.Document) string {
	t.Helper()
	text, err := key.Seal(d)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func decode(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("no JSON: %.200s", text)
	}
	return v
}

// dig follows names and numbers through a reply.
func dig(v any, path ...any) any {
	for _, step := range path {
		switch at := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[at]
		case int:
			l, _ := v.([]any)
			if at >= len(l) {
				return nil
			}
			v = l[at]
		}
	}
	return v
}

const (
	printOne  = `{"orderType":"PRINT","key":"A1B2C3D5","parameters":{"printName":"HPRT R42D","tempUrl":"ADDRESS","customTempUrl":"","customData":[{"k":"v"}],"printData":["BLOB"],"offsetTop":"0mm","offsetLeft":"0mm"}}`
	printTwo  = `{"key":"A1B2C3D6","orderType":"PRINT","version":"2","parameters":{"printName":"HPRT R42D","contents":[{"documentID":"JDVC00000000001","tempUrl":"ADDRESS","printData":"BLOB","customTempUrl":"https://template-content.jd.com/template-open?templateCode=customer002","customData":{"shop":"演示旗舰店","goods":"演示商品*1"},"addData":{"sender":{"name":"仓库一","mobile":"13900000000","phone":"","address":"上海市演示路1号"}}}]}}`
	printers  = `{"orderType":"GET_Printers","key":"A1B2C3D4"}`
	printGood = `{"key":"A1B2C3D6","code":"2","success":"true","status":"500","message":"打印成功","content":"","detailinfo":{"total":"1-1","detail":[{"seq":"1","msg":"成功"}],"errors":[],"info":""}}`
	printBad  = `{"key":"A1B2C3D7","code":"2","success":"false","status":"502","message":"打印数据有误","content":"","detailinfo":{"total":"0-1","detail":[],"errors":[{"seq":"1","msg":"解密失败"}],"info":""}}`
	listGood  = `{"key":"A1B2C3D4","code":"6","success":"true","status":"500","message":"获取打印机列表成功","content":"HPRT R42D,Microsoft Print to PDF","detailinfo":{"printers":["HPRT R42D","Microsoft Print to PDF"]}}`
)

// TestReference says what the reference says and wants its replies to the letter.
func TestReference(t *testing.T) {
	s := start(t, Config{})
	c := s.dial(t)
	for _, row := range []struct{ name, frame, want string }{
		{"the list of printers", printers, listGood},
		{"a label by protocol 2", printTwo, printGood},
		{"a label by protocol 1", printOne, strings.Replace(printGood, "D6", "D5", 1)},
		{"a label sealed with another key", strings.NewReplacer("BLOB", "U0lNVUxBVE9SLU9QQVFVRS1CTE9CLTAwMDE=", "D6", "D7").Replace(printTwo), printBad},
	} {
		got := c.ask(row.frame)
		if want := decode(t, row.want); !reflect.DeepEqual(any(got), want) {
			t.Errorf("%s: replied\n%v, want\n%v", row.name, got, want)
		}
	}
	papers := s.Papers()
	if len(papers) != 2 || len(s.Journal()) != 2 || s.Served() != 4 {
		t.Fatalf("%d labels on paper, %d in the journal, %d requests", len(papers), len(s.Journal()), s.Served())
	}
	two := document
	two.Sender = sheet.Party{Name: "仓库一", Phone: "13900000000", Address: "上海市演示路1号"}
	want := []Paper{
		{Printer: "HPRT R42D", Task: "A1B2C3D6", Template: address, CustomTemplate: "https://template-content.jd.com/template-open?templateCode=customer002", Document: two, Custom: map[string]any{"shop": "演示旗舰店", "goods": "演示商品*1"}},
		{Printer: "HPRT R42D", Task: "A1B2C3D5", Template: address, Document: document, Custom: map[string]any{"k": "v"}},
	}
	if !reflect.DeepEqual(papers, want) {
		t.Errorf("on paper\n%+v, want\n%+v", papers, want)
	}
}

// TestRequests is what else is said by protocols 1 and 2.
func TestRequests(t *testing.T) {
	const app = `"{\"waybillCode\":\"JDVC00000000009\",\"receiverName\":\"演示\",\"receiverMobile\":\"13800000002\"}"`
	v2 := func(contents string) string {
		return `{"key":"K","orderType":"PRINT","version":"2","parameters":{"printName":"HPRT R42D","contents":[` + contents + `]}}`
	}
	for _, row := range []struct {
		name, frame string
		code        string
		status      string
		total       string // of the detail
		wrong       string // the first error
		labels      int
	}{
		{"in small letters", strings.Replace(printOne, "PRINT", "print", 1), "2", "500", "1-1", "", 1},
		{"the list, in capitals", `{"orderType":"GET_PRINTERS","key":"K"}`, "6", "500", "", "", 0},
		{"version as a number", strings.Replace(printTwo, `"2"`, `2`, 1), "2", "500", "1-1", "", 1},
		{"the default printer", strings.Replace(printTwo, "HPRT R42D", "", 1), "2", "500", "1-1", "", 1},
		{"an unknown printer", strings.Replace(printTwo, "HPRT R42D", "HPRT", 1), "2", "502", "0-1", "打印机不存在", 0},
		{"two labels, parallel", `{"orderType":"PRINT","key":"K","parameters":{"tempUrl":"ADDRESS","customData":[{},{}],"printData":["BLOB","BLOB"]}}`, "2", "500", "2-2", "", 2},
		{"one bad of two", v2(`{"tempUrl":"ADDRESS","printData":"x"},{"tempUrl":"ADDRESS","printData":"BLOB"}`), "2", "502", "1-2", "解密失败", 1},
		{"no template", v2(`{"printData":"BLOB"}`), "2", "502", "0-1", "模板地址有误", 0},
		{"a code for an address", v2(`{"tempUrl":"jdkd76x130","printData":"BLOB"}`), "2", "502", "0-1", "模板地址有误", 0},
		{"plain data", v2(`{"dataType":"app","tempUrl":"ADDRESS","printData":` + app + `}`), "2", "500", "1-1", "", 1},
		{"plain data as an object", v2(`{"dataType":"APP","tempUrl":"ADDRESS","printData":{"waybillCode":"JDVC00000000009"}}`), "2", "500", "1-1", "", 1},
		{"plain data, said at the top", `{"key":"K","dataType":"app","orderType":"PRINT","version":"2","parameters":{"dataType":"app","contents":[{"tempUrl":"ADDRESS","printData":` + app + `}]}}`, "2", "500", "1-1", "", 1},
		{"plain data that nothing says is plain", v2(`{"tempUrl":"ADDRESS","printData":` + app + `}`), "2", "502", "0-1", "解密失败", 0},
		{"sealed data that is said to be plain", v2(`{"dataType":"app","tempUrl":"ADDRESS","printData":"BLOB"}`), "2", "502", "0-1", "打印数据格式错误", 0},
		{"data that is no text", v2(`{"tempUrl":"ADDRESS","printData":7}`), "2", "502", "0-1", "解密失败", 0},
		{"no labels", v2(``), "2", "503", "0-0", "", 0},
		{"no parameters", `{"key":"K","orderType":"PRINT"}`, "2", "503", "0-0", "", 0},
		{"half a message", `{"key":"K","orderType":"PRI`, "2", "503", "0-0", "", 0},
		{"no object", `[]`, "2", "503", "0-0", "", 0},
		{"a field of the wrong type", `{"key":"K","orderType":"PRINT","parameters":[]}`, "2", "503", "0-0", "", 0},
		{"an unknown question", `{"key":"K","orderType":"PRINTALL"}`, "2", "503", "0-0", "", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := start(t, Config{})
			got := s.dial(t).ask(row.frame)
			success := "false"
			if row.status == "500" {
				success = "true"
			}
			for field, want := range map[string]string{"code": row.code, "status": row.status, "success": success} {
				if got[field] != want {
					t.Errorf("%s is %#v, want the text %q", field, got[field], want)
				}
			}
			if total, _ := dig(got, "detailinfo", "total").(string); total != row.total {
				t.Errorf("the total is %q, want %q", total, row.total)
			}
			if wrong, _ := dig(got, "detailinfo", "errors", 0, "msg").(string); wrong != row.wrong {
				t.Errorf("the error is %q, want %q", wrong, row.wrong)
			}
			if n := len(s.Papers()); n != row.labels || len(s.Journal()) != n {
				t.Errorf("%d labels on paper and %d in the journal, want %d", n, len(s.Journal()), row.labels)
			}
		})
	}
	t.Run("a wrong type keeps the key", func(t *testing.T) {
		if got := start(t, Config{}).dial(t).ask(`{"key":"K","orderType":"PRINT","parameters":[]}`); got["key"] != "K" {
			t.Errorf("replied %v", got)
		}
	})
}

func TestSender(t *testing.T) {
	const all = `,"addData":{"sender":{"name":"全部","phone":"021-80000002"}}`
	const one = `"addData":{"sender":{"name":"一个","mobile":"13900000001"}}`
	for _, row := range []struct{ name, frame, who, phone string }{
		{"nobody's", `{"orderType":"PRINT","parameters":{"tempUrl":"ADDRESS","printData":["BLOB"]}}`, "演示仓", "021-80000001"},
		{"protocol 1, for all", `{"orderType":"PRINT","parameters":{"tempUrl":"ADDRESS","printData":["BLOB"]` + all + `}}`, "全部", "021-80000002"},
		{"protocol 1, for this one", `{"orderType":"PRINT","parameters":{"tempUrl":"ADDRESS","printData":["BLOB"],"customData":[{` + one + `}]` + all + `}}`, "一个", "13900000001"},
		{"protocol 2, for all", `{"version":"2","orderType":"PRINT","parameters":{"contents":[{"tempUrl":"ADDRESS","printData":"BLOB"}]` + all + `}}`, "全部", "021-80000002"},
		{"protocol 2, for this one", `{"version":"2","orderType":"PRINT","parameters":{"contents":[{"tempUrl":"ADDRESS","printData":"BLOB",` + one + `}]` + all + `}}`, "一个", "13900000001"},
	} {
		s := start(t, Config{})
		s.dial(t).ask(row.frame)
		if p := s.Papers(); len(p) != 1 || p[0].Document.Sender.Name != row.who || p[0].Document.Sender.Phone != row.phone || p[0].Document.Receiver != document.Receiver {
			t.Errorf("%s: on paper %+v", row.name, p)
		}
	}
}
