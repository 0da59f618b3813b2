package cloudprint

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

const blob = "U0VBTEVELURBVEE="

// label is one parcel of n of a carrier's waybill.
func label(code waybill.Carrier, number string, parcel, n int) waybill.Label {
	w := waybill.Waybill{
		Carrier: code, Number: waybill.Number(number), Order: "312045870013", Shop: "演示旗舰店",
		Sender: waybill.Party{Name: pii.NewName("演示仓"), Phone: pii.NewPhone("021-80000001"), Address: pii.NewAddress(pii.Region{Province: "上海"}, "演示路1号")},
		Receiver: waybill.Party{
			Name: pii.NewName("张三丰"), Phone: pii.NewPhone("13800000001"),
			Address: pii.NewAddress(pii.Region{Province: "江苏", City: "南京市", District: "玄武区"}, "演示路12号5幢602室"),
		},
		PhoneKind: waybill.PhoneReal, Items: []waybill.Item{{Name: "茶", Quantity: 2}},
	}
	for i := range n {
		barcode := number
		if isJD(code) {
			barcode = fmt.Sprintf("%s-%d-%d-", number, i+1, n)
		}
		w.Parcels = append(w.Parcels, waybill.Parcel{Barcode: barcode, Index: i + 1, Count: n})
	}
	return waybill.Label{Waybill: w, Parcel: parcel}
}

// lop is a gateway that answers with a text, in which ID is the call's objectId,
// and keeps what it was asked.
type lop struct {
	answer string
	err    error
	paths  []string
	asked  []map[string]any
}

func (g *lop) Call(_ context.Context, path string, argument, result any) error {
	b, err := json.Marshal(argument)
	if err != nil {
		return err
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		return err
	}
	g.paths, g.asked = append(g.paths, path), append(g.asked, m)
	if g.err != nil {
		return g.err
	}
	id, _ := m["objectId"].(string)
	return json.Unmarshal([]byte(strings.ReplaceAll(g.answer, "ID", id)), result)
}

func data(pieces ...string) string {
	return `{"code":1,"message":"操作成功！","objectId":"ID","prePrintDatas":[` + strings.Join(pieces, ",") + `]}`
}

func piece(number, parcel string) string {
	return fmt.Sprintf(`{"code":"1","msg":"操作成功！","packageCode":%q,"perPrintData":"%s%s","wayBillNo":%q}`, parcel, blob, parcel, number)
}

