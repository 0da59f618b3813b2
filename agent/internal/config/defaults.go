package config

import (
	"time"

	"miandan/agent/internal/order"
	"miandan/printer/winspool"
	"miandan/templates/waybill"
)

// Default returns the settings of an empty file.
func Default() *Config {
	return &Config{
		JD: JD{
			Gateway:   "https://api.jd.com/routerjson",
			PollEvery: Duration{20 * time.Second},
			LookBack:  Duration{7 * 24 * time.Hour},
			PageSize:  50,
			// Besides the orders to ship, those that must stop a label that waits.
			OrderStates: []string{"WAIT_SELLER_STOCK_OUT", "LOCKED", "POP_ORDER_PAUSE", "PAUSE", "TRADE_CANCELED", "PARENT_TRADE_CANCELED"},
			Timeout:     Duration{15 * time.Second},
			Merchant:    "SOP",
			// How JD marks these is not public.
			RegularMarks:      []string{"orderMarkDesc.regularPlan", "orderMarkDesc.定期购"},
			SubscriptionWords: []string{"期刊订阅", "杂志订阅", "报刊订阅", "报纸订阅", "全年订阅", "半年订阅", "全年订购", "半年订购", "全年杂志", "跨年订阅"},
			PauseIgnored:      []string{},
			OAuth:             "https://open-oauth.jd.com",
			OAID:              OAID{Batch: 50, BindWait: Duration{time.Second}},
		},
		JDL: JDL{
			Gateway: "https://api.jdl.com", Algorithm: "md5-salt", Timeout: Duration{15 * time.Second},
			OAuth: "https://oauth.jdl.com", RenewPath: "/oauth/refresh",
		},
		Express: Express{
			By:              "jos",
			Way:             Own,
			SalePlatform:    "0010001",
			PromiseTimeType: 1,
			TransType:       1,
			GoodsType:       1,
			Weight:          1,
			ECAP: ECAP{
				Domain: "ECAP", Origin: 1, Product: "ed-m-0001", Settle: 3,
				Collect: "ed-a-0009", Insured: "ed-a-0002", SignReturn: "ed-a-0010",
			},
		},
		CloudPrint: CloudPrint{
			By: "jos", Domain: "jdcloudprint", POP: true, Paper: Paper{76_000, 130_000},
			Render: CloudRender{PNG: []string{"1", "1", "2"}, PDF: []string{"1", "1", "1"}, FileHosts: []string{}},
		},
		Labels: Labels{Paper: Paper{76_000, 130_000}},
		Print:  Print{Auto: true, Fresh: Duration{time.Minute}, Offline: "hold", Phone: waybill.PhoneReal, WavePatience: Duration{30 * time.Second}, WarnAhead: Duration{order.WarnAhead}},
		Privacy: Privacy{
			PurgeAfter: Duration{24 * time.Hour}, PurgeUnknownAfter: Duration{72 * time.Hour}, History: Duration{180 * 24 * time.Hour},
			Reveals: Reveals{Packer: 20, Lead: 100, Admin: -1}, ExportMost: 1000,
		},
		Shipped: Shipped{When: "scan"},
		Listen:  Listen{Address: "127.0.0.1:0", Open: true},
		Fleet:   Fleet{Ahead: 4, Lot: 5, Rate: defaultRate},
		Compat: Compat{
			Cainiao: CompatCainiao{Port: 13528, Notices: "0.x", Version: "1.5.3.0", Preview: true, TemplateHosts: []string{}},
			JD:      CompatJD{Port: 9113, Preview: true, TemplateHosts: []string{}},
		},
		Update: Update{Check: "never"},
		Log:    Log{Level: "info", Format: "text", MaxSizeMB: 10, Files: 5},
	}
}

// fillIn gives the entries of lists what they leave out; a list has no entries
// in Default.
func (c *Config) fillIn() {
	for i := range c.Wujie {
		w := &c.Wujie[i]
		set(&w.SalePlatform, "0010001")
		set(&w.WaybillType, 1)
		set(&w.VendorCode, c.JD.VenderID)
		set(&w.VendorName, c.JD.Shop)
		set(&w.Weight, 1)
		set(&w.Way, Own)
		set(&w.Family, "alpha")
		set(&w.CollectPayType, 1)
		set(&w.StockWarning, 100)
	}
	for i := range c.Accounts {
		a := &c.Accounts[i]
		set(&a.Name, a.Carrier)
		set(&a.Shop, c.JD.Shop)
		set(&a.Weight, 1)
		set(&a.Way, Own)
		set(&a.StockWarning, 100)
	}
	for i := range c.Folders {
		f := &c.Folders[i]
		set(&f.Name, "folder")
		set(&f.Merchant, "SOP")
		set(&f.PollEvery, Duration{5 * time.Second})
		set(&f.KeepWrong, Duration{7 * 24 * time.Hour})
	}
	for i := range c.Printers {
		p := &c.Printers[i]
		language := "escpos"
		switch s := scheme(p.URL); {
		case s == "cups":
			language = "page"
		case s == winspool.Scheme:
			language = "page"
			set(&p.Confirm, "none") // a queue of Windows brings no word back
		case printComponent(p.URL):
			language = "sealed"
		}
		set(&p.Language, language)
		set(&p.Status, "ask")
		if p.Status == "never" {
			set(&p.Confirm, "none")
		}
		set(&p.Confirm, confirmations(p.Language)[0])
		set(&p.DotsPerMM, 8)
		set(&p.Media, "label")
		set(&p.BandRows, 128)
		set(&p.Gap, 2)
		set(&p.DialTimeout, Duration{5 * time.Second})
		set(&p.SendTimeout, Duration{30 * time.Second})
		set(&p.ConfirmTimeout, Duration{20 * time.Second})
	}
}

func set[T comparable](to *T, value T) {
	var zero T
	if *to == zero {
		*to = value
	}
}
