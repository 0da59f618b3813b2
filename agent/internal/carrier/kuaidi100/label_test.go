package kuaidi100_test

import (
	"bytes"
	"errors"
	"image/png"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/kuaidi100"
	"miandan/agent/internal/carrier/kuaidi100/kuaidi100sim"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
	"miandan/templates"
	"miandan/templates/pii"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/scene/scenetest"
	"miandan/templates/waybill"
)

// A number of each carrier, its label drawn at 203 dpi: the bars of the finished
// dots give the number back, and all that the carrier's sorters read is on it.
func TestLabels(t *testing.T) {
	library, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, company := range kuaidi100sim.Companies() {
		t.Run(company, func(t *testing.T) {
			t.Parallel()
			s := newStation(t, company)
			o := carriertest.Order("249786309732")
			o.Collect, o.Insured, o.SignReturn = 5990, 100000, 1
			i := s.make(nil)
			w, err := i.Issue(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			settings, _ := kuaidi100sim.SettingsOf(company)
			layout, err := library.Get(kuaidi100.Kind().Layout(carrier.Account{Values: settings}) + "-76x130")
			if err != nil {
				t.Fatal(err)
			}
			page, err := layout.Compose(waybill.Label{Waybill: w, PrintedAt: now}, scene.DPI203)
			if err != nil {
				t.Fatal(err)
			}
			dots, err := raster.Render(page)
			if err != nil {
				t.Fatal(err)
			}
			if err := raster.Check(page, dots); err != nil { // reads every code off the dots
				t.Error(err)
			}
			codes, err := raster.Grades(page, dots)
			if err != nil {
				t.Fatal(err)
			}
			said := map[string]bool{}
			for _, c := range codes {
				said[c.Code.Text] = true
			}
			if !said[w.Parcels[0].Barcode] || w.Routing.QR != "" && !said[w.Routing.QR] {
				t.Errorf("the codes say %v", slices.Collect(maps.Keys(said)))
			}
			label := scenetest.Read(t, page)
			for name, text := range printed(company, w) {
				if !label.Says(text) {
					t.Errorf("%s %q is not on the label: %s", name, text, label.Text)
				}
			}
		})
	}
}

// printed are the fields that a carrier behind the simulator fills in, as the
// label must show them.
func printed(company string, w waybill.Waybill) map[string]string {
	r := w.Routing
	all := map[string]string{"code": r.Code}
	add := func(name, text string) { all[name] = text }
	switch company {
	case "shunfeng":
		add("destination", r.Name)
		add("inbound", r.Inbound)
		add("outbound", r.Outbound)
		add("mark", r.Mark)
		add("origin", r.OriginBranch)
		add("product", w.Product)
		add("receipt's number", string(w.SignReturnNumber))
		add("icon", "生鲜")
	case "zhongtong", "shentong", "jtexpress":
		add("sorting centre", r.Name)
		add("hub", r.Hub)
		add("origin", r.OriginBranch)
	case "yunda":
		add("destination", r.Name)
		add("hub", r.Hub)
		add("hub's code", r.HubCode)
	case "ems", "youzhengguonei", "ane66", "annengwuliu":
		add("destination", r.Name)
		add("origin", r.OriginBranch)
	case "jd":
		delete(all, "code")
		add("gate and trolley", r.TargetCode)
		add("origin", r.Origin)
		add("origin's code", r.OriginCode)
		add("target", r.Target)
		add("site", r.Site)
		add("road", r.Road)
		add("product", w.Product)
	case "debangkuaidi":
		add("target", r.Target)
		add("site", r.Site)
		add("product", w.Product)
	}
	return all
}

var drawnHere = map[string]string{"label_template": "60f6c17c7c223700131d8bc3"}

func TestALabelThatKuaidi100Draws(t *testing.T) {
	s := newStation(t, "zhongtong")
	o := carriertest.Order("249786309732")
	o.PaidAt = s.now
	i := s.make(drawnHere)
	w, err := i.Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	s.sim.Fail("late")
	if _, err := i.(carrier.Documents).Document(t.Context(), w, 0); !errors.Is(err, carrier.ErrLater) {
		t.Fatalf("Document = %v, want to be told to come later", err)
	}
	s.sim.Fail("")
	for range 2 {
		d, err := i.(carrier.Documents).Document(t.Context(), w, 0)
		if err != nil || len(d.PDF) > 0 {
			t.Fatalf("Document = %v", err)
		}
		m, err := png.Decode(bytes.NewReader(d.PNG))
		if err != nil || m.Bounds().Dx() != 608 || m.Bounds().Dy() != 1040 {
			t.Errorf("a picture of %v, %v", m.Bounds(), err)
		}
	}
	later := s.make(drawnHere)
	if _, err := later.(carrier.Documents).Document(t.Context(), w, 0); notice.CodeOf(err) != "gateway-no-label" {
		t.Errorf("Document after a restart = %v", err)
	}
	if _, err := later.(carrier.Finder).Find(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if d, err := later.(carrier.Documents).Document(t.Context(), w, 0); err != nil || len(d.PNG) == 0 {
		t.Errorf("Document after a Find = %v", err)
	}
	if _, err := later.(carrier.Documents).Document(t.Context(), w, 1); notice.CodeOf(err) != "gateway-no-label" {
		t.Errorf("Document of a second parcel = %v", err)
	}
	if n := s.given(); n != 1 {
		t.Errorf("%d numbers were given", n)
	}
	if _, ok := s.make(nil).(carrier.Documents); ok {
		t.Error("it draws labels without a template")
	}
}

func TestWhatKuaidi100DrawsMayBeMasked(t *testing.T) {
	p := &platform{answer: given}
	settings := maps.Clone(drawnHere)
	settings["label_masked"], settings["label_child_template"] = "true", "C1"
	if _, err := p.at(t, settings, nil).Issue(t.Context(), carriertest.Order("249786309732")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{"printType": "IMAGE", "tempId": drawnHere["label_template"], "childTempId": "C1", "needDesensitization": true} {
		if p.param[name] != want {
			t.Errorf("%s is %v, want %v", name, p.param[name], want)
		}
	}
}

// asked is a network on which only the gateway and the hosts of labels answer.
type asked struct {
	answer string
	hosts  []string
}

func (a *asked) RoundTrip(r *http.Request) (*http.Response, error) {
	a.hosts = append(a.hosts, r.Method+" "+r.URL.Scheme+"://"+r.URL.Host)
	body := "\x89PNG\r\n\x1a\n"
	if r.Method == http.MethodPost {
		body = a.answer
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// A label shows a person: it is fetched by https, of hosts that are named.
func TestWhereLabelsMayLie(t *testing.T) {
	for at, fetched := range map[string]string{
		"https://api.kuaidi100.com/label/getImage/20261123/AB":   "GET https://api.kuaidi100.com",
		"http://api.kuaidi100.com/label/getImage/20261123/AB":    "GET https://api.kuaidi100.com",
		"http://api.kuaidi100.com:80/label/getImage/20261123/AB": "GET https://api.kuaidi100.com",
		"https://kuaidi100.com/AB":                               "GET https://kuaidi100.com",
		"https://files.example/AB":                               "GET https://files.example",
		"https://notkuaidi100.com/AB":                            "",
		"https://kuaidi100.com.example/AB":                       "",
		"http://api.kuaidi100.com:8080/AB":                       "",
		"https://u:p@api.kuaidi100.com/AB":                       "",
		"ftp://api.kuaidi100.com/AB":                             "",
		"//api.kuaidi100.com/AB":                                 "",
		"file:///etc/passwd":                                     "",
		"http://127.0.0.1/AB":                                    "",
		"\x00":                                                   "",
	} {
		net := &asked{answer: `{"code":200,"data":{"kuaidinum":"73100000000001","label":` + quoted(at) + `}}`}
		p := &platform{}
		settings := maps.Clone(drawnHere)
		settings["label_hosts"] = "kuaidi100.com, files.example"
		i := p.at(t, settings, func(a *carrier.Account) {
			a.Gateway, a.HTTP = "https://api.kuaidi100.com/label/order", &outbound.Client{Transport: net}
		})
		w, err := i.Issue(t.Context(), carriertest.Order("249786309732"))
		if err != nil {
			t.Fatal(err)
		}
		d, err := i.(carrier.Documents).Document(t.Context(), w, 0)
		if fetched == "" && (err == nil || len(net.hosts) != 1) || fetched != "" && (err != nil || len(d.PNG) == 0 || len(net.hosts) != 2 || net.hosts[1] != fetched) {
			t.Errorf("%s: asked %v, %v", at, net.hosts, err)
		}
		if err != nil && (strings.Contains(err.Error(), "AB") || strings.Contains(err.Error(), "passwd")) {
			t.Errorf("the error says where: %v", err)
		}
	}
}

func quoted(s string) string {
	return `"` + strings.ReplaceAll(s, "\x00", `\u0000`) + `"`
}

func TestWhatIsNoLabel(t *testing.T) {
	for body, want := range map[string]error{
		"%PDF-1.4 …":             nil,
		"<html>生成中</html>":       carrier.ErrLater,
		"":                       carrier.ErrLater,
		"\xff\xd8\xff\xe0 bytes": errors.ErrUnsupported, // any other
	} {
		mux := http.NewServeMux()
		server := httptest.NewServer(mux)
		t.Cleanup(server.Close)
		mux.HandleFunc("POST /", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, `{"code":200,"data":{"kuaidinum":"73100000000001","label":"`+server.URL+`/AB"}}`)
		})
		mux.HandleFunc("GET /AB", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) })
		i := (&platform{}).at(t, drawnHere, func(a *carrier.Account) { a.Gateway = server.URL })
		w, err := i.Issue(t.Context(), carriertest.Order("249786309732"))
		if err != nil {
			t.Fatal(err)
		}
		switch _, err = i.(carrier.Documents).Document(t.Context(), w, 0); {
		case want == errors.ErrUnsupported:
			if notice.CodeOf(err) != "gateway-answer" {
				t.Errorf("%q: %v", body, err)
			}
		case !errors.Is(err, want):
			t.Errorf("%q: %v, want %v", body, err, want)
		}
	}
}

// The first address counts, whatever is said later.
func TestTheFirstAddressIsKept(t *testing.T) {
	s := newStation(t, "yunda")
	o := carriertest.Order("249786309732")
	i := s.make(nil)
	first, err := i.Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	o.Receiver.Address = pii.NewAddress(pii.Region{Province: "江苏", City: "南京市", District: "鼓楼区"}, "示例大道9号")
	s.now = s.now.Add(time.Hour)
	second, err := i.(carrier.Finder).Find(t.Context(), o)
	if err != nil || second.Number != first.Number || second.Routing != first.Routing {
		t.Errorf("%s with %+v, %v; want %s with %+v", second.Number, second.Routing, err, first.Number, first.Routing)
	}
	if at := s.sim.Receiver("yunda", "249786309732"); !strings.Contains(at, "海珠区") {
		t.Errorf("the carrier goes to %s", at)
	}
}