func TestSealed(t *testing.T) {
	const jd, zto = "JDVC00000000001", "7300000000001"
	refusedPiece := `{"code":"2","msg":"运单不存在 13800000001","wayBillNo":"` + jd + `"}`
	for _, c := range []struct {
		name   string
		label  waybill.Label
		answer string
		want   string // of the data
		code   notice.Code
	}{
		{"one parcel", label("JD", jd, 0, 1), data(piece(jd, jd+"-1-1-")), blob + jd + "-1-1-", ""},
		{"one parcel, no package code", label("JD", jd, 0, 1), data(piece(jd, "")), blob, ""},
		{"the second of two", label("JD", jd, 1, 2), data(piece(jd, jd+"-1-2-"), piece(jd, jd+"-2-2-")), blob + jd + "-2-2-", ""},
		{"another carrier", label("ZTO", zto, 0, 1), data(piece(zto, "")), blob, "template-missing"},
		{"another carrier with a template", label("YTO", zto, 0, 1), data(piece(zto, "")), blob, ""},
		{"one of two, no package codes", label("JD", jd, 1, 2), data(piece(jd, "")), "", "sealed-refused"},
		{"two without package codes", label("JD", jd, 0, 1), data(piece(jd, ""), piece(jd, "")), "", "sealed-refused"},
		{"another waybill's", label("JD", jd, 0, 1), data(piece("JDVC2", "")), "", "sealed-refused"},
		{"one parcel, under a code of its own", label("YTO", zto, 0, 1), data(piece(zto, "YT-1")), blob + "YT-1", ""},
		{"another parcel's", label("JD", jd, 0, 2), data(piece(jd, jd+"-2-2-")), "", "sealed-refused"},
		{"refused", label("JD", jd, 0, 1), data(refusedPiece), "", "sealed-refused"},
		{"refused as a whole", label("JD", jd, 0, 1), `{"code":"-1","message":"商家编码错误"}`, "", "sealed-refused"},
		{"refused as a whole, this one given", label("JD", jd, 0, 1), strings.Replace(data(piece(jd, "")), `"code":1`, `"code":3`, 1), blob, ""},
		{"empty", label("JD", jd, 0, 1), data(`{"code":"1","wayBillNo":"` + jd + `"}`), "", "sealed-refused"},
		{"the answer to another call", label("JD", jd, 0, 1), strings.Replace(data(piece(jd, "")), "ID", "X", 1), "", jos.NoticeAnswer},
		{"no parcel", label("JD", jd, 1, 1), "", "", notice.Internal},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := (&Client{LOP: &lop{answer: c.answer}}).Sealed(t.Context(), c.label)
			if c.code != "" {
				if notice.CodeOf(err) != c.code || err == nil {
					t.Fatalf("Sealed = %s, %v, want %s", b, err, c.code)
				}
				if strings.Contains(err.Error(), "13800000001") || strings.Contains(err.Error(), blob) {
					t.Errorf("too much stands in %q", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var d component.Document
			if err := json.Unmarshal(b, &d); err != nil || d.Data != c.want || d.TemplateCode == "" || !strings.HasSuffix(d.TemplateURL, "tempCode="+d.TemplateCode) {
				t.Errorf("Sealed = %s, want the data %s", b, c.want)
			}
		})
	}
}

func TestPullAsks(t *testing.T) {
	g := &lop{answer: data()}
	c := &Client{LOP: g, CustomerCode: "010K1", VendorCode: "10001", POP: true, Templates: map[waybill.Carrier]Template{"ZTO": {Code: "x"}}}
	var labels []waybill.Label
	for i := range 11 {
		labels = append(labels, label("JD", fmt.Sprintf("JD%d", i), 0, 2), label("JD", fmt.Sprintf("JD%d", i), 1, 2))
	}
	labels = append(labels, label("ZTO", "73", 0, 1))
	for i, p := range c.Pull(t.Context(), labels) {
		if p.Err == nil || p.Sealed != nil {
			t.Errorf("label %d: an empty answer gave %v, %v", i, p.Sealed, p.Err)
		}
	}
	if len(g.asked) != 4 { // 22 labels in tens, one of ZTO
		t.Fatalf("%d calls, want 4", len(g.asked))
	}
	ids := map[any]bool{}
	for i, m := range g.asked {
		infos := m["wayBillInfos"].([]any)
		if len(infos) > 10 || g.paths[i] != "/PullDataService/pullData" {
			t.Errorf("call %d asks %s for %d waybills", i, g.paths[i], len(infos))
		}
		id := m["objectId"].(string)
		if len(id) < 10 || len(id) > 20 || ids[id] {
			t.Errorf("objectId %q", id)
		}
		ids[id] = true
	}
	first, last := g.asked[0], g.asked[3]
	got, _ := json.Marshal([]any{first["cpCode"], first["parameters"], first["wayBillInfos"].([]any)[0], last["cpCode"], last["parameters"], last["wayBillInfos"]})
	want := `["JD",{"ewCustomerCode":"010K1"},{"jdWayBillCode":"JD0","orderNo":"312045870013","popFlag":1},` +
		`"ZTO",{"eCustomerCode":"10001"},[{"orderNo":"312045870013","popFlag":1,"wayBillCode":"73"}]]`
	if string(got) != want {
		t.Errorf("asked\n%s, want\n%s", got, want)
	}
}

func TestPullByJOS(t *testing.T) {
	var param string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		param = r.PostForm.Get("360buy_param_json")
		if m := r.URL.Query().Get("method"); m != "jingdong.printing.printData.pullData" {
			t.Errorf("method %s", m)
		}
		io.WriteString(w, `{"jingdong_printing_printData_pullData_responce":{"code":"0","returnType":{"code":"1","prePrintDatas":[`+piece("73", "")+`]}}}`)
	}))
	defer s.Close()
	g := &lop{}
	c := &Client{JOS: &jos.Client{Gateway: s.URL, AppKey: "K", AppSecret: secret.New("S")}, LOP: g, Templates: map[waybill.Carrier]Template{"ZTO": {URL: "https://a.test/t"}}}
	b, err := c.Sealed(t.Context(), label("ZTO", "73", 0, 1))
	if err != nil || string(b) != `{"template_url":"https://a.test/t","data":"`+blob+`"}` {
		t.Errorf("Sealed = %s, %v", b, err)
	}
	if !strings.HasPrefix(param, `{"param1":{"cpCode":"ZTO","objectId":"`) || len(g.asked) != 0 {
		t.Errorf("asked %s, and LOP %d times", param, len(g.asked))
	}
	s.Close()
	if _, err := c.Sealed(t.Context(), label("ZTO", "73", 0, 1)); notice.CodeOf(err) != jos.NoticeUnreachable {
		t.Errorf("Sealed = %v", err)
	}
	if _, err := (&Client{}).Sealed(t.Context(), label("JD", "73", 0, 1)); notice.CodeOf(err) != "cloudprint-not-set-up" {
		t.Errorf("Sealed = %v", err)
	}
}

