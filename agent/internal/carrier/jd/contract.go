package jd

import (
	"context"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/templates/pii"
)

const (
	signSuccess = "jingdong.ldop.alpha.provider.sign.success"
	stockQuery  = "jingdong.ldop.alpha.vendor.stock.queryByProviderCode"
)

// contractRow is a contract in JD's words, the same in both families.
type contractRow struct {
	ID             jos.Text `json:"providerId"`
	Code           string   `json:"providerCode"`
	Name           string   `json:"providerName"`
	Operation      jos.Text `json:"operationType"` // 1 直营, 2 加盟
	Collects       jos.Text `json:"supportCod"`
	BranchCode     jos.Text `json:"branchCode"`
	BranchName     string   `json:"branchName"`
	SettlementCode jos.Text `json:"settlementCode"`
	Amount         jos.Text `json:"amount"`
	Services       []struct {
		Code string `json:"serviceCode"`
	} `json:"valueAddedServices"`
	Address *contractAddress `json:"address"`
}

type contractAddress struct {
	ProvinceID jos.Text `json:"provinceId"`
	Province   string   `json:"provinceName"`
	CityID     jos.Text `json:"cityId"`
	City       string   `json:"cityName"`
	DistrictID jos.Text `json:"countryId"` // sic
	District   string   `json:"countryName"`
	TownID     jos.Text `json:"countrysideId"`
	Town       string   `json:"countrysideName"`
	Address    string   `json:"address"`
}

func (r contractRow) contract() carrier.Contract {
	c := carrier.Contract{
		ProviderCode: r.Code, ProviderName: r.Name, ProviderID: r.ID.Int(), Direct: r.Operation == "1",
		BranchCode: string(r.BranchCode), BranchName: r.BranchName, SettlementCode: string(r.SettlementCode),
		Amount: r.Amount.Int(), Collects: r.Collects.True(),
	}
	for _, s := range r.Services {
		c.Services = append(c.Services, s.Code)
	}
	if a := r.Address; a != nil {
		c.From = pii.NewAddress(pii.Region{Province: a.Province, City: a.City, District: a.District, Town: a.Town}, a.Address)
		c.FromIDs = order.RegionIDs{Province: a.ProvinceID.Int(), City: a.CityID.Int(), District: a.DistrictID.Int(), Town: a.TownID.Int()}
	}
	return c
}

// Contracts implements carrier.Contracts: all that the merchant has signed,
// with every carrier.
func (i *Issuer) Contracts(ctx context.Context) ([]carrier.Contract, error) {
	return i.contracts(ctx, signSuccess, map[string]any{"vendorCode": i.VendorCode})
}

func (i *Issuer) contracts(ctx context.Context, method string, params any) ([]carrier.Contract, error) {
	rows, err := rows[contractRow](ctx, i.Client, method, params)
	if err != nil {
		return nil, err
	}
	var list []carrier.Contract
	for _, r := range rows {
		list = append(list, r.contract())
	}
	return list, nil
}

// Signed returns the contract that the settings name, or an error with a
// sentence if JD knows none such.
func (i *Issuer) Signed(list []carrier.Contract) (carrier.Contract, error) {
	for _, c := range list {
		direct := i.SettlementCode != "" && c.SettlementCode == i.SettlementCode
		if c.ProviderCode == i.ProviderCode && (direct || i.BranchCode != "" && c.BranchCode == i.BranchCode) {
			return c, nil
		}
	}
	return carrier.Contract{}, notice.New("contract-missing", nil, i.ProviderCode)
}

// Balance implements carrier.Balance.
func (i *Issuer) Balance(ctx context.Context) (int, error) {
	if i.BranchCode == "" {
		return 0, carrier.ErrUncounted
	}
	type stock struct {
		Provider string   `json:"providerCode"`
		Branch   jos.Text `json:"branchCode"`
		Amount   jos.Text `json:"amount"`
	}
	rows, err := rows[stock](ctx, i.Client, stockQuery, map[string]any{
		"vendorCode": i.VendorCode, "providerCode": i.ProviderCode, "branchCode": i.BranchCode,
	})
	if err != nil {
		return 0, err
	}
	for _, r := range rows {
		if r.Provider == i.ProviderCode && (r.Branch == "" || string(r.Branch) == i.BranchCode) {
			return r.Amount.Int(), nil
		}
	}
	return 0, notice.New("contract-missing", nil, i.ProviderCode)
}

// rows reads a list that Wujie gives.
func rows[T any](ctx context.Context, c *jos.Client, method string, params any) ([]T, error) {
	var answer answer[[]T]
	if err := c.Read(ctx, method, params, &answer); err != nil {
		return nil, err
	}
	r := answer.result()
	if r.Status != done {
		return nil, jos.Broken(method, "statusCode "+outbound.Code(string(r.Status))+": "+outbound.Words(r.Words))
	}
	return r.Data, nil
}
