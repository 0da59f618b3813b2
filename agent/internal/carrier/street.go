package carrier

import (
	"strings"

	"miandan/templates/pii"
)

// Street returns an address without its province, city and district, for
// carriers that are told those by themselves. The town stays: most have no
// field for it.
func Street(a pii.Address) string {
	whole, r := a.Reveal(), a.Region()
	if r.City == "" {
		return whole
	}
	for _, region := range []string{r.Province + r.City + r.District, r.City + r.District} {
		if street, ok := strings.CutPrefix(whole, region); ok && street != "" {
			return street
		}
	}
	return whole
}