func TestTemplates(t *testing.T) {
	c := &Client{Templates: map[waybill.Carrier]Template{"JD": {Code: "my code", CustomURL: "https://a.test/c", Custom: map[string]string{"k": "goods", "s": "shop", "o": "order", "r": "remark"}}}}
	l := label("JD", "JDVC1", 0, 1)
	l.Remark = "轻放"
	got, ok := c.known("JD")
	if !ok || got.address() != "https://template-content.jd.com/template-oss?tempCode=my+code" {
		t.Errorf("known = %+v, %v", got, ok)
	}
	b, _ := json.Marshal(got.custom(l))
	if want := `{"k":"茶*2","o":"312045870013","r":"轻放","s":"演示旗舰店"}`; string(b) != want {
		t.Errorf("custom = %s, want %s", b, want)
	}
	bad := &Client{LOP: &lop{answer: data(piece("JDVC1", ""))}, Templates: map[waybill.Carrier]Template{"JD": {URL: "file:///etc/passwd"}}}
	if _, err := bad.Sealed(t.Context(), l); notice.CodeOf(err) != "template-unusable" {
		t.Errorf("Sealed = %v", err)
	}
}

// offers is a gateway that offers templates and gives one piece of data.
func offers(templates string) (*Client, *int) {
	asked := new(int)
	return &Client{LOP: CallerFunc(func(_ context.Context, path string, _, result any) error {
		if path != "/cloud/print/getTemplates" {
			return json.Unmarshal([]byte(`{"code":1,"prePrintDatas":[`+piece("73", "")+`]}`), result)
		}
		*asked++
		return json.Unmarshal([]byte(templates), result)
	})}, asked
}

