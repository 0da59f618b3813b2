package app

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"miandan/agent/internal/carrier"
	wujie "miandan/agent/internal/carrier/jd"
	"miandan/agent/internal/carrier/jdl"
	"miandan/agent/internal/config"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/jos/tde"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform/jd"
	"miandan/agent/internal/seal"
	"miandan/templates/pdfin"
)

// addJD puts JD's orders and carriers into the station, as far as the settings
// have them. What reads ready labels is kept in the data folder.
func addJD(s *dispatch.Station, c *config.Config, keys seal.Keystore, data string) error {
	if !c.UsesJD() {
		return nil
	}
	a, err := openAccounts(c, keys, func(err error) { s.Say(dispatch.Notice(err)) })
	if err != nil {
		return err
	}
	a.now, a.jos.Now = s.Clock, s.Clock
	if c.JD.Enabled {
		source, err := a.source()
		if err != nil {
			return err
		}
		source.Kept = func(ctx context.Context, k order.Key) (order.Order, error) {
			o, _, err := s.Ledger.Order(ctx, k)
			return o, err
		}
		s.Sources[jd.Name] = source
	}
	if c.Express.Enabled {
		s.Issuers[config.JDExpress] = a.express()
	}
	for _, w := range c.Wujie {
		s.Issuers[w.Name()] = a.wujie(w)
	}
	documents := a.cloudPrint()
	documents.Reader = reader(data)
	s.Documents = documents
	return nil
}

// reader makes dots of ready PDFs.
func reader(data string) *pdfin.Reader {
	return &pdfin.Reader{Cache: filepath.Join(data, "cache", "pdf")}
}

func (a *accounts) source() (*jd.Source, error) {
	c := a.config.JD
	voucher, err := voucherKey(c.Voucher)
	if err != nil {
		return nil, err
	}
	return &jd.Source{
		Client: a.jos, Vault: &tde.Vault{Gateway: a.jos, Issuer: voucher, Trouble: a.say}, States: c.OrderStates, PageSize: c.PageSize,
		LookBack: c.LookBack.Duration, CarrierIDs: c.CarrierIDs, VenderID: c.VenderID, Merchant: order.Merchant(c.Merchant),
		RegularPlans: c.RegularPlans, RegularMarks: c.RegularMarks, SubscriptionWords: c.SubscriptionWords, PauseIgnored: c.PauseIgnored,
		OAID: jd.OAID{
			Off: c.OAID.Off, By: c.OAID.By, OrderType: c.OAID.OrderType, AppName: c.OAID.AppName, Region: c.OAID.Region,
			Scene: c.OAID.Scene, ClickScene: c.OAID.ClickScene, Expiration: c.OAID.Expiration, Batch: c.OAID.Batch, BindWait: c.OAID.BindWait.Duration,
		},
		Trouble: a.say, Now: a.now,
	}, nil
}

// express is the contract with JD Express, by whichever platform.
func (a *accounts) express() carrier.Issuer {
	x, sender := a.config.Express, a.config.Sender.Party()
	classic := &jdl.Issuer{
		Client: a.jos, CustomerCode: x.CustomerCode, Shop: a.config.JD.Shop, SalePlatform: x.SalePlatform, PromiseTime: x.PromiseTimeType,
		TransType: x.TransType, GoodsType: x.GoodsType, WarehouseCode: x.WarehouseCode, Weight: x.Weight, Volume: x.Volume,
		Sender: sender, CheckRange: x.CheckRange, SameNumberAgain: x.SameNumberAgain, Now: a.now,
	}
	if x.By != "lop" {
		return classic
	}
	e := x.ECAP
	return &jdl.ECAP{
		Client: a.lop, Domain: e.Domain, CustomerCode: x.CustomerCode, BusinessUnit: e.BusinessUnit, Origin: e.Origin, Product: e.Product,
		Settle: e.Settle, Channel: x.SalePlatform, PickupType: e.PickupType, DeliveryType: e.DeliveryType, Shop: a.config.JD.Shop,
		Warehouse: x.WarehouseCode, Weight: x.Weight, Volume: x.Volume, Sender: sender,
		Added:     jdl.Added{Collect: e.Collect, Insured: e.Insured, SignReturn: e.SignReturn},
		OAIDField: e.OAIDField, Precheck: e.Precheck, Reserve: e.Reserve, SameNumberAgain: x.SameNumberAgain, Routing: classic, Now: a.now,
	}
}

