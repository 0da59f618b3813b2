package cloudprint_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/carrier/component/componentsim"
	"miandan/agent/internal/carrier/jd"
	"miandan/agent/internal/cloudprint"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/jos/jdsim/sheet"
	"miandan/agent/internal/lop"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/secret"
	"miandan/printer"
	"miandan/templates/pdfin"
	"miandan/templates/pdfin/pdfintest"
	"miandan/templates/pii"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// TestSealedOntoPaper takes a number at the simulated gateway, has its label
// sealed and hands it to the simulated component, with the real client of each.
func TestSealedOntoPaper(t *testing.T) {
	gateway, err := jdsim.New(jdsim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	gateway.AddOrder(jdsim.Order{
		ID: "249786309732", OAID: "o1-1", Paid: time.Now(), Virtual: "17000000000-4740",
		Receiver: jdsim.Person{
			Name: "演示收件人", Mobile: "13800001234", Province: "广东", City: "广州市", County: "海珠区", Town: "赤岗街道",
			Address: "演示路1号", ProvinceID: 19, CityID: 1601, CountyID: 3634, TownID: 63199,
		},
	})
	server := httptest.NewServer(gateway)
	defer server.Close()
	client := &jos.Client{
		Gateway: server.URL + jdsim.Path, AppKey: jdsim.DefaultAppKey, AppSecret: secret.New(jdsim.DefaultAppSecret),
		AccessToken: secret.New(jdsim.DefaultAccessToken), Backoff: time.Millisecond,
	}
	issuer := jd.Issuer{
		Client: client, ProviderCode: "YTO", ProviderName: "圆通速递", ProviderID: 463, BranchCode: "210001",
		VendorCode: jdsim.DefaultVendorID, VendorName: jdsim.DefaultVendorName, SalePlatform: "0010001",
		SenderRegions: order.RegionIDs{Province: 2, City: 2817, District: 51973},
		Sender: waybill.Party{
			Name: pii.NewName("演示仓"), Phone: pii.NewPhone("021-80000001"),
			Address: pii.NewAddress(pii.Region{Province: "上海", City: "上海市", District: "闵行区"}, "演示路1号"),
		},
		Now: time.Now,
	}
	// All that the merchant knows of the receiver is masked.
	w, err := issuer.Issue(t.Context(), order.Order{
		Key: order.Key{Source: "jd", ID: "249786309732"}, State: order.ToShip, Consignee: "o1-1", PhoneKind: waybill.PhoneMasked,
		RegionIDs: order.RegionIDs{Province: 19, City: 1601, District: 3634, Town: 63199},
		Items:     []waybill.Item{{SKU: "A", Name: "演示商品", Quantity: 1}},
		Receiver: waybill.Party{
			Name: pii.NewName("演**"), Phone: pii.NewPhone("138****1234"),
			Address: pii.NewAddress(pii.Region{Province: "广东", City: "广州市", District: "海珠区", Town: "赤岗街道"}, "演***"),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := (&cloudprint.Client{JOS: client, VendorCode: jdsim.DefaultVendorID, POP: true}).Sealed(t.Context(), waybill.Label{Waybill: w})
	if err != nil {
		t.Fatal(err)
	}

	for _, version := range []int{1, 2, 3} {
		var tray componentsim.Tray
		sim, err := componentsim.New(componentsim.Config{Key: gateway.PrintKey(), Paper: tray.Take})
		if err != nil {
			t.Fatal(err)
		}
		defer sim.Close()
		at, err := sim.Listen("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(fmt.Sprintf("%s://%s/HPRT R42D?version=%d", component.Scheme, strings.TrimPrefix(at, "ws://"), version))
		if err != nil {
			t.Fatal(err)
		}
		way, err := component.Open(u)
		if err != nil {
			t.Fatal(err)
		}
		p := &printer.Printer{Name: "bench 1", Driver: component.Driver{}, Transport: way}
		a, _, err := p.Begin(t.Context(), printer.Job{Name: "L-1", Sealed: sealed})
		if err != nil {
			t.Fatal(err)
		}
		if outcome, evidence, err := a.Send(t.Context()); outcome != printer.Sent || evidence.Method != "component" {
			t.Errorf("version %d: Send = %v, %+v, %v", version, outcome, evidence, err)
		}
		papers := tray.Of(string(w.Number), 1)
		if len(papers) != 1 || len(tray.Papers()) != 1 {
			t.Fatalf("version %d: %d sheets of the label, %d in all", version, len(papers), len(tray.Papers()))
		}
		if d := papers[0].Document; d.Carrier != "YTO" || d.Order != "249786309732" || d.Receiver.Phone != "17000000000-4740" || d.Receiver.Name != "演示收件人[4740]" {
			t.Errorf("version %d: on paper stands %+v", version, d)
		}
		if want := map[bool]string{true: "ytokd76x130", false: "https://template-content.jd.com/template-oss?tempCode=ytokd76x130"}[version == 3]; papers[0].Template != want {
			t.Errorf("version %d: laid out by %s", version, papers[0].Template)
		}
	}
}

// TestSealedBoxesOfOneWaybill does so with an order of three boxes that share one
// number of the newer family: each has data of its own.
func TestSealedBoxesOfOneWaybill(t *testing.T) {
	gateway, err := jdsim.New(jdsim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	gateway.AddOrder(jdsim.Order{ID: "249786309732", OAID: "o1-1", Paid: time.Now(), Receiver: jdsim.Person{
		Name: "演示收件人", Mobile: "13800001234", Province: "广东", City: "广州市", County: "海珠区", Town: "赤岗街道",
		Address: "演示路1号", ProvinceID: 19, CityID: 1601, CountyID: 3634, TownID: 63199,
	}})
	server := httptest.NewServer(gateway)
	defer server.Close()
	client := &jos.Client{
		Gateway: server.URL + jdsim.Path, AppKey: jdsim.DefaultAppKey, AppSecret: secret.New(jdsim.DefaultAppSecret),
		AccessToken: secret.New(jdsim.DefaultAccessToken), Backoff: time.Millisecond,
	}
	region := pii.Region{Province: "广东", City: "广州市", District: "海珠区", Town: "赤岗街道"}
	issuer := &jd.Ewaybill{Together: true, Issuer: jd.Issuer{
		Client: client, ProviderCode: "YTO", ProviderName: "圆通速递", ProviderID: 463, BranchCode: "210001",
		VendorCode: jdsim.DefaultVendorID, VendorName: jdsim.DefaultVendorName, SalePlatform: "0010001", Now: time.Now,
		Sender: waybill.Party{Name: pii.NewName("演示仓"), Phone: pii.NewPhone("021-80000001"), Address: pii.NewAddress(pii.Region{Province: "上海", City: "上海市", District: "闵行区"}, "演示路1号")},
	}}
	w, err := issuer.Issue(t.Context(), order.Order{
		Key: order.Key{Source: "jd", ID: "249786309732"}, State: order.ToShip, Consignee: "o1-1", PhoneKind: waybill.PhoneMasked, Services: order.Services{Parcels: 3},
		Receiver: waybill.Party{Name: pii.NewName("演**"), Phone: pii.NewPhone("138****1234"), Address: pii.NewAddress(region, "演***")},
	})
	if err != nil || len(w.Parcels) != 3 || len(w.Numbers()) != 1 {
		t.Fatalf("%d parcels under %v, %v", len(w.Parcels), w.Numbers(), err)
	}
	seen := map[string]bool{}
	for i := range w.Parcels {
		sealed, err := (&cloudprint.Client{JOS: client, VendorCode: jdsim.DefaultVendorID, POP: true}).Sealed(t.Context(), waybill.Label{Waybill: w, Parcel: i})
		if err != nil || seen[string(sealed)] {
			t.Errorf("box %d: %v, or the data of another box", i+1, err)
		}
		seen[string(sealed)] = true
	}
}

// TestRenderedOntoDots has labels drawn by the simulated renderer as PDFs and
// makes dots of them for heads of both kinds, with the barcode read from them.
func TestRenderedOntoDots(t *testing.T) {
	gateway, err := jdsim.New(jdsim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gateway.LOP())
	defer server.Close()
	platform := &lop.Client{
		Gateway: server.URL, AppKey: jdsim.DefaultLOPAppKey, AppSecret: secret.New(jdsim.DefaultLOPAppSecret), AccessToken: secret.New(jdsim.DefaultLOPAccessToken),
	}
	client := &cloudprint.Client{
		CustomerCode: jdsim.DefaultCustomerCode, Reader: &pdfin.Reader{Cache: pdfintest.Cache()},
		LOP: cloudprint.CallerFunc(func(ctx context.Context, path string, argument, result any) error {
			return platform.Call(ctx, lop.API{Domain: "jdcloudprint", Path: path}, argument, result)
		}),
		// The settings of a merchant whose renderer gives PDF alone.
		Render: cloudprint.Render{Outputs: map[cloudprint.Format]cloudprint.Output{cloudprint.PNG: cloudprint.DefaultOutputs()[cloudprint.PDF]}},
	}
	client.Render.Files.Hosts, client.Render.Files.Practice = []string{"127.0.0.1"}, true
	l := waybill.Label{Waybill: waybill.Waybill{
		Carrier: "JD", Number: "JDVC00000000001", Order: "249786309732", PhoneKind: waybill.PhoneReal,
		Sender: waybill.Party{
			Name: pii.NewName("演示仓"), Phone: pii.NewPhone("021-80000001"),
			Address: pii.NewAddress(pii.Region{Province: "上海", City: "上海市", District: "闵行区"}, "演示路1号"),
		},
		Receiver: waybill.Party{
			Name: pii.NewName("演示收件人"), Phone: pii.NewPhone("13800001234"),
			Address: pii.NewAddress(pii.Region{Province: "广东", City: "广州市", District: "海珠区"}, "演示路1号"),
		},
		Parcels: []waybill.Parcel{{Barcode: "JDVC00000000001", Index: 1, Count: 1}},
	}}
	d, err := client.Rendered(t.Context(), l, cloudprint.PNG)
	if err != nil || d.Kind != cloudprint.PDF {
		t.Fatalf("Rendered = %v, %v", d, err)
	}
	for _, g := range []scene.Grid{scene.DPI203, scene.DPI300} {
		f := cloudprint.Frame{Grid: g, Width: scene.MM(sheet.Width), Height: scene.MM(sheet.Height)}
		m, err := d.Image(t.Context(), l, f)
		if err != nil {
			t.Fatalf("%v dots: %v", g, err)
		}
		codes := pdfin.FindCodes(m, g, "JDVC00000000001")
		if len(codes) != 1 || g == scene.DPI203 && !codes[0].Whole {
			t.Errorf("%v dots: %+v", g, codes)
		}
	}
	l.Number, l.Parcels[0].Barcode = "JDVC00000000002", "JDVC00000000002"
	if _, err := d.Image(t.Context(), l, cloudprint.Frame{Grid: scene.DPI203, Width: scene.MM(76), Height: scene.MM(130)}); notice.CodeOf(err) != "rendered-barcode" {
		t.Errorf("the label of another parcel: %v", err)
	}
}
