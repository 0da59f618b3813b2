package jdsim

import (
	"fmt"
	"time"

	"miandan/agent/internal/jos/jdsim/sheet"
)

// What an empty Config stands for. None of it is good anywhere else.
const (
	DefaultAppKey       = "0123456789ABCDEF0123456789ABCDEF"
	DefaultAppSecret    = "TESTSECRET0123456789abcdef012345"
	DefaultAccessToken  = "ffffffffffffffffffffffffffffffff0001"
	DefaultVendorID     = "10000001"
	DefaultVendorName   = "演示旗舰店"
	DefaultCustomerCode = "010K0000000"

	DefaultRefreshToken    = "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee0001"
	DefaultLOPAppKey       = "99998888777766665555444433332222"
	DefaultLOPAppSecret    = DefaultAppSecret
	DefaultLOPAccessToken  = "aaaabbbbccccddddeeeeffff00001111"
	DefaultLOPRefreshToken = "aaaabbbbccccddddeeeeffff00002222"
)

// Config is a merchant as the gateway knows it. The zero value is a merchant
// with the Default credentials and the contracts of [DefaultContracts].
type Config struct {
	AppKey, AppSecret, AccessToken, RefreshToken string
	// LOP is JDL's own platform; see Gateway.LOP.
	LOPAppKey, LOPAppSecret, LOPAccessToken, LOPRefreshToken string
	LOPPartner                                               bool           // requests of LOP need no token
	LOPCodes                                                 map[string]int // LOP's numbers for JOS's error codes, where they differ

	TokenUntil         time.Time     // when the tokens above end; zero for never
	TokenLife          time.Duration // of those that are given later; a year if 0
	SameTokenOnRefresh bool          // refreshing prolongs the access token and does not change it

	VendorID     string // 商家编号, the venderId of orders and vendorCode of Wujie
	VendorName   string
	CustomerCode string // 青龙业主号, the customer code of JD Express

	Contracts []Contract       // Wujie: the carriers the merchant has signed with
	Outages   []Outage         // see SetOutages
	Clock     func() time.Time // time.Now if nil

	// TDEService and TDEKey seal the fields of orders. Only the first 16 bytes
	// of the key encrypt.
	TDEService string
	TDEKey     [32]byte
	// VoucherID and VoucherKey stand in the voucher that opens the TDE keys.
	VoucherID  string
	VoucherKey []byte

	// NewNumberEachTime makes every call take a new number. Otherwise the same
	// order with the same carrier is given the number it has, until that is
	// unbound. What JD does is not known.
	NewNumberEachTime bool

	// CallsPerDay is how many calls of JOS the app has in a day; the rest get
	// code 2 until it is midnight in Beijing. 0 is no limit.
	CallsPerDay int
	// DecryptsPerDay is how many orders oaid.decrypt and getmobilelist open in
	// a day; 0 is no limit. That there is a limit is guessed.
	DecryptsPerDay int
	// ExtensionAfter is how long after the first call the number of an order
	// with LateExtension has its extension; a second if 0. Below 0 the second
	// call gives it however soon it comes.
	ExtensionAfter time.Duration

	// PrintKey seals print data; one made of the AppSecret if it is zero.
	PrintKey sheet.Key
	// PrintFonts are the renderer's TrueType fonts for what is not ASCII; see
	// package sheet.
	PrintFonts [][]byte

	Dialect Dialect
	Faults  []Fault // in force from the start; see Misbehave
	Seed    uint64  // of the Percent of Faults

	// JournalDir is the folder of the journal file; empty keeps the journal in
	// memory alone.
	JournalDir string
}

// Dialect chooses among spellings that have all been seen. The zero value is
// the commonest.
type Dialect struct {
	Response         bool // roots end in "_response" instead of "_responce"
	WrappedReceive   bool // Wujie's number comes under *.resultInfo instead of at the root
	BigShotList      bool // the routing's data is a list of one
	SnakeShipment    bool // error_code instead of errorCode in the answer of shipment
	ZeroDecryptIsOK  bool // oaid.decrypt says 0 instead of 200 for success
	StringStatusCode bool // Wujie's statusCode is a string
	// RefuseSameOrderID makes LOP refuse an orderId that has a number instead
	// of giving the number again. What it does is not known.
	RefuseSameOrderID bool
	// FlatOAID puts what stands for the receiver of an FBP order beside
	// consigneeInfo and not into it. That it then comes with consigneeInfo is
	// guessed.
	FlatOAID         bool
	LowerResponse    bool // the newer Wujie's "Response" is "response"
	ListVoidParents  bool // enSearch lists void parents whatever state is asked for (guessed)
	HidePlanChildren bool // the children of regular purchases are not in enSearch (guessed)
	// StrictPlans makes pop.order.shipment refuse the children of regular
	// purchases, which have a call of their own (guessed).
	StrictPlans  bool
	RenderData   bool // the renderer's list is called data instead of result
	RenderInline bool // the renderer gives base64 data instead of URLs
	RenderJDOnly bool // the renderer serves JD's own carriers alone
	// PlanMark is the name in orderMarkDesc that marks a regular purchase,
	// "regularPlan" if empty, "-" for no mark (all guessed).
	PlanMark string
}

