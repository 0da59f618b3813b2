package jdsim

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image/png"
	"io"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

const pullCall = "jingdong.printing.printData.pullData"

// printing makes a gateway with a number of YTO and one of JD Express.
func printing(t *testing.T, c Config) (g *Gateway, yto, jd string) {
	t.Helper()
	g = open(t, c)
	g.AddOrder(
		Order{ID: "1", Receiver: zhang, OAID: "o1-1", Paid: noon, Virtual: "17000000000-4740"},
		Order{ID: "2", Receiver: zhang, Paid: noon, HideNumber: true},
	)
	yto = numbersOf(t, ask(t, g, receive, object{"content": content("1")}))[0]
	args := parcelOf("2")
	args["packageCount"] = 2
	jd = dig(t, ask(t, g, express, args), "receiveorderinfo_result.deliveryId").(string)
	return g, yto, jd
}

func pullOf(carrier string, numbers ...string) object {
	field, key, customer := "wayBillCode", "eCustomerCode", DefaultVendorID
	if carrier == "JD" {
		field, key, customer = "jdWayBillCode", "ewCustomerCode", DefaultCustomerCode
	}
	infos := []any{}
	for _, n := range numbers {
		infos = append(infos, object{field: n, "popFlag": 1})
	}
	return object{"objectId": "1606370979791", "cpCode": carrier, "parameters": object{key: customer}, "wayBillInfos": infos}
}

func TestPull(t *testing.T) {
	g, yto, jd := printing(t, Config{})
	items := dig(t, ask(t, g, pullCall, object{"param1": pullOf("YTO", yto)}), "returnType.prePrintDatas")
	d, err := g.PrintKey().Open(dig(t, items, "0.perPrintData").(string))
	if err != nil || d.Waybill != yto || d.Receiver.Phone != "17000000000-4740" || d.Receiver.Name != "张三[4740]" || d.Sender.Name != "演示仓" {
		t.Errorf("by JOS: %+v, %v", d, err)
	}
	answer := lop(t, g, "/PullDataService/pullData", pullOf("JD", jd))
	if answer["code"] != "1" || answer["objectId"] != "1606370979791" || len(answer["prePrintDatas"].([]any)) != 2 {
		t.Fatalf("by LOP: %v", answer)
	}
	d, err = g.PrintKey().Open(dig(t, answer, "prePrintDatas.1.perPrintData").(string))
	if err != nil || d.Package != jd+"-2-2-" || dig(t, answer, "prePrintDatas.1.packageCode") != d.Package || !d.HidePhone || d.Receiver.Phone != "13800001234" || d.BigShot != "南京分拣中心" {
		t.Errorf("by LOP: %+v, %v", d, err)
	}
	last := g.Journal()[len(g.Journal())-1]
	if last.Event != Pulled || last.Number != jd || last.Order != "2" {
		t.Errorf("journal %+v", last)
	}
}

func TestPullRefuses(t *testing.T) {
	g, yto, jd := printing(t, Config{})
	codeOf := func(args object) any {
		answer := lop(t, g, "/PullDataService/pullData", args)
		if answer["code"] != "1" {
			return answer["code"]
		}
		return dig(t, answer, "prePrintDatas.0.code")
	}
	eleven := strings.Split(strings.Repeat(yto+",", 10)+yto, ",")
	foreign := pullOf("YTO", yto)
	foreign["wayBillInfos"] = []any{object{"wayBillCode": yto, "orderNo": "2", "popFlag": 1}}
	for _, row := range []struct {
		name string
		args object
		want string
	}{
		{"eleven", pullOf("YTO", eleven...), "-1"},
		{"none", pullOf("YTO"), "-1"},
		{"no objectId", with(pullOf("YTO", yto), "objectId", ""), "-1"},
		{"no carrier", with(pullOf("YTO", yto), "cpCode", ""), "-1"},
		{"unknown", pullOf("YTO", "YT1"), "-2"},
		{"another carrier", pullOf("ZTO", yto), "-2"},
		{"another order", foreign, "-3"},
		{"the customer code of JD Express", with(pullOf("YTO", yto), "parameters", object{"ewCustomerCode": DefaultVendorID}), "-3"},
		{"the merchant for JD Express", with(pullOf("JD", jd), "parameters", object{"ewCustomerCode": DefaultVendorID}), "-3"},
		{"good", pullOf("JD", jd), "1"},
	} {
		if got := codeOf(row.args); got != row.want {
			t.Errorf("%s: code %v, want %s", row.name, got, row.want)
		}
	}
	if got := dig(t, ask(t, g, pullCall, object{"param1": pullOf("YTO", eleven...)}), "returnType.prePrintDatas").([]any); len(got) != 11 {
		t.Errorf("JOS gives %d of 11", len(got))
	}
	if got := dig(t, ask(t, g, pullCall, object{}), "returnType.code"); got != "-1" {
		t.Errorf("without param1: code %v", got)
	}
	mixed := lop(t, g, "/PullDataService/pullData", pullOf("YTO", yto, "YT1"))
	if dig(t, mixed, "prePrintDatas.0.code") != "1" || dig(t, mixed, "prePrintDatas.1.code") != "-2" {
		t.Errorf("partly good: %v", mixed)
	}
	g.Misbehave(Fault{Kind: Partial, Times: 1})
	partial := lop(t, g, "/PullDataService/pullData", pullOf("YTO", yto, yto))
	if dig(t, partial, "prePrintDatas.0.code") != "1" || dig(t, partial, "prePrintDatas.1.code") != "-4" {
		t.Errorf("partly busy: %v", partial)
	}
	ask(t, g, unbind, object{"providerCode": "YTO", "waybillCode": yto})
	if got := codeOf(pullOf("YTO", yto)); got != "-2" {
		t.Errorf("given back: code %v", got)
	}
}