func TestOfferedTemplates(t *testing.T) {
	const at = `"standardTemplateUrl":"https://template-content.jd.com/template-oss?tempCode=`
	for _, c := range []struct {
		name, answer, want string
	}{
		{"one", `{"code":"1","data":{"standardTemplateList":[{"cpCode":"ZTO","standardTemplates":[{"standardTemplateCode":"ztokd76x130",` + at + `ztokd76x130"}]}],"userTemplateList":{}}}`, "ztokd76x130"},
		{"nested otherwise, without a code", `{"returnType":{"datas":[{"cpCode":"ZTO","t":{` + at + `ztokd76x130"}}]}}`, "ztokd76x130"},
		{"one of the size", `[{` + at + `zto100x180"},{` + at + `zto76x130"},{` + at + `zto76x130"}]`, "zto76x130"},
		{"another carrier's", `[{"cpCode":"YTO","x":[{` + at + `yto76x130"}]}]`, ""},
		{"two of the size", `[{` + at + `zto76x130"},{` + at + `zto76x130isv"}]`, ""},
		{"elsewhere", `[{"standardTemplateCode":"zto76x130","standardTemplateUrl":"https://evil.test/?tempCode=zto76x130"},{"standardTemplateUrl":"file:///zto76x130"}]`, ""},
		{"none", `{"code":"1","data":null}`, ""},
	} {
		client, asked := offers(c.answer)
		for range 2 {
			b, err := client.Sealed(t.Context(), label("ZTO", "73", 0, 1))
			if c.want == "" {
				if notice.CodeOf(err) != "template-missing" || err == nil {
					t.Errorf("%s: Sealed = %s, %v", c.name, b, err)
				}
			} else if err != nil || !strings.Contains(string(b), `"template_code":"`+c.want+`"`) {
				t.Errorf("%s: Sealed = %s, %v", c.name, b, err)
			}
		}
		if c.want != "" && *asked != 1 {
			t.Errorf("%s: JD was asked %d times", c.name, *asked)
		}
	}
	if _, err := (&Client{}).Offered(t.Context(), "ZTO"); notice.CodeOf(err) != "cloudprint-not-set-up" {
		t.Errorf("Offered = %v", err)
	}
}

// cloud is a renderer whose file lies on this computer.
func cloud(t *testing.T, file string) (*Client, *lop) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, file) }))
	t.Cleanup(s.Close)
	g := &lop{answer: `{"code":1,"msg":"ok","result":[{"outputType":1,"dataFormat":1,"fileFormat":1,"url":"` + s.URL + `/label"}]}`}
	return &Client{LOP: g, CustomerCode: "010K1", Render: Render{Operator: "op", Files: Files{Hosts: []string{"127.0.0.1"}, Practice: true}}}, g
}

