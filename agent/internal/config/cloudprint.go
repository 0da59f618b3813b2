package config

// The ways to a label. Own draws it here from data that may be read; Sealed hands
// JD's sealed print data to JD's component; Rendered prints the file that JD's
// renderer draws.
const (
	Own      = "own"
	Sealed   = "sealed"
	Rendered = "rendered"
)

// CloudPrint is 京东云打印, for accounts whose labels JD makes.
type CloudPrint struct {
	By     string `toml:"by"`     // "jos" or "lop": which platform gives sealed data
	Domain string `toml:"domain"` // LOP-DN
	POP    bool   `toml:"pop"`    // the orders are those of a shop on JD's marketplace
	Paper  Paper  `toml:"paper"`  // of JD's template
	// Templates are JD's templates by carrier code; JD and the carriers of which
	// JD offers just one need none.
	Templates map[string]CloudTemplate `toml:"templates"`
	Render    CloudRender              `toml:"render"`
}

// CloudTemplate is one of JD's templates.
type CloudTemplate struct {
	Code      string            `toml:"code"`       // jdkd76x130
	URL       string            `toml:"url"`        // where the component gets it; JD's standard address with the code if empty
	Version   string            `toml:"version"`    // of version 3 of the component's protocol
	CustomURL string            `toml:"custom_url"` // the template of the merchant's own area
	Custom    map[string]string `toml:"custom"`     // the area's keys, each with one of goods, order, remark, shop
}

// CloudRender is how JD's renderer is asked. What its numbers mean is not public.
type CloudRender struct {
	Template  string   `toml:"template"` // of the merchant's own; the sealed data's if empty
	Operator  string   `toml:"operator"`
	Others    bool     `toml:"others"` // carriers other than JD's own are rendered too
	PNG       []string `toml:"png"`    // outputType, dataFormat, fileFormat
	PDF       []string `toml:"pdf"`
	Transport int      `toml:"transport"`
	Product   string   `toml:"product"`
	Settle    string   `toml:"settle"`
	FileHosts []string `toml:"file_hosts"` // where rendered files lie
}

// Ways returns the way of each carrier whose numbers JD gives, as routes name
// them.
func (c *Config) Ways() map[string]string {
	ways := map[string]string{}
	if c.Express.Enabled {
		ways[JDExpress] = c.Express.Way
	}
	for _, w := range c.Wujie {
		ways[w.Name()] = w.Way
	}
	return ways
}

// UsesJDL reports whether anything in the file calls JD Logistics' own platform.
func (c *Config) UsesJDL() bool {
	if c.Express.Enabled && c.Express.By == "lop" {
		return true
	}
	for _, way := range c.Ways() {
		if way == Rendered || way == Sealed && c.CloudPrint.By == "lop" {
			return true
		}
	}
	return false
}
