package privacy

import (
	"fmt"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
)

// Form is what an export says of receivers.
type Form string

// The three forms that JD allows.
const (
	WithoutReceiver Form = "none"
	Masked          Form = "masked"
	WithVirtual     Form = "virtual"
)

// Forms lists them.
func Forms() []Form { return []Form{WithoutReceiver, Masked, WithVirtual} }

// ParseForm reads a form's name.
func ParseForm(s string) (Form, error) {
	for _, f := range Forms() {
		if s == string(f) {
			return f, nil
		}
	}
	return "", fmt.Errorf("no form of export is called %q; there are none, masked and virtual", s)
}

// May reports why the shop may not export in a form: virtual numbers need the
// platform's paid number package.
func (f Form) May(numberPackage bool) error {
	if f == WithVirtual && !numberPackage {
		return notice.New(NoticePackage, nil)
	}
	return nil
}

// Row is what an export says of one receiver.
type Row struct {
	Name, Phone, Address string
	Until                time.Time // of a virtual number, if known
	// Why says why there is no number although the form asks for one; it takes
	// the order's number.
	Why notice.Code
}

// Row returns an order's receiver as the form has it. A number that has ended
// is masked, and a real one always is.
func (f Form) Row(o order.Order, s Situation, now time.Time) Row {
	r := o.Receiver
	switch f {
	case Masked:
		return Row{Name: r.Name.String(), Phone: r.Phone.String(), Address: r.Address.String()}
	case WithVirtual:
		shown := Click(o, s, now)
		if shown.Call == nil {
			return Row{Name: shown.Name, Phone: r.Phone.String(), Address: shown.Address, Why: shown.Why}
		}
		return Row{Name: shown.Name, Phone: shown.Call.Main + "-" + shown.Call.Extension, Address: shown.Address, Until: o.VirtualUntil}
	}
	return Row{}
}
