package jd

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
	"miandan/templates/waybill"
)

// Route implements carrier.Router by the big-shot query, 大头笔.
func (i *Issuer) Route(ctx context.Context, w *waybill.Waybill) error {
	r, err := i.sorting(ctx, w.Number)
	if err != nil {
		return err
	}
	b := r.Data.value
	if r.Status != done || b.Code == "" && b.Name == "" {
		return jos.Broken(bigShot, "no routing, statusCode "+outbound.Code(string(r.Status)))
	}
	code := slices.DeleteFunc([]string{b.Code, b.Second, b.Third}, func(s string) bool { return s == "" })
	w.Routing = waybill.Routing{
		Code: strings.Join(code, "-"), Name: b.Name, Hub: b.Hub, HubCode: b.HubCode,
		Site: b.ToBranch, Road: b.Road, OriginBranch: b.FromBranch,
	}
	if w.Routing.Site == "" {
		w.Routing.Site = b.Branch
	}
	return nil
}

func (i *Issuer) sorting(ctx context.Context, n waybill.Number) (reply[oneOf[sorting]], error) {
	var answer answer[oneOf[sorting]]
	err := i.Client.Read(ctx, bigShot, map[string]any{
		"waybillCode": string(n), "providerId": i.ProviderID, "providerCode": i.ProviderCode,
	}, &answer)
	return answer.result(), err
}

// Prove implements carrier.Prover by the big-shot query: the family has a query
// of waybills too, but what that answers is not public.
func (i *Issuer) Prove(ctx context.Context, n waybill.Number) error {
	r, err := i.sorting(ctx, n)
	switch {
	case err != nil:
		return err
	case r.Status == "":
		return jos.Broken(bigShot, "no statusCode")
	case r.Status != done && carrier.Troubled(r.Words):
		return trouble(bigShot, r.Status, r.Words)
	case r.Status != done:
		return notice.New("number-not-known", nil, string(n), carrier.Words(r.Words, waybill.Party{}))
	}
	return nil
}

// oneOf reads an object, or the first of a list of them.
type oneOf[T any] struct{ value T }

func (o *oneOf[T]) UnmarshalJSON(b []byte) error {
	var list []T
	if json.Unmarshal(b, &list) == nil {
		if len(list) > 0 {
			o.value = list[0]
		}
		return nil
	}
	if err := json.Unmarshal(b, &o.value); err != nil {
		return errors.New("neither an object nor a list")
	}
	return nil
}

// sorting is what the big-shot query gives, 大头笔.
type sorting struct {
	Name       string `json:"bigShotName"`
	Code       string `json:"bigShotCode"`
	Hub        string `json:"gatherCenterName"`
	HubCode    string `json:"gatherCenterCode"`
	Branch     string `json:"branchName"`
	Second     string `json:"secondSectionCode"`
	Third      string `json:"thirdSectionCode"`
	Road       string `json:"road"`
	FromBranch string `json:"fromBranchName"`
	ToBranch   string `json:"toBranchName"`
}
