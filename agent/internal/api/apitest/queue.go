package apitest

import (
	"cmp"
	"slices"
	"strings"

	"miandan/agent/internal/api"
)

// chosen returns the rows that a query asks for, and how many more wait or print.
func chosen(rows []api.Row, q api.QueueQuery) (shown []api.Row, more int) {
	limit := cmp.Or(q.Limit, 200)
	find := strings.ToUpper(q.Find)
	count := map[string]int{}
	for _, r := range rows {
		if q.Carrier != "" && q.Carrier != r.Carrier || find != "" && !strings.Contains(strings.ToUpper(r.Order+" "+r.Waybill), find) {
			continue
		}
		kind := "waiting"
		switch r.State {
		case api.Unknown, api.NumberUnknown:
			kind = "person"
		case api.Refused, api.Cancelled:
			kind = "refused"
		case api.Done:
			kind = "done"
		}
		if count[kind]++; count[kind] <= limit {
			shown = append(shown, r)
		}
	}
	return shown, max(0, count["waiting"]-limit)
}

// carriers counts whose labels wait.
func carriers(rows []api.Row) (list []api.CarrierCount) {
	for _, r := range rows {
		if r.State != api.Waiting || r.Carrier == "" {
			continue
		}
		i := slices.IndexFunc(list, func(c api.CarrierCount) bool { return c.Carrier == r.Carrier })
		if i < 0 {
			i = len(list)
			list = append(list, api.CarrierCount{Carrier: r.Carrier, Name: r.CarrierName})
		}
		list[i].Waiting++
	}
	return list
}
