package apitest

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/privacy"
	"miandan/templates/pii"
)

// Orders lists the rows that are neither done nor cancelled.
func (s *Station) Orders(ctx context.Context, of api.OrdersQuery) (list []api.Row, more bool, err error) {
	q, err := s.Queue(ctx, api.QueueQuery{Find: of.Find, Carrier: of.Carrier})
	rows := slices.DeleteFunc(q.Rows, func(r api.Row) bool { return r.State == api.Done || r.State == api.Cancelled })
	slices.SortFunc(rows, func(a, b api.Row) int { return cmp.Or(a.Deadline.Compare(b.Deadline), cmp.Compare(a.Order, b.Order)) })
	if more = of.Limit > 0 && len(rows) > of.Limit; more {
		rows = rows[:of.Limit]
	}
	return rows, more, err
}

// Reveal shows an invented person. The order 1004200026 has a virtual number,
// the others have none.
func (s *Station) Reveal(_ context.Context, a api.Reveal) (r api.Revealed, err error) {
	err = s.act(fmt.Sprintf("reveal %s by %s", a.Order, a.Who), func() error {
		if s.row(func(r api.Row) bool { return r.Order == a.Order }) == nil {
			return notice.New("order-not-found", api.ErrNotFound, a.Order)
		}
		r = api.Revealed{Order: a.Order, Name: "张三丰年", Address: "北京市朝阳区演示路1号"}
		if a.Order != "1004200026" {
			r.Refusal = &api.Refusal{Code: privacy.NoticeNotVirtual, Args: []any{a.Order}}
			return nil
		}
		r.Call = &privacy.Call{
			Main: "17000000000", Extension: "4740", Tel: "tel:17000000000,,4740%23", SMSBegin: "#4740#", SMS: "sms:17000000000?body=%234740%23",
		}
		return nil
	})
	return r, err
}

// Export lists the rows. There is no number package.
func (s *Station) Export(_ context.Context, a api.Export) (list []api.Exported, err error) {
	err = s.act(fmt.Sprintf("export %s of %d days by %s", a.Form, a.Days, a.Who), func() error {
		if err := a.Form.May(false); err != nil {
			return err
		}
		for _, r := range s.queue.Rows {
			e := api.Exported{Order: r.Order, State: r.State, Carrier: r.Carrier, CarrierName: r.CarrierName, Waybill: r.Waybill, Deadline: r.Deadline}
			if a.Form != privacy.WithoutReceiver {
				e.Receiver = &api.Receiver{Name: pii.NewName("张三丰年").String(), Phone: r.Phone.String(), Address: r.Address.String()}
			}
			list = append(list, e)
		}
		return nil
	})
	return list, err
}
