package yunda

import (
	"encoding/json"
	"strings"

	"miandan/agent/internal/jos"
	"miandan/templates/waybill"
)

// sheet is a label's data, pdf_info: JSON in a text, an object within two lists,
// [[{…},["0621",7]]]. One that cannot be read is empty: the account may have
// asked for encrypted data, and the number is good without.
type sheet map[string]json.RawMessage

// UnmarshalJSON reads the text, or what would be in it.
func (s *sheet) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		b = []byte(text)
	}
	*s = nil
	for range 4 {
		var list []json.RawMessage
		if json.Unmarshal(b, &list) != nil || len(list) == 0 {
			break
		}
		b = list[0]
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(b, &object) == nil {
		*s = object
	}
	return nil
}

// text returns a scalar, or nothing.
func (s sheet) text(key string) string {
	var t jos.Text
	if len(s[key]) == 0 || json.Unmarshal(s[key], &t) != nil {
		return ""
	}
	return strings.TrimSpace(string(t))
}

// first returns the first of several that says anything.
func (s sheet) first(keys ...string) string {
	for _, k := range keys {
		if t := s.text(k); t != "" {
			return t
		}
	}
	return ""
}

// apply puts a label's data onto a waybill of one parcel.
//
// Yunda's own page calls position the first segment of the code, position_no the
// second and third, and tp_status the fourth; samples show position as the
// destination in words, and the short code in bigpen_code. Each has a place of
// its own on the label, so that both are right.
func (s sheet) apply(w *waybill.Waybill) {
	w.Routing = waybill.Routing{
		Code: s.first("bigpen_code", "position_no", "position"),
		Name: s.text("position"), Inbound: s.text("position_no"), Road: s.text("tp_status"),
		Hub: s.text("package_wdjc"), HubCode: s.text("package_wd"), Mark: s.text("lattice_mouth_no"),
		Site: s.first("receiver_branch_jc", "receiver_branch"), OriginBranch: s.first("sender_branch_jc", "sender_branch"),
		QR: s.text("qrcode"),
	}
	if code := s.text("mailno_barcode"); code != "" {
		w.Parcels[0].Barcode = code
	}
	if strings.Contains(s.text("receiver_name"), "*") {
		w.HideName = true
	}
	if strings.Contains(s.text("receiver_mobile")+s.text("receiver_phone"), "*") {
		hidePhone(w)
	}
}

// hidePhone hides the receiver's phone. A virtual number has nothing to hide, and
// a part of one reaches nobody.
func hidePhone(w *waybill.Waybill) { w.HidePhone = w.PhoneKind != waybill.PhoneVirtual }
