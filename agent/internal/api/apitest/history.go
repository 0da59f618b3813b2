package apitest

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"miandan/agent/internal/api"
)

var _ api.Historian = (*Station)(nil)

// History finds rows of the queue, the newest first. What next says is the place
// in that list.
func (s *Station) History(_ context.Context, q api.HistoryQuery) (h api.History, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return h, s.fail
	}
	rows := slices.DeleteFunc(slices.Clone(s.queue.Rows), func(r api.Row) bool { return !fits(r, q) })
	slices.SortFunc(rows, func(a, b api.Row) int { return cmp.Or(b.Since.Compare(a.Since), cmp.Compare(a.Order, b.Order)) })
	from, _ := strconv.Atoi(q.Before)
	rows = rows[min(from, len(rows)):]
	if most := cmp.Or(q.Limit, 50); len(rows) > most {
		rows, h.Next = rows[:most], strconv.Itoa(from+most)
	}
	h.Rows = rows
	return h, nil
}

func fits(r api.Row, q api.HistoryQuery) bool {
	find := strings.ToUpper(q.Find)
	return (find == "" || strings.HasPrefix(r.Order, find) || strings.HasPrefix(strings.ToUpper(r.Waybill), find)) &&
		(q.State == "" || r.State == q.State) && (q.Carrier == "" || r.Carrier == q.Carrier) && (q.Printer == "" || r.Printer == q.Printer) &&
		(q.From.IsZero() || !r.Since.Before(q.From)) && (q.To.IsZero() || r.Since.Before(q.To))
}
