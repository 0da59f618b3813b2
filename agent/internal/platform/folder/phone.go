package folder

import (
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// Phone reads a telephone number as people and programs write it, with the
// extension that makes a virtual number of it, if that stands elsewhere. ok is
// false for what is no single number or is hidden by stars.
func Phone(text, extension string) (phone pii.Phone, kind waybill.PhoneKind, ok bool) {
	phone, kind, problem := readPhone(cell{text: text}, text, extension)
	return phone, kind, problem == nil
}
