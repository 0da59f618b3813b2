package cloudprint

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
	"miandan/templates/waybill"
)

// Answers as the reference to JD's interfaces writes them out. The objectId in
// them is another call's, so the tests put their own call's in its place.
const (
	publishedLOP       = `{"code":"1","message":"操作成功！","objectId":"d553f7a1-a0f2-4b00-92b4-1975f3b5a45e","prePrintDatas":[{"code":"1","msg":"操作成功！","packageCode":"JDVC00000000001-1-1-","perPrintData":"U0lNVUxBVE9SLU9QQVFVRS1CTE9CLTAwMDE=","wayBillNo":"JDVC00000000001"}]}`
	publishedJOS       = `{"jingdong_printing_printData_pullData_responce":{"code":"0","returnType":{"code":"1","message":"操作成功！","objectId":"1606370979791","prePrintDatas":[{"code":"1","msg":"操作成功！","perPrintData":"U0lNVUxBVE9SLU9QQVFVRS1CTE9CLTAwMDE=","wayBillNo":"YT0000000000001","packageCode":""}]}}}`
	publishedTemplates = `{"code":"1","message":"操作成功！","data":{"standardTemplateList":[{"cpCode":"JD","standardTemplates":[{"standardTemplateCode":"jdkd76x130","standardTemplateName":"京东快递标准模板76x130","standardTemplateUrl":"https://template-content.jd.com/template-oss?tempCode=jdkd76x130"}]}],"userTemplateList":{},"isvTemplateList":{},"devUserTemplateList":{}}}`

	publishedData = "U0lNVUxBVE9SLU9QQVFVRS1CTE9CLTAwMDE="
)

func dataOf(t *testing.T, sealed []byte) component.Document {
	t.Helper()
	var d component.Document
	if err := json.Unmarshal(sealed, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPublishedDataByLOP(t *testing.T) {
	g := &lop{answer: strings.Replace(publishedLOP, "d553f7a1-a0f2-4b00-92b4-1975f3b5a45e", "ID", 1)}
	l := label("JD", "JDVC00000000001", 0, 1)
	l.Order = "249786309732"
	b, err := (&Client{LOP: g, CustomerCode: "010K0000000", POP: true}).Sealed(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	if d := dataOf(t, b); d.Data != publishedData || d.TemplateCode != "jdkd76x130" {
		t.Errorf("the document is %s of %s", d.Data, d.TemplateCode)
	}
	// The published body of the call (worked example C), but for its objectId.
	const body = `[{"cpCode":"JD","objectId":"ID","parameters":{"ewCustomerCode":"010K0000000"},"wayBillInfos":[{"jdWayBillCode":"JDVC00000000001","orderNo":"249786309732","popFlag":1}]}]`
	asked := g.asked[0]
	asked["objectId"] = "ID"
	if got, _ := json.Marshal([]any{asked}); g.paths[0] != "/PullDataService/pullData" || string(got) != body {
		t.Errorf("asked %s\n got %s\nwant %s", g.paths[0], got, body)
	}
}

// An answer to another call is not taken.
func TestPublishedDataOfAnotherCall(t *testing.T) {
	_, err := (&Client{LOP: &lop{answer: publishedLOP}}).Sealed(t.Context(), label("JD", "JDVC00000000001", 0, 1))
	if err == nil {
		t.Error("the answer to another call is taken")
	}
}

// gatewayOf answers all calls of JOS with a text, in which OBJECT is the call's
// objectId.
func gatewayOf(t *testing.T, answer string) *jos.Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(b))
		var p struct {
			Param struct {
				ObjectID string `json:"objectId"`
			} `json:"param1"`
		}
		json.Unmarshal([]byte(form.Get("360buy_param_json")), &p)
		io.WriteString(w, strings.ReplaceAll(answer, "OBJECT", p.Param.ObjectID))
	}))
	t.Cleanup(s.Close)
	return &jos.Client{Gateway: s.URL, AppKey: "K", AppSecret: secret.New("S"), AccessToken: secret.New("T"), Backoff: time.Millisecond}
}

