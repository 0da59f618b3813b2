package order

import "miandan/templates/waybill"

// Services are what an order's parcels are sent with besides being carried. The
// zero value is one parcel with none of them.
type Services struct {
	// Collect is what the courier takes from the receiver, 代收货款; 0 is nothing.
	Collect Money `json:"collect,omitempty"`
	// Insured is the declared value, 保价; 0 is not insured.
	Insured Money `json:"insured,omitempty"`
	// SignReturn is which signed receipt comes back to the sender, 签单返还.
	SignReturn SignReturn `json:"sign_return,omitempty"`
	// Parcels is how many boxes the order goes out in; 0 stands for one.
	Parcels int `json:"parcels,omitempty"`
}

// SignReturn is JD's number for a signed receipt that comes back. JD says 0 to
// 4; what 2, 3 and 4 mean is remembered, not documented.
type SignReturn uint8

// The receipts.
const (
	NoReturn         SignReturn = iota
	PaperReturn                 // 普通返单
	CheckedReturn               // 校验身份返单
	ElectronicReturn            // 电子返单
	BothReturn                  // 电子返单 and 普通返单
)

// Boxes returns how many labels the order needs, at least one.
func (s Services) Boxes() int { return max(s.Parcels, 1) }

// Mark writes onto a waybill what its label must say of the services.
func (s Services) Mark(w *waybill.Waybill) {
	w.Collect, w.Insured, w.SignReturn = waybill.Fen(s.Collect), waybill.Fen(s.Insured), s.SignReturn != NoReturn
}
