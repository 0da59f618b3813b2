package jd

import (
	"encoding/json"
	"slices"
	"strings"

	"miandan/agent/internal/jos"
	"miandan/templates/waybill"
)

// DefaultRegularMarks mark the orders of regular purchases, 定期购. How JD marks
// them among its orders is not public; these are guesses.
func DefaultRegularMarks() []string {
	return []string{"orderMarkDesc.regularPlan", "orderMarkDesc.定期购"}
}

// DefaultSubscriptionWords in a name of goods say that later issues follow. JD
// has no public mark for it, so the words are guesses.
func DefaultSubscriptionWords() []string {
	return []string{"期刊订阅", "杂志订阅", "报刊订阅", "报纸订阅", "全年订阅", "半年订阅", "全年订购", "半年订购", "全年杂志", "跨年订阅"}
}

// marks are an order's markings by name. JD sends an object, or JSON text of
// one; whatever else comes is none.
type marks map[string]string

func (m *marks) UnmarshalJSON(b []byte) error {
	var inner string
	if json.Unmarshal(b, &inner) == nil {
		b = []byte(inner)
	}
	var all map[string]json.RawMessage
	if json.Unmarshal(b, &all) != nil {
		return nil
	}
	*m = marks{}
	for name, value := range all {
		var t jos.Text
		if json.Unmarshal(value, &t) == nil {
			(*m)[name] = string(t)
		}
	}
	return nil
}

// has reports whether a mark is set: name, which any value but 0 and false
// does, or name=value.
func (m marks) has(mark string) bool {
	name, want, exact := strings.Cut(mark, "=")
	v, ok := m[name]
	if exact {
		return ok && v == want
	}
	return ok && v != "" && v != "0" && v != "false"
}

// regular reports whether an order belongs to a regular purchase.
func (s *Source) regular(i orderInfo) bool {
	wanted := s.RegularMarks
	if wanted == nil {
		wanted = DefaultRegularMarks()
	}
	return slices.ContainsFunc(wanted, func(w string) bool {
		if mark, ok := strings.CutPrefix(w, "orderMarkDesc."); ok {
			return i.Marks.has(mark)
		}
		mark, ok := strings.CutPrefix(w, "sendpayMap.")
		return ok && i.SendPay.has(mark)
	})
}

// subscription reports whether later issues of what was bought follow.
func (s *Source) subscription(items []waybill.Item) bool {
	words := s.SubscriptionWords
	if words == nil {
		words = DefaultSubscriptionWords()
	}
	return slices.ContainsFunc(items, func(i waybill.Item) bool { return mentions(i.Name, words...) })
}

// pauses are the reasons for which JD holds an order up. An unknown form of
// them holds nothing up: the order's state does that too.
type pauses struct{ status []string }

func (p *pauses) UnmarshalJSON(b []byte) error {
	var info struct {
		Status []jos.Text `json:"pauseBizStatusList"`
	}
	if json.Unmarshal(b, &info) != nil {
		return nil
	}
	for _, t := range info.Status {
		if t != "" {
			p.status = append(p.status, string(t))
		}
	}
	return nil
}

// held reports whether an order waits for a reason that counts. The reasons'
// numbers are not public: a parcel that waits in vain can still leave, one that
// should have waited cannot be called back.
func (s *Source) held(p pauses) bool {
	return slices.ContainsFunc(p.status, func(status string) bool { return !slices.Contains(s.PauseIgnored, status) })
}
