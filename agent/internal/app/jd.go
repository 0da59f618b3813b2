package app

import (
	"context"
	"time"

	wujie "miandan/agent/internal/carrier/jd"
	"miandan/agent/internal/carrier/jdl"
	"miandan/agent/internal/config"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/tde"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/platform/jd"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
)

// addJD puts JD's orders and carriers into the station, as far as the settings
// have them.
func addJD(s *dispatch.Station, c *config.Config, keys seal.Keystore) error {
	if !c.JD.Enabled && len(c.Carriers()) == 0 {
		return nil
	}
	client, err := jdClient(c, keys)
	if err != nil {
		return err
	}
	if c.JD.Enabled {
		s.Sources[jd.Name] = jdSource(c, client)
	}
	sender := c.Sender.Party()
	if x := c.Express; x.Enabled {
		s.Issuers[config.JDExpress] = &jdl.Issuer{
			Client: client, CustomerCode: x.CustomerCode, Shop: c.JD.Shop, SalePlatform: x.SalePlatform, PromiseTime: x.PromiseTimeType,
			TransType: x.TransType, GoodsType: x.GoodsType, WarehouseCode: x.WarehouseCode, Weight: x.Weight, Volume: x.Volume,
			Sender: sender, SameNumberAgain: x.SameNumberAgain, Now: time.Now,
		}
	}
	for _, w := range c.Wujie {
		s.Issuers[w.Name()] = &wujie.Issuer{
			Client: client, ProviderCode: w.ProviderCode, ProviderName: w.ProviderName, ProviderID: w.ProviderID,
			BranchCode: w.BranchCode, SettlementCode: w.SettlementCode, VendorCode: w.VendorCode, VendorName: w.VendorName,
			SalePlatform: w.SalePlatform, WaybillType: w.WaybillType, ExpressType: w.ExpressType, ExpressPay: w.ExpressPay,
			Weight: w.Weight, Volume: w.Volume, Sender: sender, SenderRegions: regions(c.Sender), SameNumberAgain: w.SameNumberAgain, Now: time.Now,
		}
	}
	return nil
}

func regions(s config.Sender) order.RegionIDs {
	return order.RegionIDs{Province: s.ProvinceID, City: s.CityID, District: s.DistrictID, Town: s.TownID}
}

func jdClient(c *config.Config, keys seal.Keystore) (*jos.Client, error) {
	appSecret, err := seal.Secret(keys, secret.JDAppSecret)
	if err != nil {
		return nil, err
	}
	token, err := seal.Secret(keys, secret.JDAccessToken)
	if err != nil {
		return nil, err
	}
	return &jos.Client{
		Gateway: c.JD.Gateway, AppKey: c.JD.AppKey, AppSecret: appSecret, AccessToken: token,
		HTTP: &outbound.Client{Timeout: c.JD.Timeout.Duration},
	}, nil
}

func jdSource(c *config.Config, client *jos.Client) *jd.Source {
	return &jd.Source{
		Client: client, Vault: &tde.Vault{Gateway: client}, States: c.JD.OrderStates, PageSize: c.JD.PageSize,
		LookBack: c.JD.LookBack.Duration, CarrierIDs: c.JD.CarrierIDs, Now: time.Now,
	}
}

// CheckJD asks the gateway for the shop's orders of the last minutes: that
// needs the network, the app, its secret, the token and the permission.
func CheckJD(ctx context.Context, c *config.Config, keys seal.Keystore) error {
	client, err := jdClient(c, keys)
	if err != nil {
		return err
	}
	source := jdSource(c, client)
	source.LookBack = time.Minute
	_, _, err = source.Orders(ctx, "")
	return err
}