func renderOf(template, carrier, number, format string) object {
	return object{
		"customerCode": DefaultCustomerCode, "templateCode": template, "operator": "x", "taskId": "t",
		"outputConfig": []any{object{"outputType": 1, "dataFormat": 1, "fileFormat": format}},
		"printData":    []any{object{"carrierCode": carrier, "billCodeType": "waybillCode", "billCodeValue": number, "scene": 4}},
	}
}

// fetch gets a rendered file.
func fetch(t *testing.T, g *Gateway, answer map[string]any, i string) []byte {
	t.Helper()
	at, _ := dig(t, answer, "result."+i+".url").(string)
	_, path, _ := strings.Cut(strings.TrimPrefix(at, "http://"), "/")
	w := httptest.NewRecorder()
	g.LOP().ServeHTTP(w, httptest.NewRequest("GET", "/"+path, nil))
	b, err := io.ReadAll(w.Body)
	if err != nil || w.Code != 200 {
		t.Fatalf("%s: status %d", at, w.Code)
	}
	return b
}

func TestRender(t *testing.T) {
	g, yto, jd := printing(t, Config{})
	answer := lop(t, g, "/cloud/print/render", renderOf("jdkd76x130", "JD", jd, "1"))
	if answer["code"] != "1" || dig(t, answer, "result.0.fileFormat") != "1" {
		t.Fatalf("PDF: %v", answer)
	}
	if pdf := fetch(t, g, answer, "0"); !bytes.HasPrefix(pdf, []byte("%PDF-")) || bytes.Count(pdf, []byte("/Type /Page\n")) != 2 {
		t.Errorf("no PDF of two pages: %d bytes", len(pdf))
	}
	answer = lop(t, g, "/cloud/print/render", renderOf("ytokd76x130", "YTO", yto, "PNG"))
	if img, err := png.Decode(bytes.NewReader(fetch(t, g, answer, "0"))); err != nil || img.Bounds().Dx() != 608 {
		t.Errorf("PNG: %v", err)
	}
	if last := g.Journal()[len(g.Journal())-1]; last.Event != Rendered || last.Number != yto {
		t.Errorf("journal %+v", last)
	}
	one := renderOf("jdkd76x130", "JD", jd+"-2-2-", "2")
	one["printData"].([]any)[0].(object)["billCodeType"] = "packageCode"
	if got := lop(t, g, "/cloud/print/render", one); len(got["result"].([]any)) != 1 {
		t.Errorf("one package: %v", got)
	}
	own := renderOf("jdkd76x130", "JD", "JDVC99", "1")
	own["printData"].([]any)[0].(object)["customerPrintData"] = object{"receiverName": "张三", "receiverMobile": "13800001234", "receiverAddress": "x"}
	if got := lop(t, g, "/cloud/print/render", own); got["code"] != "1" {
		t.Errorf("the caller's own data: %v", got)
	}
	own["printData"].([]any)[0].(object)["customerPrintData"].(object)["receiverMobile"] = "138****1234"
	for name, args := range map[string]object{
		"masked":            own,
		"another template":  renderOf("ytokd76x130", "JD", jd, "1"),
		"unknown":           renderOf("jdkd76x130", "JD", "JDVC1", "1"),
		"another format":    renderOf("jdkd76x130", "JD", jd, "7"),
		"nothing":           with(renderOf("jdkd76x130", "JD", jd, "1"), "printData", []any{}),
		"no output":         with(renderOf("jdkd76x130", "JD", jd, "1"), "outputConfig", []any{}),
		"another customer":  with(renderOf("jdkd76x130", "JD", jd, "1"), "customerCode", "x"),
		"beyond the parcel": with(renderOf("jdkd76x130", "JD", jd, "1"), "printData", []any{object{"carrierCode": "JD", "billCodeValue": jd, "packageBeginIndex": 3}}),
	} {
		if got := lop(t, g, "/cloud/print/render", args); got["code"] == "1" || got["result"] != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	w := httptest.NewRecorder()
	g.LOP().ServeHTTP(w, httptest.NewRequest("GET", filesPath+"x.pdf", nil))
	if w.Code != 404 {
		t.Errorf("a file nobody made: status %d", w.Code)
	}
}

func TestRenderDialects(t *testing.T) {
	g, yto, jd := printing(t, Config{Dialect: Dialect{RenderData: true, RenderInline: true, RenderJDOnly: true}})
	got := lop(t, g, "/cloud/print/render", renderOf("jdkd76x130", "JD", jd, "1"))
	if b, err := base64.StdEncoding.DecodeString(dig(t, got, "data.0.data").(string)); err != nil || !bytes.HasPrefix(b, []byte("%PDF-")) {
		t.Errorf("inline: %v", err)
	}
	if got := lop(t, g, "/cloud/print/render", renderOf("ytokd76x130", "YTO", yto, "1")); got["code"] != "-3" {
		t.Errorf("a carrier that is not JD's: %v", got)
	}
}

func TestTemplates(t *testing.T) {
	g := open(t, Config{})
	all := dig(t, lop(t, g, "/cloud/print/getTemplates", object{"cpCode": ""}), "data.standardTemplateList").([]any)
	if len(all) != 8 || dig(t, all, "0.standardTemplates.0.standardTemplateUrl") != "https://template-content.jd.com/template-oss?tempCode=jdkd76x130" {
		t.Errorf("templates %v", all)
	}
	const templates = "jingdong.printing.template.getTemplateList"
	yto := dig(t, ask(t, g, templates, object{"param1": object{"templateType": "1", "cpCode": "YTO"}}), "returnType.data.standardTemplates").([]any)
	if len(yto) != 1 || dig(t, yto, "0.standardTemplates.0.standardTemplateCode") != "ytokd76x130" {
		t.Errorf("of YTO %v", yto)
	}
	if got := dig(t, ask(t, g, templates, object{"param1": object{"templateType": 4}}), "returnType.data.customAreas.0.customAreaId"); got != "customer002" {
		t.Errorf("custom areas: %v", got)
	}
	if got := dig(t, ask(t, g, templates, object{"param1": object{"templateType": 5}}), "returnType.code"); got != "-1" {
		t.Errorf("of an unknown type: code %v", got)
	}
}

func TestAll(t *testing.T) {
	g := open(t, Config{})
	for path, want := range map[string]int{Path: 200, "/oauth2/to_login": 400, "/oauth/token": 200, filesPath + "x": 404, "/ecap/v1/orders/create": 405} {
		w := httptest.NewRecorder()
		g.All().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != want {
			t.Errorf("%s: status %d, want %d", path, w.Code, want)
		}
	}
}

// FuzzLOP sends anything as the argument of signed calls to LOP.
func FuzzLOP(f *testing.F) {
	g := open(f, Config{})
	g.AddOrder(Demo(14, noon)...)
	paths := slices.Sorted(maps.Keys(g.lop.methods))
	for i := range paths {
		for _, o := range []object{ecapOrder("312045870013"), pullOf("JD", "JDVC1"), renderOf("jdkd76x130", "JD", "JDVC1", "1"), {"waybillCode": "JDVC1", "cancelReason": "x"}} {
			f.Add(i, "["+string(encode(o))+"]")
		}
	}
	f.Fuzz(func(t *testing.T, i int, body string) {
		before := len(g.Journal())
		got := lopOf(paths[int(uint(i)%uint(len(paths)))], body).send(t, g)
		if _, err := json.Marshal(got); err != nil || len(got) == 0 {
			t.Errorf("answer %v", got)
		}
		if after := len(g.Journal()); after > before+largestPage {
			t.Errorf("one call made %d entries", after-before)
		}
	})
}
