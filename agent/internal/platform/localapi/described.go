package localapi

import "time"

// NewOrder describes an order as programs hand it in. It is there for the
// description of the interface: it is never filled, so that no name stands in a
// text that prints.
type NewOrder struct {
	ID         string       `json:"id" maxLength:"50" doc:"Its number where it comes from: letters, digits, dots and dashes; no telephone number. The same number is the same order"`
	State      string       `json:"state,omitempty" enum:"to-ship,cancelled" doc:"to-ship if left out. A cancelled order needs nothing but its id"`
	Receiver   *NewReceiver `json:"receiver,omitempty" doc:"Whom it goes to; an order that is to ship must say it"`
	Items      []NewItem    `json:"items,omitempty" maxItems:"200"`
	Remark     string       `json:"remark,omitempty" maxLength:"500" doc:"The buyer's"`
	Note       string       `json:"note,omitempty" maxLength:"500" doc:"The seller's; routes may look into it"`
	Price      int64        `json:"price,omitempty" minimum:"0" maximum:"9999999999" doc:"In fen: 5900 is 59.00 yuan"`
	Collect    int64        `json:"collect,omitempty" minimum:"0" maximum:"9999999999" doc:"What the courier takes from the receiver, 代收货款, in fen"`
	Insured    int64        `json:"insured,omitempty" minimum:"0" maximum:"9999999999" doc:"The declared value, 保价, in fen"`
	Parcels    int          `json:"parcels,omitempty" minimum:"1" maximum:"99" doc:"In how many boxes it goes out; 1 if left out"`
	SignReturn string       `json:"sign_return,omitempty" enum:"paper,checked,electronic,both" doc:"Which signed receipt comes back, 签单返还"`
	PaidAt     time.Time    `json:"paid_at,omitzero" doc:"When it was paid: it must ship within 48 h. The moment of handing it in if left out"`
	Shop       string       `json:"shop,omitempty" maxLength:"100" doc:"The shop that sold it, for the label"`
	Merchant   string       `json:"merchant,omitempty" enum:"SOP,FBP,FCS" doc:"SOP if left out"`
	Shipment   string       `json:"shipment,omitempty" maxLength:"50" doc:"A word that routes may ask for"`
	AfterSales bool         `json:"after_sales,omitempty" doc:"An after-sales service order, 售后服务单: its virtual number lives 15 days unless virtual_until says otherwise"`
}

// NewReceiver describes whom an order goes to.
type NewReceiver struct {
	Name         string    `json:"name" maxLength:"100"`
	Phone        string    `json:"phone" maxLength:"40" doc:"The real number, or a virtual one with its extension: 17000000000-4740"`
	Extension    string    `json:"extension,omitempty" maxLength:"6" doc:"Of a virtual number, where it does not stand behind the number: 3 to 6 digits"`
	VirtualUntil time.Time `json:"virtual_until,omitzero" doc:"Until when a virtual number lives"`
	Province     string    `json:"province,omitempty" maxLength:"50"`
	City         string    `json:"city,omitempty" maxLength:"50"`
	District     string    `json:"district,omitempty" maxLength:"50"`
	Town         string    `json:"town,omitempty" maxLength:"50"`
	Address      string    `json:"address" maxLength:"300" doc:"What stands behind the district; or all in one line, which is divided here"`
}

// NewItem describes one kind of goods in an order.
type NewItem struct {
	Name     string `json:"name" maxLength:"300"`
	SKU      string `json:"sku,omitempty" maxLength:"100"`
	Quantity int    `json:"quantity,omitempty" minimum:"1" maximum:"99999" doc:"1 if left out"`
}
