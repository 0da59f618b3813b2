package config

import (
	"time"

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
			OrderStates: []string{"WAIT_SELLER_STOCK_OUT", "LOCKED", "POP_ORDER_PAUSE", "PAUSE", "TRADE_CANCELED"},
			Timeout:     Duration{15 * time.Second},
		},
		Express: Express{
			SalePlatform:    "0010001",
			PromiseTimeType: 1,
			TransType:       1,
			GoodsType:       1,
			Weight:          1,
		},
		Labels:  Labels{JDExpress: "jd-express-76x130", Wujie: "wujie-76x130"},
		Print:   Print{Auto: true, Fresh: Duration{time.Minute}, Phone: waybill.PhoneReal},
		Privacy: Privacy{PurgeAfter: Duration{24 * time.Hour}, PurgeUnknownAfter: Duration{72 * time.Hour}},
		Shipped: Shipped{When: "scan"},
		Listen:  Listen{Address: "127.0.0.1:0"},
		Log:     Log{Level: "info", Format: "text", MaxSizeMB: 10, Files: 5},
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
	}
	for i := range c.Printers {
		p := &c.Printers[i]
		language, confirm := "escpos", "process-id"
		if scheme(p.URL) == "cups" {
			language = "page"
		}
		set(&p.Language, language)
		if p.Language == "page" {
			confirm = "none"
		}
		set(&p.Confirm, confirm)
		set(&p.DotsPerMM, 8)
		set(&p.Media, "label")
		set(&p.BandRows, 128)
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