func TestRendered(t *testing.T) {
	c, g := cloud(t, "%PDF-1.7 张三丰")
	d, err := c.Rendered(t.Context(), label("JD", "JDVC1", 1, 2), PDF)
	if err != nil || d.Kind != PDF || string(d.Bytes) != "%PDF-1.7 张三丰" {
		t.Fatalf("Rendered = %v, %v", d, err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		if s := fmt.Sprintf(verb, struct{ D Document }{d}); strings.Contains(s, "张") || strings.Contains(s, "37") || strings.Contains(s, "e5bca0") {
			t.Errorf("%s prints %s", verb, s)
		}
	}
	m := g.asked[0]
	delete(m, "taskId")
	got, _ := json.Marshal(m)
	want := `{"customerCode":"010K1","operator":"op","outputConfig":[{"dataFormat":"1","fileFormat":"1","outputType":"1"}],` +
		`"printData":[{"billCodeType":"packageCode","billCodeValue":"JDVC1-2-2-","carrierCode":"JD","customerPrintData":{` +
		`"businessOrderId":"312045870013","packageCount":2,"packageName":"茶*2","receiverAddress":"江苏南京市玄武区演示路12号5幢602室","receiverMobile":"13800000001","receiverName":"张三丰",` +
		`"senderAddress":"上海演示路1号","senderMobile":"021-80000001","senderName":"演示仓"},` +
		`"orderNumber":"312045870013","packageBeginIndex":2,"packageEndIndex":2,"scene":4}],"templateCode":"jdkd76x130"}`
	if string(got) != want || g.paths[0] != "/cloud/print/render" {
		t.Errorf("asked %s\n%s, want\n%s", g.paths[0], got, want)
	}
}

func TestWhatTheRendererIsTold(t *testing.T) {
	virtual := func(l waybill.Label) waybill.Label {
		l.Receiver.Phone, l.PhoneKind = pii.NewPhone("17000000000-4740"), waybill.PhoneVirtual
		return l
	}
	with := func(f func(*waybill.Label)) waybill.Label {
		l := label("JD", "JDVC1", 0, 1)
		f(&l)
		return l
	}
	const address = "江苏南京市玄武区演示路12号5幢602室"
	for _, c := range []struct {
		name  string
		label waybill.Label
		want  person
		code  notice.Code
	}{
		{"plain", label("JD", "JDVC1", 0, 1), person{"张三丰", "13800000001", address}, ""},
		{"name hidden", with(func(l *waybill.Label) { l.HideName = true }), person{"张••", "13800000001", address}, ""},
		{"phone hidden", with(func(l *waybill.Label) { l.HidePhone = true }), person{"张三丰", "•••••••0001", address}, ""},
		{"landline hidden", with(func(l *waybill.Label) { l.HidePhone, l.Receiver.Phone = true, pii.NewPhone("021-80001234") }), person{"张三丰", "•••••••1234", address}, ""},
		{"virtual", virtual(label("JD", "JDVC1", 0, 1)), person{"张三丰[4740]", "17000000000", address + "[4740]"}, ""},
		{"virtual, phone hidden", virtual(with(func(l *waybill.Label) { l.HidePhone = true })), person{"张三丰", "•••••••0000", address}, ""},
		{"masked", with(func(l *waybill.Label) {
			l.PhoneKind, l.Receiver.Phone = waybill.PhoneMasked, pii.NewPhone("138*******1")
		}), person{}, "phone-masked"},
		{"masked, phone hidden", with(func(l *waybill.Label) { l.HidePhone, l.Receiver.Phone = true, pii.NewPhone("138*****012") }), person{"张三丰", "•••••••012", address}, ""},
		{"sealed", with(func(l *waybill.Label) { l.PhoneKind = waybill.PhoneSealed }), person{}, "phone-masked"},
		{"no phone", with(func(l *waybill.Label) { l.Receiver.Phone = pii.Phone{} }), person{}, "phone-masked"},
		{"name starred", with(func(l *waybill.Label) { l.Receiver.Name = pii.NewName("张*") }), person{}, "receiver-masked"},
		{"no address", with(func(l *waybill.Label) { l.Receiver.Address = pii.Address{} }), person{}, "receiver-masked"},
	} {
		m, err := printData(c.label, &Render{Transport: 2, Product: "ed-m-0001"})
		if c.code != "" {
			if notice.CodeOf(err) != c.code || err == nil {
				t.Errorf("%s: %v, want %s", c.name, err, c.code)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		d := m["customerPrintData"].(map[string]any)
		if d["transportType"] != 2 || d["productCode"] != "ed-m-0001" || d["settleType"] != nil {
			t.Errorf("%s: the renderer is told %v", c.name, d)
		}
		if got := (person{d["receiverName"].(string), d["receiverMobile"].(string), d["receiverAddress"].(string)}); got != c.want {
			t.Errorf("%s: the renderer is told %v, want %v", c.name, got, c.want)
		}
	}
}

func TestRenderedRefuses(t *testing.T) {
	l := label("JD", "JDVC1", 0, 1)
	for _, c := range []struct {
		name   string
		answer string
		code   notice.Code
	}{
		{"refused, quoting the receiver", `{"code":-1,"msg":"收件人张三丰 13800000001 有误"}`, "rendered-refused"},
		{"two files", `{"code":1,"result":[{"url":"http://127.0.0.1/a"},{"url":"http://127.0.0.1/b"}]}`, "rendered-refused"},
		{"no file", `{"code":1,"result":[{"url":""}]}`, "rendered-refused"},
		{"a result that is no list", `{"code":1,"result":{"url":"http://127.0.0.1/a"}}`, "rendered-refused"},
		{"a file elsewhere", `{"code":1,"result":[{"url":"https://elsewhere.test/label.png"}]}`, "rendered-host"},
		{"nobody there", `{"code":1,"result":[{"url":"http://127.0.0.1:1/label.png"}]}`, "rendered-fetch"},
	} {
		client, _ := cloud(t, "")
		client.LOP = &lop{answer: c.answer}
		_, err := client.Rendered(t.Context(), l, PNG)
		if notice.CodeOf(err) != c.code || err == nil {
			t.Errorf("%s: Rendered = %v, want %s", c.name, err, c.code)
			continue
		}
		var n *notice.Error
		errors.As(err, &n)
		if s := err.Error() + n.Text(notice.Chinese); strings.Contains(s, "13800000001") || strings.Contains(s, "张三丰") || strings.Contains(s, "http") {
			t.Errorf("%s: too much stands in %q", c.name, s)
		}
	}
	for name, answer := range map[string]string{
		"a list by its other name": `{"code":1,"data":[{"data":"JVBERi0="}]}`,
		"the file itself":          `{"code":1,"result":[{"fileFormat":1,"data":"JVBERi0="}],"data":{}}`,
	} {
		client, _ := cloud(t, "")
		client.LOP = &lop{answer: answer}
		if d, err := client.Rendered(t.Context(), l, PDF); err != nil || string(d.Bytes) != "%PDF-" {
			t.Errorf("%s: Rendered = %v, %v", name, d, err)
		}
	}
	client, _ := cloud(t, "GIF89a")
	if _, err := client.Rendered(t.Context(), l, PNG); notice.CodeOf(err) != "rendered-kind" {
		t.Errorf("a GIF: Rendered = %v", err)
	}
	client, g := cloud(t, "")
	if g.err = notice.New(jos.NoticeUnreachable, nil); notice.CodeOf(second(client.Rendered(t.Context(), l, PNG))) != jos.NoticeUnreachable {
		t.Error("the gateway's own error is lost")
	}
}

func TestWhatTheSettingsLack(t *testing.T) {
	for _, c := range []struct {
		name           string
		client         *Client
		carrier        waybill.Carrier
		seal, rendered notice.Code
	}{
		{"nothing", &Client{LOP: &lop{}, Render: Render{Files: Files{Hosts: []string{"a.test"}}}}, "JD", "", ""},
		{"everything", &Client{}, "JD", "cloudprint-not-set-up", "cloudprint-not-set-up"},
		{"the other gateway", &Client{JOS: &jos.Client{}}, "JD", "", "cloudprint-not-set-up"},
		{"hosts", &Client{LOP: &lop{}}, "JD", "", "rendered-no-hosts"},
		{"leave for another carrier", &Client{LOP: &lop{}}, "ZTO", "", "rendered-carrier"},
		{"nothing for another carrier", &Client{LOP: &lop{}, Render: Render{Others: true, TemplateCode: "x", Files: Files{Hosts: []string{"a.test"}}}}, "ZTO", "", ""},
	} {
		for _, way := range []struct {
			err  error
			want notice.Code
		}{{c.client.CanSeal(), c.seal}, {c.client.CanRender(c.carrier), c.rendered}} {
			if (way.err == nil) != (way.want == "") || way.err != nil && notice.CodeOf(way.err) != way.want {
				t.Errorf("%s: %v, want %q", c.name, way.err, way.want)
			}
		}
		if _, err := c.client.Rendered(t.Context(), label(c.carrier, "73", 0, 1), PNG); c.rendered != "" && notice.CodeOf(err) != c.rendered {
			t.Errorf("%s: Rendered = %v", c.name, err)
		}
	}
}

func second(_ Document, err error) error { return err }

func TestWaitsForNobody(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer s.Close()
	f := Files{Hosts: []string{"127.0.0.1"}, Practice: true}
	if _, err := f.get(ctx, s.URL); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("get = %v", err)
	}
}