func TestPublishedDataByJOS(t *testing.T) {
	c := &Client{JOS: gatewayOf(t, strings.Replace(publishedJOS, "1606370979791", "OBJECT", 1)), VendorCode: "10000001"}
	b, err := c.Sealed(t.Context(), label("YTO", "YT0000000000001", 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	if d := dataOf(t, b); d.Data != publishedData || d.TemplateCode != "ytokd76x130" {
		t.Errorf("the document is %s of %s", d.Data, d.TemplateCode)
	}
}

func TestPublishedTemplates(t *testing.T) {
	g := &lop{answer: publishedTemplates}
	list, err := (&Client{LOP: g}).Offered(t.Context(), "JD")
	if err != nil || len(list) != 1 || list[0].Code != "jdkd76x130" {
		t.Errorf("Offered = %+v, %v", list, err)
	}
	if list, err := (&Client{LOP: g}).Offered(t.Context(), "YTO"); err != nil || len(list) != 0 {
		t.Errorf("of another carrier: %+v, %v", list, err)
	}
}

// The codes of standard templates that were seen.
func TestPublishedTemplateCodes(t *testing.T) {
	var got []string
	for _, code := range []waybill.Carrier{"JD", "JDKY", "JDDJ", "YTO"} {
		s, ok := Standard(code)
		if !ok || s.address() != "https://template-content.jd.com/template-oss?tempCode="+s.Code {
			t.Errorf("%s: %q at %s", code, s.Code, s.address())
		}
		got = append(got, s.Code)
	}
	if want := []string{"jdkd76x130", "jdky76x130", "jddj76x130", "ytokd76x130"}; !slices.Equal(got, want) {
		t.Errorf("Standard = %v, want %v", got, want)
	}
}

// JD's own carriers are asked for by ewCustomerCode, all others by eCustomerCode.
func TestPublishedNamesOfTheCustomer(t *testing.T) {
	for code, want := range map[waybill.Carrier]string{"JD": "ewCustomerCode", "JDKY": "ewCustomerCode", "JDDJ": "ewCustomerCode", "ZY": "ewCustomerCode", "YTO": "eCustomerCode", "SF": "eCustomerCode"} {
		g := &lop{answer: `{"code":"1","prePrintDatas":[]}`}
		(&Client{LOP: g, CustomerCode: "C", VendorCode: "V", Templates: map[waybill.Carrier]Template{code: {Code: "x"}}}).Sealed(t.Context(), label(code, "N1", 0, 1))
		if len(g.asked) != 1 {
			t.Errorf("%s: asked %d times", code, len(g.asked))
			continue
		}
		if p, _ := g.asked[0]["parameters"].(map[string]any); len(p) != 1 || p[want] == nil {
			t.Errorf("%s: asked with %v, want %s", code, p, want)
		}
	}
}

// pullData's codes: "1" is good; everything else is a no, for the whole call or
// for one waybill of it.
func TestPublishedCodesOfPullData(t *testing.T) {
	good := fmt.Sprintf(`{"code":"1","msg":"操作成功！","packageCode":"JDVC00000000001-1-1-","perPrintData":%q,"wayBillNo":"JDVC00000000001"}`, publishedData)
	for _, test := range []struct{ name, answer string }{
		{"the whole call", `{"code":"0","message":"参数错误","objectId":"ID","prePrintDatas":[]}`},
		{"one waybill", `{"code":"1","message":"部分成功","objectId":"ID","prePrintDatas":[` + strings.Replace(good, `"code":"1"`, `"code":"0"`, 1) + `]}`},
		{"none of it", `{"code":"1","message":"操作成功！","objectId":"ID","prePrintDatas":[]}`},
	} {
		_, err := (&Client{LOP: &lop{answer: test.answer}}).Sealed(context.Background(), label("JD", "JDVC00000000001", 0, 1))
		if notice.CodeOf(err) != "sealed-refused" {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	// Numbers in place of texts, as the other gateway writes them.
	if _, err := (&Client{LOP: &lop{answer: `{"code":1,"objectId":"ID","prePrintDatas":[` + good + `]}`}}).Sealed(context.Background(), label("JD", "JDVC00000000001", 0, 1)); err != nil {
		t.Errorf("a number in place of a text: %v", err)
	}
}

// The forms of templates' addresses that were seen. Of the older ones, which name
// no code, only those by https are believed.
func TestPublishedAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"https://template-content.jd.com/template-oss?tempCode=jdkd76x130":           "jdkd76x130",
		"https://template-content.jd.com/template-code?tempCode=jdkd76x130isv":       "jdkd76x130isv",
		"https://template-content.jd.com/template-open?templateCode=customer002":     "",
		"https://storage.jd.com/print-tmpl/演示.txt":                                   "",
		"https://storage.360buyimg.com/print-tmpl/demo.txt":                          "",
		"http://storage.jd.com/print-tmpl/demo.txt":                                  "refused",
		"https://template-content.jd.com.example.test/template-oss?tempCode=jdkd76x": "refused",
	} {
		got, ok := standardAt(address)
		switch {
		case !ok && want != "refused":
			t.Errorf("%s is refused", address)
		case ok && (want == "refused" || got.Code != want || got.URL != address):
			t.Errorf("%s: %+v, want the code %q", address, got, want)
		}
	}
}