func (d Dialect) planMark() string {
	switch d.PlanMark {
	case "":
		return "regularPlan"
	case "-":
		return ""
	}
	return d.PlanMark
}

// Contract is one signed carrier of the merchant (无界电子面单).
type Contract struct {
	ProviderID   int
	ProviderCode string // one that New knows the number format of: ZTO YTO STO YUNDA SF
	ProviderName string
	// BranchCode and BranchName are those of a franchised carrier (加盟), which
	// sells numbers; SettlementCode is that of a direct one (直营), which does
	// not count them. Exactly one of the codes is set.
	BranchCode, BranchName string
	SettlementCode         string
	Amount                 int  // numbers in stock
	COD                    bool // collects on delivery
	NewNumberEachTime      bool // whatever Config says
}

// Outage is a region that a carrier does not go to at present (停发). An empty
// City is the whole province.
type Outage struct {
	ProviderCode   string // JD for JD Express, empty for all
	Province, City string
	Reason         string
}

func (c Contract) direct() bool { return c.SettlementCode != "" }

func (c Contract) code() string { return c.BranchCode + c.SettlementCode }

// DefaultContracts returns four franchised carriers with numbers in stock and
// a direct one.
func DefaultContracts() []Contract {
	return []Contract{
		{ProviderID: 1499, ProviderCode: "ZTO", ProviderName: "中通快递", BranchCode: "57101", BranchName: "演示网点一", Amount: 1000, COD: true},
		{ProviderID: 463, ProviderCode: "YTO", ProviderName: "圆通快递", BranchCode: "210001", BranchName: "演示网点二", Amount: 988},
		{ProviderID: 470, ProviderCode: "STO", ProviderName: "申通快递", BranchCode: "200240", BranchName: "演示网点三", Amount: 500},
		{ProviderID: 1327, ProviderCode: "YUNDA", ProviderName: "韵达快递", BranchCode: "201100", BranchName: "演示网点四", Amount: 500},
		{ProviderID: 467, ProviderCode: "SF", ProviderName: "顺丰速运", SettlementCode: "0210000001", COD: true},
	}
}

func (c Config) withDefaults() Config {
	for _, d := range []struct {
		field *string
		value string
	}{
		{&c.AppKey, DefaultAppKey},
		{&c.AppSecret, DefaultAppSecret},
		{&c.AccessToken, DefaultAccessToken},
		{&c.RefreshToken, DefaultRefreshToken},
		{&c.LOPAppKey, DefaultLOPAppKey},
		{&c.LOPAppSecret, DefaultLOPAppSecret},
		{&c.LOPAccessToken, DefaultLOPAccessToken},
		{&c.LOPRefreshToken, DefaultLOPRefreshToken},
		{&c.VendorID, DefaultVendorID},
		{&c.VendorName, DefaultVendorName},
		{&c.CustomerCode, DefaultCustomerCode},
		{&c.TDEService, "svc-demo"},
		{&c.VoucherID, "demo-tid"},
	} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	if c.Contracts == nil {
		c.Contracts = DefaultContracts()
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.TDEKey == [32]byte{} {
		for i := range c.TDEKey {
			c.TDEKey[i] = byte(i)
		}
	}
	if c.PrintKey == (sheet.Key{}) {
		c.PrintKey = sheet.NewKey(c.AppSecret)
	}
	if c.TokenLife == 0 {
		c.TokenLife = 365 * 24 * time.Hour
	}
	if c.ExtensionAfter == 0 {
		c.ExtensionAfter = time.Second
	}
	if c.VoucherKey == nil {
		c.VoucherKey = []byte("0123456789abcdef0123456789abcdef")
	}
	return c
}

func (c Config) check() error {
	for i, k := range c.Contracts {
		if !numbered(k.ProviderCode) || k.ProviderCode == expressCarrier {
			return fmt.Errorf("contract %d: no number format known for provider %q", i+1, k.ProviderCode)
		}
		if (k.BranchCode == "") == (k.SettlementCode == "") {
			return fmt.Errorf("contract %d: exactly one of branch and settlement code must be set", i+1)
		}
	}
	for _, f := range c.Faults {
		if err := f.check(); err != nil {
			return err
		}
	}
	return nil
}