// wujie is the contract with one carrier through the Wujie e-waybill.
func (a *accounts) wujie(w config.Wujie) carrier.Issuer {
	classic := wujie.Issuer{
		Client: a.jos, ProviderCode: w.ProviderCode, ProviderName: w.ProviderName, ProviderID: w.ProviderID,
		BranchCode: w.BranchCode, SettlementCode: w.SettlementCode, VendorCode: w.VendorCode, VendorName: w.VendorName,
		SalePlatform: w.SalePlatform, WaybillType: w.WaybillType, ExpressType: w.ExpressType, ExpressPay: w.ExpressPay,
		Weight: w.Weight, Volume: w.Volume, CollectPayType: w.CollectPayType, CheckOutage: w.CheckOutage,
		Sender: a.config.Sender.Party(), SenderRegions: regions(a.config.Sender), SameNumberAgain: w.SameNumberAgain, Now: a.now,
	}
	if w.Family == "ewaybill" {
		return &wujie.Ewaybill{Issuer: classic, Together: w.Together, SignReturnService: w.SignReturnService}
	}
	return &classic
}

func regions(s config.Sender) order.RegionIDs {
	return order.RegionIDs{Province: s.ProvinceID, City: s.CityID, District: s.DistrictID, Town: s.TownID}
}

// Check is one thing that was tried at JD.
type Check struct {
	What string        // "jd", or a carrier as routes name it
	Says notice.Phrase // what is well; for people
	Err  error
}

// CheckJD tries what the settings need of JD, without changing anything there:
// reading orders, and for each carrier its contract, its stock, and whether the
// way to its labels can be gone.
func CheckJD(ctx context.Context, c *config.Config, keys seal.Keystore) []Check {
	a, err := openAccounts(c, keys, nil)
	if err != nil {
		return []Check{{What: "jd", Err: err}}
	}
	var all []Check
	if c.JD.Enabled {
		all = append(all, a.checkOrders(ctx))
	}
	if c.Express.Enabled {
		all = append(all, a.checkWay(ctx, config.JDExpress, "JD", c.Express.Way))
	}
	for _, w := range c.Wujie {
		all = append(all, a.checkContract(ctx, w), a.checkWay(ctx, w.Name(), w.ProviderCode, w.Way))
	}
	return all
}

// checkOrders asks the gateway for the shop's orders of the last minute: that
// needs the network, the app, its secret, the token and the permission.
func (a *accounts) checkOrders(ctx context.Context) Check {
	source, err := a.source()
	if err == nil {
		source.LookBack = time.Minute
		_, _, err = source.Orders(ctx, "")
	}
	return Check{What: "jd", Says: notice.Phrase{"the gateway answers and knows this shop", "网关有应答，店铺有效"}, Err: err}
}

func (a *accounts) checkContract(ctx context.Context, w config.Wujie) Check {
	check := Check{What: w.Name()}
	issuer := a.wujie(w)
	contracts, ok := issuer.(interface {
		carrier.Contracts
		Signed([]carrier.Contract) (carrier.Contract, error)
	})
	if !ok {
		return check
	}
	list, err := contracts.Contracts(ctx)
	if err == nil {
		_, err = contracts.Signed(list)
	}
	if err != nil {
		check.Err = err
		return check
	}
	check.Says = notice.Phrase{"the contract is signed", "已签约"}
	if b, ok := issuer.(carrier.Balance); ok {
		n, err := b.Balance(ctx)
		switch {
		case errors.Is(err, carrier.ErrUncounted):
		case err != nil:
			check.Err = err
		case n < w.StockWarning:
			check.Err = notice.New("stock-low", nil, w.Name(), n)
		}
	}
	return check
}
